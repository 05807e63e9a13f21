import type { Steps } from './steps.ts';

/**
 * Rows of unit length over named terms, stored by row and by term: all cosines of one row to the others cost only
 * the postings of its terms. `terms[c]` names column `c`; row `r` spans `rowStarts[r] .. rowStarts[r + 1]`, its columns
 * in ascending order.
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

/** What a term counts in a row: of its value there, the number of rows with it and the number of all rows; 0 leaves it out. */
export type TermWeight = (value: number, rowsWith: number, rows: number) => number;

/** Rows taken in one step. */
const STEP_ROWS = 200;

/**
 * Builds sparse vectors from the terms of each row with their values; those of a term that comes twice are summed. The
 * weights are scaled so that rows have length 1.
 */
export function* sparseVectors(
  rows: Iterable<Iterable<readonly [term: string, value: number]>>,
  weigh: TermWeight = (value) => value,
): Steps<SparseVectors> {
  const { terms, rowsWith, entries } = yield* countTerms(rows);
  const rowStarts = new Int32Array(entries.length + 1);
  const size = entries.reduce((sum, { columns }) => sum + columns.length, 0);
  const rowColumns = new Int32Array(size);
  const rowValues = new Float32Array(size);
  let filled = 0;
  for (const [row, { columns, values }] of entries.entries()) {
    if (row % STEP_ROWS === 0) yield;
    const start = filled;
    let squares = 0;
    for (const [place, column] of columns.entries()) {
      const weight = weigh(values[place] ?? 0, rowsWith[column] ?? 0, entries.length);
      if (weight === 0) continue;
      rowColumns[filled] = column;
      rowValues[filled] = weight;
      squares += weight * weight;
      filled += 1;
    }
    const scale = 1 / (Math.sqrt(squares) || 1);
    for (let at = start; at < filled; at += 1) rowValues[at] = (rowValues[at] ?? 0) * scale;
    rowStarts[row + 1] = filled;
  }
  const byRow = { rowStarts, rowColumns: rowColumns.slice(0, filled), rowValues: rowValues.slice(0, filled) };
  return { rowCount: entries.length, ...withoutEmptyColumns(terms, byRow) };
}

interface TermRow {
  readonly columns: readonly number[];
  readonly values: readonly number[];
}

function* countTerms(
  rows: Iterable<Iterable<readonly [string, number]>>,
): Steps<{ terms: readonly string[]; rowsWith: readonly number[]; entries: readonly TermRow[] }> {
  const columnOf = new Map<string, number>();
  const rowsWith: number[] = [];
  const entries: TermRow[] = [];
  const sums: number[] = [];
  for (const row of rows) {
    if (entries.length % STEP_ROWS === 0) yield;
    const columns: number[] = [];
    for (const [term, value] of row) {
      let column = columnOf.get(term);
      if (column === undefined) {
        column = columnOf.size;
        columnOf.set(term, column);
        rowsWith.push(0);
        sums.push(0);
      }
      if (sums[column] === 0) columns.push(column);
      sums[column] = (sums[column] ?? 0) + value;
    }
    // Ascending, so that two rows can be compared side by side.
    columns.sort((a, b) => a - b);
    const values = columns.map((column) => sums[column] ?? 0);
    for (const column of columns) {
      rowsWith[column] = (rowsWith[column] ?? 0) + 1;
      sums[column] = 0;
    }
    entries.push({ columns, values });
  }
  return { terms: [...columnOf.keys()], rowsWith, entries };
}

type ByRow = Pick<SparseVectors, 'rowStarts' | 'rowColumns' | 'rowValues'>;

/** Numbers the columns that have entries anew, in their order, and stores the entries by column too. */
function withoutEmptyColumns(allTerms: readonly string[], byRow: ByRow): Omit<SparseVectors, 'rowCount'> {
  const { rowStarts, rowColumns, rowValues } = byRow;
  const used = new Uint8Array(allTerms.length);
  for (const column of rowColumns) used[column] = 1;
  const terms = allTerms.filter((_, column) => used[column] === 1);
  const renumbered = new Int32Array(allTerms.length);
  for (let column = 0, next = 0; column < allTerms.length; column += 1) {
    renumbered[column] = next;
    next += used[column] ?? 0;
  }
  const columnStarts = new Int32Array(terms.length + 1);
  for (let at = 0; at < rowColumns.length; at += 1) {
    const column = renumbered[rowColumns[at] ?? 0] ?? 0;
    rowColumns[at] = column;
    columnStarts[column + 1] = (columnStarts[column + 1] ?? 0) + 1;
  }
  for (let column = 0; column < terms.length; column += 1)
    columnStarts[column + 1] = (columnStarts[column + 1] ?? 0) + (columnStarts[column] ?? 0);
  const columnRows = new Int32Array(rowColumns.length);
  const columnValues = new Float32Array(rowColumns.length);
  const next = columnStarts.slice();
  for (let row = 0; row + 1 < rowStarts.length; row += 1) {
    for (let at = rowStarts[row] ?? 0; at < (rowStarts[row + 1] ?? 0); at += 1) {
      const column = rowColumns[at] ?? 0;
      const slot = next[column] ?? 0;
      columnRows[slot] = row;
      columnValues[slot] = rowValues[at] ?? 0;
      next[column] = slot + 1;
    }
  }
  return { terms, ...byRow, columnStarts, columnRows, columnValues };
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

/** The cosine of two rows. */
export function cosineOfRows(vectors: SparseVectors, a: number, b: number): number {
  let cosine = 0;
  eachShared(vectors, a, b, (_, product) => {
    cosine += product;
  });
  return cosine;
}

/** Terms that two rows share, with the product of their values: together they are the rows' cosine. */
export function sharedTerms(vectors: SparseVectors, a: number, b: number): Map<string, number> {
  const shared = new Map<string, number>();
  eachShared(vectors, a, b, (column, product) => {
    shared.set(vectors.terms[column] ?? '', product);
  });
  return shared;
}

/** Goes along two rows side by side and tells the columns that both have, with the product of their values. */
function eachShared(
  { rowStarts, rowColumns, rowValues }: SparseVectors,
  a: number,
  b: number,
  tell: (column: number, product: number) => void,
): void {
  let left = rowStarts[a] ?? 0;
  let right = rowStarts[b] ?? 0;
  const leftEnd = rowStarts[a + 1] ?? 0;
  const rightEnd = rowStarts[b + 1] ?? 0;
  while (left < leftEnd && right < rightEnd) {
    const column = rowColumns[left] ?? 0;
    const other = rowColumns[right] ?? 0;
    if (column === other) tell(column, (rowValues[left] ?? 0) * (rowValues[right] ?? 0));
    if (column <= other) left += 1;
    if (other <= column) right += 1;
  }
}
