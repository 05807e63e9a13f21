import type { Steps } from './steps.ts';

/**
 * Inverts a symmetric positive definite matrix of `size` x `size`, given and returned row by row, by its Cholesky
 * factor L: the inverse is (L^-1)' L^-1. All inner loops run along rows, as the numbers lie in memory. Throws a RangeError
 * when the matrix is not positive definite.
 */
export function* invertPositiveDefinite(matrix: Float64Array, size: number): Steps<Float64Array> {
  const root = yield* invertLower(yield* choleskyFactor(matrix, size), size);
  const inverse = new Float64Array(size * size);
  for (let k = 0; k < size; k += 1) {
    yield;
    for (let row = 0; row <= k; row += 1) {
      const factor = root[k * size + row] ?? 0;
      for (let column = 0; column <= row; column += 1) {
        const at = row * size + column;
        inverse[at] = (inverse[at] ?? 0) + factor * (root[k * size + column] ?? 0);
      }
    }
  }
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < row; column += 1)
      inverse[column * size + row] = inverse[row * size + column] ?? 0;
  }
  return inverse;
}

function* choleskyFactor(matrix: Float64Array, size: number): Steps<Float64Array> {
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    yield;
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[row * size + column] ?? 0;
      for (let k = 0; k < column; k += 1) {
        sum -= (lower[row * size + k] ?? 0) * (lower[column * size + k] ?? 0);
      }
      if (column < row) {
        lower[row * size + column] = sum / (lower[column * size + column] ?? 1);
        continue;
      }
      if (!(sum > 0)) throw new RangeError('The matrix is not positive definite.');
      lower[row * size + row] = Math.sqrt(sum);
    }
  }
  return lower;
}

/** Inverse of a lower triangular matrix: row by row, each from the rows above it. */
function* invertLower(lower: Float64Array, size: number): Steps<Float64Array> {
  const inverse = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    yield;
    for (let k = 0; k < row; k += 1) {
      const factor = lower[row * size + k] ?? 0;
      for (let column = 0; column <= k; column += 1) {
        const at = row * size + column;
        inverse[at] = (inverse[at] ?? 0) - factor * (inverse[k * size + column] ?? 0);
      }
    }
    const pivot = lower[row * size + row] ?? 1;
    for (let column = 0; column < row; column += 1)
      inverse[row * size + column] = (inverse[row * size + column] ?? 0) / pivot;
    inverse[row * size + row] = 1 / pivot;
  }
  return inverse;
}
