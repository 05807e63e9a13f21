/** A vector in the text form of pgvector, `[0.1,-0.2]`; six digits are more than half precision keeps. */
export function vectorText(vector: Float32Array): string {
  return `[${Array.from(vector, (value) => Number(value.toPrecision(6))).join(',')}]`;
}

/** Reads the text form of a vector into `out` from `offset` on; throws a TypeError when it is no list of `dimensions` numbers. */
export function readVectorText(text: string, out: Float32Array, offset: number, dimensions: number): void {
  const values: unknown = JSON.parse(text);
  if (!Array.isArray(values) || values.length !== dimensions)
    throw new TypeError(`A stored vector does not have ${dimensions} dimensions.`);
  for (const [index, value] of values.entries()) {
    if (typeof value !== 'number') throw new TypeError('A stored vector has parts that are no numbers.');
    out[offset + index] = value;
  }
}
