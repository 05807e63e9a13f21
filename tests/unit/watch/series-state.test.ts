import { describe, expect, it } from 'vitest';
import type { SeriesState } from '../../../drizzle/tables/watch.ts';
import { DEFAULT_THRESHOLDS, type SeriesProgress, seriesState } from '../../../src/watch/series-state.ts';

const now = new Date('2026-11-20T12:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

const untouched: SeriesProgress = {
  watchedCount: 0,
  airedCount: 10,
  isBegun: false,
  lastPlayedAt: null,
  isOver: false,
};

describe('seriesState', () => {
  it.each<[string, Partial<SeriesProgress>, SeriesState]>([
    ['nothing played', {}, 'UNWATCHED'],
    ['nothing played of a series that is over', { isOver: true }, 'UNWATCHED'],
    ['nothing there at all', { airedCount: 0 }, 'UNWATCHED'],
    ['one episode begun', { isBegun: true, lastPlayedAt: daysAgo(1) }, 'IN_PROGRESS'],
    ['one episode begun at an unknown time', { isBegun: true }, 'IN_PROGRESS'],
    ['one episode begun long ago', { isBegun: true, lastPlayedAt: daysAgo(181) }, 'ABANDONED'],
    ['one played', { watchedCount: 1, lastPlayedAt: daysAgo(1) }, 'IN_PROGRESS'],
    ['some played at an unknown time', { watchedCount: 5 }, 'IN_PROGRESS'],
    ['just below 90 %', { watchedCount: 8, lastPlayedAt: daysAgo(1) }, 'IN_PROGRESS'],
    ['90 % of a series that goes on', { watchedCount: 9, lastPlayedAt: daysAgo(1) }, 'CAUGHT_UP'],
    [
      '90 % of a series that is over',
      { watchedCount: 9, isOver: true, lastPlayedAt: daysAgo(1) },
      'COMPLETED',
    ],
    [
      'all of a series that is over, years ago',
      { watchedCount: 10, isOver: true, lastPlayedAt: daysAgo(900) },
      'COMPLETED',
    ],
    [
      'all of a series that goes on, years ago',
      { watchedCount: 10, lastPlayedAt: daysAgo(900) },
      'CAUGHT_UP',
    ],
    ['some, exactly 180 days ago', { watchedCount: 5, lastPlayedAt: daysAgo(180) }, 'IN_PROGRESS'],
    ['some, 181 days ago', { watchedCount: 5, lastPlayedAt: daysAgo(181) }, 'ABANDONED'],
    [
      'some of a series that is over, 181 days ago',
      { watchedCount: 5, isOver: true, lastPlayedAt: daysAgo(181) },
      'ABANDONED',
    ],
    ['the only episode', { watchedCount: 1, airedCount: 1, lastPlayedAt: daysAgo(1) }, 'CAUGHT_UP'],
  ])('%s', (_what, progress, state) => {
    expect(seriesState({ ...untouched, ...progress }, DEFAULT_THRESHOLDS, now)).toBe(state);
  });

  it('goes by the thresholds it is given', () => {
    const half = { ...untouched, watchedCount: 5, lastPlayedAt: daysAgo(10) };
    expect(seriesState(half, { caughtUpShare: 0.5, abandonedAfterDays: 180 }, now)).toBe('CAUGHT_UP');
    expect(seriesState(half, { caughtUpShare: 0.9, abandonedAfterDays: 9 }, now)).toBe('ABANDONED');
  });
});
