import type { SeriesState } from '../../drizzle/tables/watch.ts';

const DAY_MS = 86_400_000;

/** When a series counts as watched or given up. */
export interface SeriesStateThresholds {
  /** Share of the aired regular episodes that has to be played, 0..1: few people watch every recap. */
  readonly caughtUpShare: number;
  /** Days without a play after which a series that is not caught up counts as given up. */
  readonly abandonedAfterDays: number;
}

/** 90 % of the episodes; half a year, which bridges the usual break between two seasons. */
export const DEFAULT_THRESHOLDS: SeriesStateThresholds = { caughtUpShare: 0.9, abandonedAfterDays: 180 };

/** A user's play states of a series, added up over its regular episodes (no specials, no extras). */
export interface SeriesProgress {
  /** Episodes played. */
  readonly watchedCount: number;
  /** Episodes that have aired and are on the server, or were played before they left it. */
  readonly airedCount: number;
  /** Whether an episode that is not played has been begun. */
  readonly isBegun: boolean;
  readonly lastPlayedAt: Date | null;
  /** Whether no more episodes will come: the series has ended, or is gone from the server. */
  readonly isOver: boolean;
}

/**
 * Where a user stands with a series.
 *
 * - `UNWATCHED`: nothing played or begun.
 * - `COMPLETED`, `CAUGHT_UP`: at least `caughtUpShare` of the aired episodes played, and the series is over or goes on.
 * - `ABANDONED`: not caught up, and the last play is more than `abandonedAfterDays` ago.
 * - `IN_PROGRESS`: all else, plays of unknown date included.
 */
export function seriesState(
  progress: SeriesProgress,
  thresholds: SeriesStateThresholds,
  now: Date,
): SeriesState {
  const { watchedCount, airedCount, isBegun, lastPlayedAt, isOver } = progress;
  if (watchedCount === 0 && !isBegun) return 'UNWATCHED';
  if (watchedCount > 0 && watchedCount >= airedCount * thresholds.caughtUpShare)
    return isOver ? 'COMPLETED' : 'CAUGHT_UP';
  const idleMs = lastPlayedAt === null ? 0 : now.getTime() - lastPlayedAt.getTime();
  return idleMs > thresholds.abandonedAfterDays * DAY_MS ? 'ABANDONED' : 'IN_PROGRESS';
}
