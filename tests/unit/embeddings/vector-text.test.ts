import { describe, expect, it } from 'vitest';
import { integerVector } from '../../../src/embeddings/vector-text.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('integerVector', () => {
  it('writes integers and the power of two that scales them back', () => {
    expect(integerVector(Float32Array.from([1, -0.5, 0]))).toEqual({
      integers: '[32768,-16384,0]',
      scale: 2 ** -15,
    });
    expect(integerVector(Float32Array.from([0, 0]))).toEqual({ integers: '[0,0]', scale: 1 });
    expect(integerVector(new Float32Array(0))).toEqual({ integers: '[]', scale: 1 });
  });

  it('loses no more than a 32,768th of the largest number, and never exceeds what half precision holds', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 200; round += 1) {
      const size = 10 ** -(random.below(4_000) / 1_000);
      const vector = Float32Array.from({ length: 64 }, () => (random.below(2_000_001) / 1e6 - 1) * size);
      const largest = Math.max(...vector.map(Math.abs));
      const { integers, scale } = integerVector(vector);
      const read: number[] = JSON.parse(integers);
      expect(Math.max(...read.map(Math.abs))).toBeLessThanOrEqual(65_504);
      expect(Number.isInteger(Math.log2(scale))).toBe(true);
      const wrong = Math.max(...read.map((integer, at) => Math.abs(integer * scale - (vector[at] ?? 0))));
      expect(wrong).toBeLessThanOrEqual(Math.max(largest / 32_768, 2 ** -25));
    }
  });
});
