/**
 * Inverts a symmetric positive definite matrix of `size` x `size`, given and returned row by row, by its Cholesky
 * factor. Throws a RangeError when the matrix is not positive definite.
 */
export function invertPositiveDefinite(matrix: Float64Array, size: number): Float64Array {
  const lower = choleskyFactor(matrix, size);
  const inverse = new Float64Array(size * size);
  const column = new Float64Array(size);
  for (let unit = 0; unit < size; unit += 1) {
    for (let row = 0; row < size; row += 1) {
      let sum = row === unit ? 1 : 0;
      for (let k = unit; k < row; k += 1) sum -= (lower[row * size + k] ?? 0) * (column[k] ?? 0);
      column[row] = row < unit ? 0 : sum / (lower[row * size + row] ?? 1);
    }
    for (let row = size - 1; row >= 0; row -= 1) {
      let sum = column[row] ?? 0;
      for (let k = row + 1; k < size; k += 1) sum -= (lower[k * size + row] ?? 0) * (column[k] ?? 0);
      column[row] = sum / (lower[row * size + row] ?? 1);
    }
    for (let row = 0; row < size; row += 1) inverse[row * size + unit] = column[row] ?? 0;
  }
  return inverse;
}

function choleskyFactor(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
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
