import type { SeriesState } from '../../drizzle/tables/watch.ts';

/** Where a user stands with one series: what taste is read from. */
export interface WatchedSeries {
  readonly titleId: number;
  readonly state: SeriesState;
  /** Distinct regular episodes played. */
  readonly watchedCount: number;
  /** Distinct regular episodes that are there and have aired. */
  readonly airedCount: number;
  readonly isFavorite: boolean;
  readonly lastPlayedAt: Date | null;
}

/** What one watched series says about a user's taste. */
export interface TasteEntry {
  readonly titleId: number;
  /** How much it speaks for series like it: 1 for a finished one, negative for an abandoned one. */
  readonly weight: number;
  /** 0..1: halves every 60 days counted back from the user's latest play; 0 when the date is unknown. */
  readonly recency: number;
}

const HALF_LIFE_DAYS = 60;
const DAY_MS = 86_400_000;
const FAVORITE_FACTOR = 1.5;
/** Giving up says less than staying: half the episodes missed count half as much against as a finished series for. */
const ABANDONED_FACTOR = -0.5;
/** What beginning a series says when next to nothing of it was seen yet. */
const BEGUN_WEIGHT = 0.6;

/**
 * Reads a user's taste from the series they began, in the order given. Ages are relative to the user's own latest play, so
 * the profile changes only when the history does.
 */
export function tasteProfile(series: readonly WatchedSeries[]): TasteEntry[] {
  const begun = series.filter((entry) => entry.state !== 'UNWATCHED');
  const latest = Math.max(...begun.map((entry) => entry.lastPlayedAt?.getTime() ?? Number.NEGATIVE_INFINITY));
  return begun.map((entry) => ({
    titleId: entry.titleId,
    weight: tasteWeight(entry),
    recency:
      entry.lastPlayedAt === null
        ? 0
        : 0.5 ** ((latest - entry.lastPlayedAt.getTime()) / DAY_MS / HALF_LIFE_DAYS),
  }));
}

/** How much one begun series speaks for (0..1.5) or against (-0.5..0) series like it. */
export function tasteWeight(series: WatchedSeries): number {
  const share = watchedShare(series);
  if (series.state === 'UNWATCHED') return 0;
  if (series.isFavorite) return FAVORITE_FACTOR;
  if (series.state === 'ABANDONED') return ABANDONED_FACTOR * (1 - share);
  if (series.state === 'IN_PROGRESS') return BEGUN_WEIGHT + (1 - BEGUN_WEIGHT) * share;
  return 1;
}

function watchedShare(series: WatchedSeries): number {
  if (series.airedCount <= 0) return series.watchedCount > 0 ? 1 : 0;
  return Math.min(1, Math.max(0, series.watchedCount / series.airedCount));
}
