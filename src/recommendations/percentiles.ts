/**
 * The share of the counted values that each value is above, ties in the middle: 0..1. Unlike a standardised value it means
 * the same on a library of any size and spread.
 *
 * @param counted 1 for the rows that count; the others get the place that they would have among these
 */
export function percentiles(values: Float64Array, counted: Uint8Array): Float64Array {
  const ranking = rankingOf(countedValues(values, counted));
  const shares = new Float64Array(values.length);
  const { sorted } = ranking;
  if (sorted.length === 0) return shares;
  // Most values of a sparse feature are the least one: one look-up serves them all.
  const least = sorted[0] ?? 0;
  const ofLeast = shareOf(ranking, least);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] ?? 0;
    shares[row] = value === least ? ofLeast : shareOf(ranking, value);
  }
  return shares;
}

function countedValues(values: Float64Array, counted: Uint8Array): Float64Array {
  const kept = new Float64Array(values.length);
  let count = 0;
  for (let row = 0; row < values.length; row += 1) {
    if (counted[row] !== 1) continue;
    kept[count] = values[row] ?? 0;
    count += 1;
  }
  return kept.subarray(0, count);
}

/** Values in ascending order; the range from the least to the greatest is cut into as many equal slots as there are values. */
interface Ranking {
  readonly sorted: Float64Array;
  readonly least: number;
  readonly slotsPerUnit: number;
  /** How many values lie in the slots before each one. */
  readonly before: Int32Array;
}

/** Slots of more values are left to the general sort. */
const SMALL_SLOT = 24;

/** Sorts by slots, then within each: several times as fast as comparing all with all. */
function rankingOf(values: Float64Array): Ranking {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const before = new Int32Array(values.length + 2);
  const sorted = new Float64Array(values.length);
  const slotsPerUnit = greatest > least ? values.length / (greatest - least) : 0;
  const ranking = { sorted, least, slotsPerUnit, before };
  for (let index = 0; index < values.length; index += 1) {
    const slot = slotOf(ranking, values[index] ?? 0);
    before[slot + 1] = (before[slot + 1] ?? 0) + 1;
  }
  for (let slot = 1; slot < before.length; slot += 1)
    before[slot] = (before[slot] ?? 0) + (before[slot - 1] ?? 0);
  const next = before.slice();
  for (let index = 0; index < values.length; index += 1) {
    const slot = slotOf(ranking, values[index] ?? 0);
    const place = next[slot] ?? 0;
    sorted[place] = values[index] ?? 0;
    next[slot] = place + 1;
  }
  for (let slot = 0; slot + 1 < before.length; slot += 1) {
    const [start, end] = [before[slot] ?? 0, before[slot + 1] ?? 0];
    if (end - start > SMALL_SLOT) sorted.subarray(start, end).sort();
    else if (end - start > 1) sortFew(sorted, start, end);
  }
  return ranking;
}

/** Insertion sort of the values from `start` to before `end`. */
function sortFew(values: Float64Array, start: number, end: number): void {
  for (let index = start + 1; index < end; index += 1) {
    const value = values[index] ?? 0;
    let place = index;
    while (place > start && (values[place - 1] ?? 0) > value) {
      values[place] = values[place - 1] ?? 0;
      place -= 1;
    }
    values[place] = value;
  }
}

/** Never lower for a greater value; values beyond the counted ones belong to the first and the last slot. */
function slotOf({ least, slotsPerUnit, before }: Ranking, value: number): number {
  return Math.min(before.length - 2, Math.max(0, Math.floor((value - least) * slotsPerUnit)));
}

function shareOf(ranking: Ranking, value: number): number {
  const { sorted, before } = ranking;
  const slot = slotOf(ranking, value);
  const end = before[slot + 1] ?? 0;
  const below = countBelow(sorted, value, false, before[slot] ?? 0, end);
  // Mostly a value is there once, or not at all.
  const isThereOnce = sorted[below] === value && sorted[below + 1] !== value;
  const notAbove = isThereOnce ? below + 1 : countBelow(sorted, value, true, below, end);
  return Math.min(1, Math.max(0, (below + notAbove - 1) / 2 / sorted.length));
}

/** How many ascending values are less than `value`, or with `orEqual` at most `value`: at least `from`, at most `to`. */
function countBelow(sorted: Float64Array, value: number, orEqual: boolean, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = sorted[middle] ?? 0;
    if (other < value || (orEqual && other === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
