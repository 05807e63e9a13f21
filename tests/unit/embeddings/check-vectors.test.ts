import { describe, expect, it } from 'vitest';
import { checkVectors, readVector } from '../../../src/embeddings/check-vectors.ts';

describe('checkVectors', () => {
  it('scales vectors to length 1', () => {
    expect(checkVectors([[3, 4]], 1, null)[0]).toEqual(Float32Array.from([0.6, 0.8]));
  });

  it.each([
    ['too few', [[1, 0]], 2, null],
    ['too many', [[1], [1]], 1, null],
    ['zero', [[0, 0]], 1, null],
    ['not a number', [[1, Number.NaN]], 1, null],
    ['infinite', [[1, Number.POSITIVE_INFINITY]], 1, null],
    ['empty', [[]], 1, null],
    ['mixed', [[1, 0], [1]], 2, null],
    ['of another dimension than before', [[1, 0]], 1, 3],
    ['too long to store', [new Array<number>(16_001).fill(1)], 1, null],
  ])('refuses vectors that are %s', (_, vectors, expected, dimensions) => {
    expect(() => checkVectors(vectors, expected, dimensions)).toThrow(
      expect.objectContaining({ code: 'PROVIDER_BAD_ANSWER', retryable: false, remedy: expect.any(String) }),
    );
  });
});

describe('readVector', () => {
  it('reads numbers, and the same numbers as bytes', () => {
    const numbers = Float32Array.from([0.5, -1.25, 3]);
    expect(readVector([0.5, -1.25, 3])).toEqual(numbers);
    expect(readVector(Buffer.from(numbers.buffer).toString('base64'))).toEqual(numbers);
  });

  it('takes what is no number for no number, so that the check refuses it', () => {
    expect(readVector([1, null, '2'])).toEqual(Float32Array.from([1, Number.NaN, Number.NaN]));
  });

  it('refuses bytes that are cut off', () => {
    expect(() => readVector(Buffer.from([1, 2, 3, 4, 5]).toString('base64'))).toThrow(
      expect.objectContaining({ code: 'PROVIDER_BAD_ANSWER' }),
    );
  });
});
