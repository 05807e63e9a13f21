/** Watched titles that a trait has to be ahead of chance for its logarithm to count in full. */
const PRIOR = 2;

/** Rows of a library by one kind of trait: row `r` has the traits `columns[starts[r]] .. columns[starts[r + 1] - 1]`. */
export interface TraitColumns {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  /** Titles with each trait. */
  readonly counts: Int32Array;
}

/** Numbers the traits of all titles; capitals make no difference. */
export function traitColumns(rows: readonly (readonly string[])[]): TraitColumns {
  const columnOf = new Map<string, number>();
  const starts = new Int32Array(rows.length + 1);
  const columns: number[] = [];
  const counts: number[] = [];
  for (const [row, names] of rows.entries()) {
    for (const name of new Set(names.map((each) => each.toLowerCase()))) {
      const column = columnOf.get(name) ?? columnOf.size;
      columnOf.set(name, column);
      columns.push(column);
      counts[column] = (counts[column] ?? 0) + 1;
    }
    starts[row + 1] = columns.length;
  }
  return { starts, columns: Int32Array.from(columns), counts: Int32Array.from(counts) };
}

/**
 * How much more often than by chance the viewer watched titles with the traits of each title: the logarithms of seen over
 * expected (smoothed by `PRIOR`) summed over its traits, over the square root of their number. 0 says nothing.
 */
export function traitTaste(
  { starts, columns, counts }: TraitColumns,
  liked: readonly number[],
): Float64Array {
  const size = starts.length - 1;
  const seen = new Int32Array(counts.length);
  for (const row of liked) {
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at += 1) {
      const column = columns[at] ?? 0;
      seen[column] = (seen[column] ?? 0) + 1;
    }
  }
  const share = liked.length / Math.max(1, size);
  const leanings = Float64Array.from(counts, (count, column) =>
    Math.log(((seen[column] ?? 0) + PRIOR) / (count * share + PRIOR)),
  );
  const values = new Float64Array(size);
  for (let row = 0; row < values.length; row += 1) {
    const start = starts[row] ?? 0;
    const end = starts[row + 1] ?? 0;
    let sum = 0;
    for (let at = start; at < end; at += 1) sum += leanings[columns[at] ?? 0] ?? 0;
    values[row] = sum / Math.sqrt(Math.max(1, end - start));
  }
  return values;
}

/** Minus the distance of each value to the mean of those that the viewer watched; 0 for a viewer without a history. */
export function distancesTo(values: Float64Array, liked: readonly number[]): Float64Array {
  if (liked.length === 0) return new Float64Array(values.length);
  const mean = liked.reduce((sum, row) => sum + (values[row] ?? 0), 0) / liked.length;
  return values.map((value) => -Math.abs(value - mean));
}
