import { effectiveRating, type TitleFeedback } from './feedback.ts';
import { ratingWeight, tasteWeight, type WatchedSeries } from './taste-weight.ts';

/** What one series says about a user's taste. */
export interface TasteEntry {
  readonly titleId: number;
  /** How much it speaks for series like it: 1 for a finished one, negative for an abandoned one. */
  readonly weight: number;
  /** 0..1: halves every 60 days counted back from the user's latest play; 0 when the date is unknown. */
  readonly recency: number;
}

const HALF_LIFE_DAYS = 60;
const DAY_MS = 86_400_000;
/** A title called not interesting counts as half of one given up at once. */
const DISMISSED_WEIGHT = -0.25;

/**
 * Reads a user's taste from the series they began, in the order given, then from those they only rated or dismissed.
 * Ages are relative to the user's own latest play, so the profile changes only when history or feedback do.
 */
export function tasteProfile(
  series: readonly WatchedSeries[],
  feedback: readonly TitleFeedback[] = [],
): TasteEntry[] {
  const said = new Map(feedback.map((entry) => [entry.titleId, entry]));
  const begun = series.filter((entry) => entry.state !== 'UNWATCHED');
  const latest = Math.max(...begun.map((entry) => entry.lastPlayedAt?.getTime() ?? Number.NEGATIVE_INFINITY));
  const recency = (at: Date | null) =>
    at === null || !Number.isFinite(latest)
      ? 0
      : 0.5 ** (Math.max(0, latest - at.getTime()) / DAY_MS / HALF_LIFE_DAYS);
  const watched = begun.map((entry) => ({
    titleId: entry.titleId,
    weight: watchedWeight(entry, said.get(entry.titleId)),
    recency: recency(entry.lastPlayedAt),
  }));
  const known = new Set(begun.map((entry) => entry.titleId));
  const unwatched = [...said.values()].flatMap((entry) => {
    if (known.has(entry.titleId)) return [];
    const weight = unwatchedWeight(entry);
    return weight === 0 ? [] : [{ titleId: entry.titleId, weight, recency: recency(entry.dismissedAt) }];
  });
  return [...watched, ...unwatched];
}

/** Who watches a series to its end and then wants no more of it has liked it; who stops half-way has not. */
function watchedWeight(series: WatchedSeries, said: TitleFeedback | undefined): number {
  const rating = effectiveRating(said);
  const weight = tasteWeight(series, { rating, isFavorite: said?.serverFavorite ?? false });
  const isFinished = series.state === 'COMPLETED' || series.state === 'CAUGHT_UP';
  if (rating !== null || isFinished || !said?.dismissedAt) return weight;
  return Math.min(weight, DISMISSED_WEIGHT);
}

function unwatchedWeight(entry: TitleFeedback): number {
  const rating = effectiveRating(entry);
  if (rating !== null) return ratingWeight(rating);
  return entry.dismissedAt === null ? 0 : DISMISSED_WEIGHT;
}
