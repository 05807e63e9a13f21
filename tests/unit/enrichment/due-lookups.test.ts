import { describe, expect, it } from 'vitest';
import { identityHash, isDue, type LastLookup } from '../../../src/enrichment/due-lookups.ts';

const now = new Date('2026-11-20T12:00:00Z');
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const last = (outcome: LastLookup['outcome'], hours: number, failures = 0): LastLookup => ({
  outcome,
  attemptedAt: hoursAgo(hours),
  failures,
  identityHash: 'same',
});

describe('a title is due', () => {
  it('when it was never looked up, or its name, year or ids have changed', () => {
    expect(isDue(undefined, 'same', now, 30)).toBe(true);
    expect(isDue(last('FOUND', 1), 'other', now, 30)).toBe(true);
    expect(isDue(last('FOUND', 1), 'same', now, 30)).toBe(false);
    const title = {
      id: 1,
      name: 'Dark',
      originalName: null,
      year: 2017,
      tvdbId: '1',
      tmdbId: null,
      imdbId: null,
    };
    expect(identityHash(title)).toBe(identityHash({ ...title, id: 2 }));
    expect(identityHash(title)).not.toBe(identityHash({ ...title, tvdbId: null, imdbId: '1' }));
  });

  it('when what was found, or was not, is older than the setting', () => {
    for (const outcome of ['FOUND', 'NOT_FOUND'] as const) {
      expect(isDue(last(outcome, 30 * 24 - 1), 'same', now, 30)).toBe(false);
      expect(isDue(last(outcome, 30 * 24), 'same', now, 30)).toBe(true);
    }
  });

  it('after a failure at the next scheduled run, then later and later, but not later than the setting', () => {
    const waits = [1, 2, 3, 4].map((failures) =>
      [5, 6, 11, 22, 44].find((hours) => isDue(last('FAILED', hours, failures), 'same', now, 30)),
    );
    expect(waits).toEqual([6, 11, 22, 44]);
    expect(isDue(last('FAILED', 24, 50), 'same', now, 1)).toBe(true);
    expect(isDue(last('FAILED', 23, 50), 'same', now, 1)).toBe(false);
  });
});
