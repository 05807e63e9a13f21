import { describe, expect, it } from 'vitest';
import { readHalfVectors } from '../../../src/embeddings/half-vectors.ts';

/** What pgvector sends for a vector of these half-precision numbers. */
function sent(...bits: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 2 * bits.length);
  bytes.writeUInt16BE(bits.length);
  for (const [at, value] of bits.entries()) bytes.writeUInt16BE(value, 4 + 2 * at);
  return bytes;
}

function read(bytes: Buffer, dimensions: number, count: number): number[] {
  const out = new Float32Array(dimensions * count);
  readHalfVectors(bytes, out, dimensions, count);
  return [...out];
}

describe('readHalfVectors', () => {
  it('reads normal, negative and subnormal numbers, the largest, infinity and no number', () => {
    const bytes = sent(0x3c00, 0xc000, 0x3555, 0x0001, 0x03ff, 0x7bff, 0x8000, 0xfc00, 0x7e00);
    expect(read(bytes, 9, 1)).toEqual([
      1,
      -2,
      Math.fround(0.333251953125),
      Math.fround(2 ** -24),
      Math.fround(1023 * 2 ** -24),
      65_504,
      -0,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
  });

  it('reads several vectors one after the other', () => {
    expect(read(Buffer.concat([sent(0x3c00, 0), sent(0, 0x4000)]), 2, 2)).toEqual([1, 0, 0, 2]);
  });

  it('refuses a vector of another dimension, and one that is cut off', () => {
    expect(() => read(sent(0x3c00), 2, 1)).toThrow('does not have 2 dimensions');
    expect(() => read(sent(0x3c00, 0).subarray(0, 6), 2, 1)).toThrow(TypeError);
    expect(() => read(Buffer.concat([sent(0, 0), sent(0, 0, 0)]), 2, 2)).toThrow(TypeError);
  });
});
