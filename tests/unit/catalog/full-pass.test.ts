import { describe, expect, it } from 'vitest';
import { needsFullPass, readsSeriesAlone } from '../../../src/catalog/full-pass.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
const ME = 'jellyfin srv 12.0.0 admin';

describe('a full pass', () => {
  it.each<[string, Date | null, string | null, 'jellyfin' | 'emby', boolean]>([
    ['is needed when there was none', null, null, 'jellyfin', true],
    ['is not needed an instant later', NOW, ME, 'jellyfin', false],
    ['is not needed within a week of the last one', daysAgo(6.99), ME, 'jellyfin', false],
    ['is needed a week after the last one', daysAgo(7), ME, 'jellyfin', true],
    ['is needed after a day on Emby, which gives no date of the last addition', daysAgo(1), ME, 'emby', true],
    ['is not needed within a day on Emby', daysAgo(0.99), ME, 'emby', false],
    ['is needed when listed as somebody else', NOW, 'jellyfin srv 12.0.0 other', 'jellyfin', true],
    ['is needed when the last one is of a time without that record', NOW, null, 'jellyfin', true],
  ])('%s', (_what, lastCompleteSyncAt, listedAs, dialect, needed) => {
    expect(needsFullPass({ lastCompleteSyncAt, listedAs }, ME, dialect, NOW)).toBe(needed);
  });
});

describe('changed series', () => {
  it.each([
    [0, 0, true],
    [1, 500, true],
    [1, 1, true],
    [2, 500, false],
    [50, 200_000, true],
    [200, 200_000, true],
    [201, 200_000, false],
  ])('%d of a library of %d episodes are read alone: %s', (changed, episodes, alone) => {
    expect(readsSeriesAlone(changed, episodes)).toBe(alone);
  });
});
