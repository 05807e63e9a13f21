/** A title in one of a user's stored sets. */
export interface ShownTitle {
  readonly titleId: number;
  /** Day (UTC) on which the set was made, counted from 1970. */
  readonly day: number;
}

const DAY_MS = 86_400_000;
const DAYS_PER_WEEK = 7;
/** Sets older than this do not count any more. */
export const LONGEST_EXPOSURE_WEEKS = 12;
/** What one showing last week costs, as a share of the range of scores that picks are chosen from. */
const LOSS = 0.1;

/**
 * How often each title was shown lately and not begun, by title id: 1 for a set of last week, less by the half-life for
 * each week before, one showing a week at most. A set counts from its sixth day on, by whole UTC days: a new set in the
 * same week (and on the same day in any case) is made of the same exposures, and a weekly run at any hour sees the last.
 */
export function exposures(
  shown: readonly ShownTitle[],
  halfLifeWeeks: number,
  now: Date,
): Map<number, number> {
  const amounts = new Map<number, number>();
  if (halfLifeWeeks <= 0) return amounts;
  const counted = new Set<string>();
  const today = Math.floor(now.getTime() / DAY_MS);
  for (const { titleId, day } of shown) {
    const weeks = Math.floor((today - day + 1) / DAYS_PER_WEEK);
    const key = `${titleId}/${weeks}`;
    if (weeks < 1 || weeks > LONGEST_EXPOSURE_WEEKS || counted.has(key)) continue;
    counted.add(key);
    amounts.set(titleId, (amounts.get(titleId) ?? 0) + 0.5 ** ((weeks - 1) / halfLifeWeeks));
  }
  return amounts;
}

/** What a title loses by its exposure, in units of score, given the range that picks are chosen from. */
export function exposureLoss(amount: number, range: number): number {
  return LOSS * amount * range;
}
