import { describe, expect, it } from 'vitest';
import { tasteProfile, tasteWeight, type WatchedSeries } from '../../../src/taste/taste-profile.ts';

const series = (changes: Partial<WatchedSeries>): WatchedSeries => ({
  titleId: 1,
  state: 'COMPLETED',
  watchedCount: 10,
  airedCount: 10,
  isFavorite: false,
  lastPlayedAt: new Date('2026-01-01T00:00:00Z'),
  ...changes,
});

describe('tasteWeight', () => {
  it('counts a finished series and one that is caught up as 1', () => {
    expect(tasteWeight(series({}))).toBe(1);
    expect(tasteWeight(series({ state: 'CAUGHT_UP' }))).toBe(1);
  });

  it('counts a favourite more', () => {
    expect(tasteWeight(series({ isFavorite: true }))).toBe(1.5);
  });

  it('counts a begun series by its watched share', () => {
    expect(tasteWeight(series({ state: 'IN_PROGRESS', watchedCount: 1 }))).toBeCloseTo(0.64);
    expect(tasteWeight(series({ state: 'IN_PROGRESS', watchedCount: 5 }))).toBeCloseTo(0.8);
  });

  it('counts an abandoned series against its like, the more the earlier it was given up', () => {
    expect(tasteWeight(series({ state: 'ABANDONED', watchedCount: 1 }))).toBeCloseTo(-0.45);
    expect(tasteWeight(series({ state: 'ABANDONED', watchedCount: 8 }))).toBeCloseTo(-0.1);
  });

  it('survives counts that do not fit together', () => {
    expect(tasteWeight(series({ state: 'IN_PROGRESS', watchedCount: 3, airedCount: 0 }))).toBe(1);
    expect(tasteWeight(series({ state: 'IN_PROGRESS', watchedCount: 30, airedCount: 10 }))).toBe(1);
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
});
