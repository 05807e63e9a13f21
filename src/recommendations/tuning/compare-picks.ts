/** A pick beside the list it is compared with. */
interface ComparedPick {
  readonly titleId: number;
  /** 1 is the best. */
  readonly rank: number;
  /** In the other list; null where it is not in it. */
  readonly previousRank: number | null;
  readonly score: number;
}

/** A list of picks beside another one. */
export interface PickComparison {
  /** The new list, best first. */
  readonly picks: readonly ComparedPick[];
  /** Titles of the old list that are not in the new one, with their old ranks. */
  readonly dropped: readonly { readonly titleId: number; readonly previousRank: number }[];
  /** Titles in both. */
  readonly kept: number;
}

interface Scored {
  readonly titleId: number;
  readonly score: number;
}

/** Compares two lists of picks, each best first. */
export function comparePicks(before: readonly Scored[], after: readonly Scored[]): PickComparison {
  const previous = new Map(before.map(({ titleId }, index) => [titleId, index + 1]));
  const next = new Set(after.map(({ titleId }) => titleId));
  const picks = after.map(({ titleId, score }, index) => ({
    titleId,
    rank: index + 1,
    previousRank: previous.get(titleId) ?? null,
    score,
  }));
  return {
    picks,
    dropped: [...previous].flatMap(([titleId, previousRank]) =>
      next.has(titleId) ? [] : [{ titleId, previousRank }],
    ),
    kept: picks.filter(({ previousRank }) => previousRank !== null).length,
  };
}
