import { describe, expect, it } from 'vitest';
import { effectiveRating, type TitleFeedback } from '../../../src/taste/feedback.ts';
import { tasteProfile } from '../../../src/taste/taste-profile.ts';
import { ratingWeight, tasteWeight, type WatchedSeries } from '../../../src/taste/taste-weight.ts';

const series = (changes: Partial<WatchedSeries>): WatchedSeries => ({
  titleId: 1,
  state: 'COMPLETED',
  watchedCount: 10,
  airedCount: 10,
  playCount: 10,
  isFavorite: false,
  datedPlays: 0,
  playDays: 0,
  lastPlayedAt: new Date('2026-01-01T00:00:00Z'),
  ...changes,
});
const said = (changes: Partial<TitleFeedback>): TitleFeedback => ({
  titleId: 1,
  rating: null,
  dismissedAt: null,
  snoozedUntil: null,
  serverRating: null,
  serverLikes: null,
  serverFavorite: false,
  ...changes,
});
const opinion = { rating: null, isFavorite: false };

describe('tasteWeight', () => {
  it('counts a finished series and one that is caught up as 1', () => {
    expect(tasteWeight(series({}))).toBe(1);
    expect(tasteWeight(series({ state: 'CAUGHT_UP' }))).toBe(1);
  });

  it('counts a favourite more, whether an episode is marked or the series', () => {
    expect(tasteWeight(series({ isFavorite: true }))).toBe(1.5);
    expect(tasteWeight(series({}), { ...opinion, isFavorite: true })).toBe(1.5);
  });

  it('counts a begun series by its watched share', () => {
    expect(tasteWeight(series({ state: 'IN_PROGRESS', watchedCount: 1, playCount: 1 }))).toBeCloseTo(0.64);
    expect(tasteWeight(series({ state: 'IN_PROGRESS', watchedCount: 5, playCount: 5 }))).toBeCloseTo(0.8);
  });

  it('counts an abandoned series against its like, the more the earlier it was given up', () => {
    expect(tasteWeight(series({ state: 'ABANDONED', watchedCount: 1 }))).toBeCloseTo(-0.45);
    expect(tasteWeight(series({ state: 'ABANDONED', watchedCount: 8 }))).toBeCloseTo(-0.1);
  });

  it('adds a little for several episodes a day, and nothing for one', () => {
    const paced = (plays: number, days: number) => tasteWeight(series({ datedPlays: plays, playDays: days }));
    expect(paced(10, 10)).toBe(1);
    expect(paced(10, 4)).toBeCloseTo(1.075);
    expect(paced(12, 3)).toBeCloseTo(1.15);
    expect(paced(100, 1)).toBeCloseTo(1.15);
  });

  it('takes two episodes in an evening for no binge', () => {
    expect(tasteWeight(series({ datedPlays: 2, playDays: 1 }))).toBe(1);
  });

  it('adds for watching again, to twice at most', () => {
    expect(tasteWeight(series({ playCount: 20 }))).toBeCloseTo(1.25);
    expect(tasteWeight(series({ playCount: 90 }))).toBeCloseTo(1.25);
  });

  it('believes a rating before any guess, for and against', () => {
    expect(tasteWeight(series({ isFavorite: true }), { ...opinion, rating: 2 })).toBeCloseTo(-0.75);
    expect(tasteWeight(series({ state: 'ABANDONED' }), { ...opinion, rating: 9 })).toBeCloseTo(1.25);
    expect(tasteWeight(series({}), { ...opinion, rating: 5 })).toBe(0);
  });

  it('survives counts that do not fit together', () => {
    expect(tasteWeight(series({ state: 'IN_PROGRESS', watchedCount: 3, airedCount: 0, playCount: 0 }))).toBe(
      1,
    );
    expect(tasteWeight(series({ state: 'IN_PROGRESS', watchedCount: 30, playCount: 0 }))).toBe(1);
    expect(tasteWeight(series({ watchedCount: 0, playCount: 9 }))).toBe(1);
    expect(tasteWeight(series({ datedPlays: 9, playDays: 0 }))).toBe(1);
  });
});

describe('ratingWeight', () => {
  it('rises from -1 for 1 to 1.5 for 10, nowhere falling', () => {
    const weights = Array.from({ length: 11 }, (_, rating) => ratingWeight(rating));
    expect(weights.map((weight) => Math.round(weight * 100) / 100)).toEqual([
      -1, -1, -0.75, -0.5, -0.25, 0, 0.33, 0.67, 1, 1.25, 1.5,
    ]);
    expect(ratingWeight(6.5)).toBeCloseTo(0.5);
  });
});

describe('effectiveRating', () => {
  it('takes what was said here, then the media server’s rating, then its like', () => {
    expect(effectiveRating(said({ rating: 4, serverRating: 9, serverLikes: true }))).toBe(4);
    expect(effectiveRating(said({ serverRating: 9, serverLikes: false }))).toBe(9);
    expect(effectiveRating(said({ serverLikes: true }))).toBe(8);
    expect(effectiveRating(said({ serverLikes: false }))).toBe(3);
    expect(effectiveRating(said({ dismissedAt: new Date(0) }))).toBeNull();
    expect(effectiveRating(undefined)).toBeNull();
  });
});

describe('tasteProfile', () => {
  it('leaves out what was never begun', () => {
    expect(tasteProfile([series({ state: 'UNWATCHED' })])).toEqual([]);
    expect(tasteProfile([])).toEqual([]);
  });

  it('halves recency every 60 days before the latest play', () => {
    const profile = tasteProfile([
      series({ titleId: 1, lastPlayedAt: new Date('2026-03-02T00:00:00Z') }),
      series({ titleId: 2, lastPlayedAt: new Date('2026-01-01T00:00:00Z') }),
      series({ titleId: 3, lastPlayedAt: null }),
    ]);
    expect(profile.map((entry) => entry.recency)).toEqual([1, 0.5, 0]);
  });

  it('gives recency 0 when no date is known at all', () => {
    expect(tasteProfile([series({ lastPlayedAt: null })])[0]?.recency).toBe(0);
  });

  it('counts a dismissed title mildly against its like, and a snoozed one not at all', () => {
    const feedback = [
      said({ titleId: 2, dismissedAt: new Date('2026-02-01T00:00:00Z') }),
      said({ titleId: 3, snoozedUntil: new Date('2027-01-01T00:00:00Z') }),
    ];
    expect(tasteProfile([series({})], feedback)).toEqual([
      { titleId: 1, weight: 1, recency: 1 },
      { titleId: 2, weight: -0.25, recency: 1 },
    ]);
  });

  it('takes a series that was dismissed half-way for one given up, and one watched to its end for liked', () => {
    const feedback = [said({ dismissedAt: new Date('2026-02-01T00:00:00Z') })];
    expect(tasteProfile([series({ state: 'IN_PROGRESS' })], feedback)[0]?.weight).toBe(-0.25);
    expect(tasteProfile([series({})], feedback)).toEqual([{ titleId: 1, weight: 1, recency: 1 }]);
  });

  it('counts what was rated without being watched, also for who watched nothing', () => {
    expect(tasteProfile([], [said({ titleId: 5, rating: 10 })])).toEqual([
      { titleId: 5, weight: 1.5, recency: 0 },
    ]);
  });
});
