/** What pgvector sends before the numbers of a vector: their count and an unused field, two bytes each. */
const HEADER_BYTES = 4;
const HALF_BYTES = 2;

/** Every half-precision number by its bits: looking one up is faster than taking it apart. */
const NUMBERS = Float32Array.from({ length: 0x1_0000 }, (_, bits) => halfNumber(bits));

/**
 * Reads vectors in the binary form of pgvector's halfvec (`halfvec_send`: big-endian IEEE 754 binary16) into `out`, one
 * after the other; throws a TypeError when one of them does not have `dimensions` numbers.
 */
export function readHalfVectors(bytes: Buffer, out: Float32Array, dimensions: number, count: number): void {
  const vectorBytes = HEADER_BYTES + dimensions * HALF_BYTES;
  for (let row = 0; row < count; row += 1) {
    const start = row * vectorBytes;
    if (start + vectorBytes > bytes.length || bytes.readUInt16BE(start) !== dimensions)
      throw new TypeError(`A stored vector does not have ${dimensions} dimensions.`);
    const to = row * dimensions;
    for (let d = 0; d < dimensions; d += 1) {
      const at = start + HEADER_BYTES + d * HALF_BYTES;
      out[to + d] = NUMBERS[((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)] ?? 0;
    }
  }
}

/** The half-precision number of 16 bits: sign, five bits of exponent and ten of fraction; an exponent of 0 means a subnormal number, one of 31 none at all. */
function halfNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
