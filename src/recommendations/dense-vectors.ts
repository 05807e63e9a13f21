/** Vectors of one dimension, flat: row `r` is `values[r * dimensions .. (r + 1) * dimensions]`. */
export interface DenseVectors {
  readonly rowCount: number;
  readonly dimensions: number;
  readonly values: Float32Array;
}

/**
 * Subtracts the mean vector and scales every row to length 1: embeddings of one catalog all point the same way, and
 * only what is left tells them apart. A row of zeros stands for a title without a vector, counts for nothing and stays.
 */
export function centred(vectors: DenseVectors): DenseVectors {
  const { rowCount, dimensions } = vectors;
  const mean = new Float64Array(dimensions);
  const present = Array.from(
    { length: rowCount },
    (_, row) => rowLength(vectors.values, row, dimensions) > 0,
  );
  const count = present.filter(Boolean).length;
  for (let row = 0; row < rowCount; row += 1) {
    for (let d = 0; d < dimensions; d += 1) {
      mean[d] = (mean[d] ?? 0) + (vectors.values[row * dimensions + d] ?? 0) / count;
    }
  }
  const values = new Float32Array(rowCount * dimensions);
  for (let row = 0; row < rowCount; row += 1) {
    if (!present[row]) continue;
    const start = row * dimensions;
    for (let d = 0; d < dimensions; d += 1)
      values[start + d] = (vectors.values[start + d] ?? 0) - (mean[d] ?? 0);
    const length = rowLength(values, row, dimensions);
    // With one vector, or equal ones, nothing but rounding is left after centring.
    const scale = length > 1e-6 ? 1 / length : 0;
    for (let d = 0; d < dimensions; d += 1) values[start + d] = (values[start + d] ?? 0) * scale;
  }
  return { rowCount, dimensions, values };
}

/** Writes the dot products of `query` (one vector) with every row into `out`. */
export function dotWithAll(vectors: DenseVectors, query: Float32Array, out: Float32Array): void {
  for (let row = 0; row < vectors.rowCount; row += 1) out[row] = dotWithRow(vectors, query, row);
}

/** Dot product of `query` with one row, in four sums, because one would wait for itself at every step. */
export function dotWithRow({ dimensions, values }: DenseVectors, query: Float32Array, row: number): number {
  const start = row * dimensions;
  const whole = dimensions - (dimensions % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let at = 0; at < whole; at += 4) {
    a += (values[start + at] ?? 0) * (query[at] ?? 0);
    b += (values[start + at + 1] ?? 0) * (query[at + 1] ?? 0);
    c += (values[start + at + 2] ?? 0) * (query[at + 2] ?? 0);
    d += (values[start + at + 3] ?? 0) * (query[at + 3] ?? 0);
  }
  for (let at = whole; at < dimensions; at += 1) a += (values[start + at] ?? 0) * (query[at] ?? 0);
  return a + b + c + d;
}

/** A view on one row. */
export function rowOf(vectors: DenseVectors, row: number): Float32Array {
  return vectors.values.subarray(row * vectors.dimensions, (row + 1) * vectors.dimensions);
}

function rowLength(values: Float32Array, row: number, dimensions: number): number {
  let sum = 0;
  for (let at = row * dimensions; at < (row + 1) * dimensions; at += 1) sum += (values[at] ?? 0) ** 2;
  return Math.sqrt(sum);
}
