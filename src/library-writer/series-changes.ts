import type { ShownSeries } from '../../drizzle/tables/library-writer.ts';

/** How the series of a library change; each list is in order of rank. */
export interface SeriesChanges {
  readonly added: readonly ShownSeries[];
  /** With the rank they had. */
  readonly removed: readonly ShownSeries[];
  readonly moved: readonly {
    readonly titleId: number;
    readonly rank: number;
    readonly previousRank: number;
  }[];
  /** How many stay where they are. */
  readonly kept: number;
}

/** Compares the series that a library holds with those it is to hold. */
export function seriesChanges(before: readonly ShownSeries[], after: readonly ShownSeries[]): SeriesChanges {
  const ranks = new Map(before.map(({ titleId, rank }) => [titleId, rank]));
  const stays = new Set(after.map(({ titleId }) => titleId));
  const moved = after.flatMap(({ titleId, rank }) => {
    const previousRank = ranks.get(titleId);
    return previousRank === undefined || previousRank === rank ? [] : [{ titleId, rank, previousRank }];
  });
  const added = after.filter(({ titleId }) => !ranks.has(titleId));
  return {
    added,
    removed: before.filter(({ titleId }) => !stays.has(titleId)),
    moved,
    kept: after.length - added.length - moved.length,
  };
}
