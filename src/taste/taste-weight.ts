import type { SeriesState } from '../../drizzle/tables/watch.ts';

/** Where a user stands with one series: what taste is read from. */
export interface WatchedSeries {
  readonly titleId: number;
  readonly state: SeriesState;
  /** Distinct regular episodes played. */
  readonly watchedCount: number;
  /** Distinct regular episodes that are there and have aired. */
  readonly airedCount: number;
  /** Plays of all episodes together. */
  readonly playCount: number;
  readonly isFavorite: boolean;
  /** Plays of known date; episodes marked at one stroke are one. */
  readonly datedPlays: number;
  /** Days (UTC) on which those fell. */
  readonly playDays: number;
  readonly lastPlayedAt: Date | null;
}

/** What else is known of how much a user likes a series. */
export interface Opinion {
  /** 0..10; null when the user gave none. */
  readonly rating: number | null;
  /** Whether the series itself (not only an episode) is a favourite on the media server. */
  readonly isFavorite: boolean;
}

const FAVORITE_WEIGHT = 1.5;
/** Nothing that is guessed counts more than what is said. */
const MOST_GUESSED = 1.5;
/** Giving up says less than staying: half the episodes missed count half as much against as a finished series for. */
const ABANDONED_FACTOR = -0.5;
/** What beginning a series says when next to nothing of it was seen yet. */
const BEGUN_WEIGHT = 0.6;
/** What watching a series in one go adds, and watching it twice; little, as weighting histories has shown no gain. */
const BINGE_BONUS = 0.15;
const REWATCH_BONUS = 0.25;
/** Episodes a day that count as one go, and the fewest plays from which that can be told. */
const BINGE_PER_DAY = 4;
const FEWEST_PLAYS = 3;
/** Weights of ratings; between two the line between them holds. */
const RATING_WEIGHTS = [
  [0, -1],
  [1, -1],
  [5, 0],
  [8, 1],
  [10, 1.5],
] as const;
const NOTHING_SAID: Opinion = { rating: null, isFavorite: false };

/**
 * How much one series speaks for (up to 1.5) or against (down to -1) series like it. A rating is what the user says and
 * replaces every guess; without one, a favourite counts most, a finished series 1, a begun one by how much was seen,
 * an abandoned one against its like; bingeing and watching again add a little to what counts for.
 */
export function tasteWeight(series: WatchedSeries, opinion: Opinion = NOTHING_SAID): number {
  if (opinion.rating !== null) return ratingWeight(opinion.rating);
  if (series.state === 'UNWATCHED') return 0;
  if (series.isFavorite || opinion.isFavorite) return FAVORITE_WEIGHT;
  const share = watchedShare(series);
  if (series.state === 'ABANDONED') return ABANDONED_FACTOR * (1 - share);
  const seen = series.state === 'IN_PROGRESS' ? BEGUN_WEIGHT + (1 - BEGUN_WEIGHT) * share : 1;
  const bonus = BINGE_BONUS * bingeing(series) + REWATCH_BONUS * rewatching(series);
  return Math.min(MOST_GUESSED, seen * (1 + bonus));
}

/** How much a rating of 0..10 speaks for (1.5) or against (-1) a series: 5 for neither, 8 as a finished one. */
export function ratingWeight(rating: number): number {
  let [lastRating, lastWeight]: readonly [number, number] = RATING_WEIGHTS[0];
  for (const [at, weight] of RATING_WEIGHTS) {
    if (rating <= at)
      return at === lastRating
        ? weight
        : lastWeight + ((rating - lastRating) / (at - lastRating)) * (weight - lastWeight);
    [lastRating, lastWeight] = [at, weight];
  }
  return lastWeight;
}

/** 0 for an episode a day or fewer, 1 for four or more. */
function bingeing({ datedPlays, playDays }: WatchedSeries): number {
  if (datedPlays < FEWEST_PLAYS || playDays <= 0) return 0;
  return clamp((datedPlays / playDays - 1) / (BINGE_PER_DAY - 1));
}

/** 0 when each episode was played once, 1 when each was played twice on average. */
function rewatching({ playCount, watchedCount }: WatchedSeries): number {
  return watchedCount <= 0 ? 0 : clamp(playCount / watchedCount - 1);
}

function watchedShare({ watchedCount, airedCount }: WatchedSeries): number {
  if (airedCount <= 0) return watchedCount > 0 ? 1 : 0;
  return clamp(watchedCount / airedCount);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
