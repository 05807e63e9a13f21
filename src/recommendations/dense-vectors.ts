import { createDotKernel, type DotKernel } from './dot-kernel.ts';
import type { Steps } from './steps.ts';

/** Vectors of one dimension, flat: row `r` is `values[r * dimensions .. (r + 1) * dimensions]`. */
export interface DenseVectors {
  readonly rowCount: number;
  readonly dimensions: number;
  readonly values: Float32Array;
}

/** Rows centred in one step. */
const STEP_ROWS = 500;

/**
 * Subtracts the mean vector and scales every row to length 1: embeddings of one catalog all point the same way, and
 * only what is left tells them apart. A row of zeros stands for a title without a vector, counts for nothing and stays;
 * a row with a part that is no finite number is such a row too.
 */
export function* centred(vectors: DenseVectors): Steps<DenseVectors> {
  const { rowCount, dimensions } = vectors;
  const values = new Float32Array(rowCount * dimensions);
  const mean = new Float64Array(dimensions);
  const present = new Uint8Array(rowCount);
  let count = 0;
  for (let row = 0; row < rowCount; row += 1) {
    if (row % STEP_ROWS === 0) yield;
    const length = rowLength(vectors.values, row, dimensions);
    if (!(length > 0 && Number.isFinite(length))) continue;
    present[row] = 1;
    count += 1;
    const start = row * dimensions;
    for (let d = 0; d < dimensions; d += 1) mean[d] = (mean[d] ?? 0) + (vectors.values[start + d] ?? 0);
  }
  for (let d = 0; d < dimensions; d += 1) mean[d] = (mean[d] ?? 0) / count;
  for (let row = 0; row < rowCount; row += 1) {
    if (row % STEP_ROWS === 0) yield;
    if (present[row] === 0) continue;
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

/** Rows that one block may have: their vectors and those of a tile lie in the kernel's memory, and in the processor's cache. */
const MAX_BLOCK_ROWS = 64;
const TILE_ROWS = 64;
/** Multiplications in a block at most, about 15 ms: others get a turn between two blocks. */
const BLOCK_WORK = 250_000_000;

/** How many rows to give `dotsWithAll` at a time, so that a call takes a few ms. */
export function blockRows({ rowCount, dimensions }: DenseVectors): number {
  const rows = Math.floor(BLOCK_WORK / Math.max(1, rowCount * dimensions));
  return Math.min(MAX_BLOCK_ROWS, Math.max(LEAST_BLOCK_ROWS, rows));
}
const LEAST_BLOCK_ROWS = 8;

/** One kernel for each dimension: an active model has one, so that there are hardly ever two. */
const kernels = new Map<number, DotKernel>();

/**
 * Writes the dot products of each of `rows` (at most `blockRows`) with every row into `out`: those of `rows[i]` begin at
 * `i * rowCount`.
 */
export function dotsWithAll(vectors: DenseVectors, rows: readonly number[], out: Float32Array): void {
  const { rowCount, dimensions } = vectors;
  const kernel = kernelFor(dimensions);
  const { stride, memory, left, right } = kernel;
  const tileAt = MAX_BLOCK_ROWS * stride;
  const resultAt = tileAt + TILE_ROWS * stride;
  for (const [index, row] of rows.entries()) memory.set(rowOf(vectors, row), index * stride);
  for (let tile = 0; tile < rowCount; tile += TILE_ROWS) {
    const tileRows = Math.min(TILE_ROWS, rowCount - tile);
    for (let row = 0; row < tileRows; row += 1) memory.set(rowOf(vectors, tile + row), tileAt + row * stride);
    for (let other = 0; other < tileRows; other += right) {
      const others = Math.min(right, tileRows - other);
      for (let own = 0; own < rows.length; own += left) {
        kernel.dots(own * stride, tileAt + other * stride, resultAt);
        const owns = Math.min(left, rows.length - own);
        for (let i = 0; i < owns; i += 1) {
          const to = (own + i) * rowCount + tile + other;
          for (let j = 0; j < others; j += 1) out[to + j] = memory[resultAt + i * right + j] ?? 0;
        }
      }
    }
  }
}

function kernelFor(dimensions: number): DotKernel {
  const known = kernels.get(dimensions);
  if (known) return known;
  // One more row than fits: the kernel's results.
  const floats = (MAX_BLOCK_ROWS + TILE_ROWS + 1) * (dimensions + 8);
  const kernel = createDotKernel(dimensions, floats);
  kernels.set(dimensions, kernel);
  return kernel;
}

/** Dot product of two rows, in four sums, because one would wait for itself at every step. */
export function dotOfRows({ dimensions, values }: DenseVectors, one: number, other: number): number {
  const whole = dimensions - (dimensions % 4);
  const left = one * dimensions;
  const right = other * dimensions;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let at = 0; at < whole; at += 4) {
    a += (values[left + at] ?? 0) * (values[right + at] ?? 0);
    b += (values[left + at + 1] ?? 0) * (values[right + at + 1] ?? 0);
    c += (values[left + at + 2] ?? 0) * (values[right + at + 2] ?? 0);
    d += (values[left + at + 3] ?? 0) * (values[right + at + 3] ?? 0);
  }
  for (let at = whole; at < dimensions; at += 1) a += (values[left + at] ?? 0) * (values[right + at] ?? 0);
  return a + b + c + d;
}

/** A view on one row. */
export function rowOf(vectors: DenseVectors, row: number): Float32Array {
  return vectors.values.subarray(row * vectors.dimensions, (row + 1) * vectors.dimensions);
}

function rowLength(values: Float32Array, row: number, dimensions: number): number {
  let sum = 0;
  const end = (row + 1) * dimensions;
  for (let at = row * dimensions; at < end; at += 1) {
    const value = values[at] ?? 0;
    sum += value * value;
  }
  return Math.sqrt(sum);
}
