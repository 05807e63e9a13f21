/**
 * Rows of unit length over named terms, stored by row and by term: all cosines of one row to the others cost only
 * the postings of its terms. `terms[c]` names column `c`; row `r` spans `rowStarts[r] .. rowStarts[r + 1]`.
 */
export interface SparseVectors {
  readonly rowCount: number;
  readonly terms: readonly string[];
  readonly rowStarts: Int32Array;
  readonly rowColumns: Int32Array;
  readonly rowValues: Float32Array;
  readonly columnStarts: Int32Array;
  readonly columnRows: Int32Array;
  readonly columnValues: Float32Array;
}

/** Builds sparse vectors from one `term -> weight` map for each row; weights are scaled so that rows have length 1. */
export function sparseVectors(rows: readonly ReadonlyMap<string, number>[]): SparseVectors {
  const columnOf = new Map<string, number>();
  for (const row of rows) {
    for (const term of row.keys()) if (!columnOf.has(term)) columnOf.set(term, columnOf.size);
  }
  const size = rows.reduce((sum, row) => sum + row.size, 0);
  const rowStarts = new Int32Array(rows.length + 1);
  const rowColumns = new Int32Array(size);
  const rowValues = new Float32Array(size);
  const columnStarts = new Int32Array(columnOf.size + 1);
  let entry = 0;
  for (const [index, row] of rows.entries()) {
    const length = Math.hypot(...row.values()) || 1;
    for (const [term, weight] of row) {
      const column = columnOf.get(term) ?? 0;
      rowColumns[entry] = column;
      rowValues[entry] = weight / length;
      columnStarts[column + 1] = (columnStarts[column + 1] ?? 0) + 1;
      entry += 1;
    }
    rowStarts[index + 1] = entry;
  }
  for (let column = 0; column < columnOf.size; column += 1) {
    columnStarts[column + 1] = (columnStarts[column + 1] ?? 0) + (columnStarts[column] ?? 0);
  }
  const columnRows = new Int32Array(size);
  const columnValues = new Float32Array(size);
  const next = columnStarts.slice();
  for (let row = 0; row < rows.length; row += 1) {
    for (let at = rowStarts[row] ?? 0; at < (rowStarts[row + 1] ?? 0); at += 1) {
      const column = rowColumns[at] ?? 0;
      const slot = next[column] ?? 0;
      columnRows[slot] = row;
      columnValues[slot] = rowValues[at] ?? 0;
      next[column] = slot + 1;
    }
  }
  const terms = [...columnOf.keys()];
  return {
    rowCount: rows.length,
    terms,
    rowStarts,
    rowColumns,
    rowValues,
    columnStarts,
    columnRows,
    columnValues,
  };
}

/** Writes the cosines of `row` to every row into `out`, which is cleared first. */
export function cosinesToAll(vectors: SparseVectors, row: number, out: Float32Array): void {
  out.fill(0);
  for (let at = vectors.rowStarts[row] ?? 0; at < (vectors.rowStarts[row + 1] ?? 0); at += 1) {
    const column = vectors.rowColumns[at] ?? 0;
    const value = vectors.rowValues[at] ?? 0;
    const end = vectors.columnStarts[column + 1] ?? 0;
    for (let posting = vectors.columnStarts[column] ?? 0; posting < end; posting += 1) {
      const other = vectors.columnRows[posting] ?? 0;
      out[other] = (out[other] ?? 0) + value * (vectors.columnValues[posting] ?? 0);
    }
  }
}

/** Terms that two rows share, with the product of their values: together they are the rows' cosine. */
export function sharedTerms(vectors: SparseVectors, a: number, b: number): Map<string, number> {
  const values = new Map<number, number>();
  for (let at = vectors.rowStarts[a] ?? 0; at < (vectors.rowStarts[a + 1] ?? 0); at += 1) {
    values.set(vectors.rowColumns[at] ?? 0, vectors.rowValues[at] ?? 0);
  }
  const shared = new Map<string, number>();
  for (let at = vectors.rowStarts[b] ?? 0; at < (vectors.rowStarts[b + 1] ?? 0); at += 1) {
    const column = vectors.rowColumns[at] ?? 0;
    const value = values.get(column);
    if (value !== undefined) shared.set(vectors.terms[column] ?? '', value * (vectors.rowValues[at] ?? 0));
  }
  return shared;
}
