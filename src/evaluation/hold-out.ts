import type { Cohort } from '../../drizzle/tables/evaluation.ts';

/** A series that a viewer began, as the split by time needs it. */
export interface BegunSeries {
  readonly titleId: number;
  /** Null when unknown: such a series counts as begun before all others. */
  readonly firstPlayedAt: Date | null;
}

/** The histories of one viewer cut in two: what the scorers may know, and what they should find. */
export interface SplitHistory {
  readonly known: ReadonlySet<number>;
  readonly heldOut: ReadonlySet<number>;
}

/**
 * Cuts a viewer's begun series by time: the last `share` of those that can be found is held out, at least one. Without
 * any that can be found nothing is.
 *
 * @param canBeFound whether a title is still there to be recommended
 */
export function holdOut(
  begun: readonly BegunSeries[],
  share: number,
  canBeFound: (titleId: number) => boolean,
): SplitHistory {
  const findable = begun.filter(({ titleId }) => canBeFound(titleId)).sort(byTime);
  const count = findable.length === 0 ? 0 : Math.max(1, Math.round(findable.length * share));
  const heldOut = new Set(findable.slice(findable.length - count).map(({ titleId }) => titleId));
  return {
    known: new Set(begun.flatMap(({ titleId }) => (heldOut.has(titleId) ? [] : [titleId]))),
    heldOut,
  };
}

/** The cohort of a viewer of whom so many series are known. */
export function cohortOf(known: number): Exclude<Cohort, 'ALL'> {
  if (known >= 50) return 'FROM_50';
  if (known >= 10) return 'FROM_10';
  if (known >= 3) return 'FROM_3';
  return known >= 1 ? 'FROM_1' : 'NONE';
}

function byTime(a: BegunSeries, b: BegunSeries): number {
  const time = ({ firstPlayedAt }: BegunSeries) => firstPlayedAt?.getTime() ?? Number.NEGATIVE_INFINITY;
  const [first, second] = [time(a), time(b)];
  return first === second ? a.titleId - b.titleId : first < second ? -1 : 1;
}
