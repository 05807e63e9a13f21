import { describe, expect, it } from 'vitest';
import { viewerTaste } from '../../../src/recommendations/audience.ts';
import { exposureLoss, exposures } from '../../../src/recommendations/exposure.ts';
import { selectPicks } from '../../../src/recommendations/select-picks.ts';
import { selectionCaps } from '../../../src/recommendations/selection-caps.ts';
import {
  DEFAULT_SELECTION,
  type SelectionSettings,
} from '../../../src/recommendations/selection-settings.ts';
import { libraryOf, plainProfile, scorableTitle } from '../../support/scorable-titles.ts';

const DAY_MS = 86_400_000;
const NOW = new Date('2026-11-20T12:00:00Z');
const TODAY = Math.floor(NOW.getTime() / DAY_MS);

/** Thirty series: 1..20 drama of network A, 21..25 comedy of A, 26..30 comedy of B. */
const titles = Array.from({ length: 30 }, (_, index) =>
  scorableTitle(index + 1, {
    overview: `plot${index} word${index * 7}`,
    genres: [index < 20 ? 'Drama' : 'Comedy'],
    networks: [index < 25 ? 'A' : 'B'],
  }),
);
const library = await libraryOf(titles);
const ids = titles.map((title) => title.id);
/** The lower the id the better. */
const scores = Float64Array.from(ids, (id) => -id);

function select(
  known: Partial<SelectionSettings>,
  more: {
    shown?: Map<number, number>;
    liked?: number[];
    pool?: number[];
    count?: number;
    rewatch?: number[];
  } = {},
) {
  return selectPicks(
    library,
    viewerTaste(library, plainProfile(...(more.liked ?? []))),
    scores,
    { firstTime: more.pool ?? ids, rewatch: more.rewatch ?? [] },
    {
      count: more.count ?? 10,
      selection: { ...DEFAULT_SELECTION, diversity: 0, genreShare: 1, networkShare: 1, ...known },
      exposures: more.shown ?? new Map(),
    },
  );
}
const titleIds = (picks: readonly { titleId: number }[]) => picks.map((pick) => pick.titleId);

describe('caps', () => {
  it('leave the order by score alone where they are lifted', () => {
    expect(titleIds(select({}))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('keep a genre within its share of the list', () => {
    expect(titleIds(select({ genreShare: 0.6 }))).toEqual([1, 2, 3, 4, 5, 6, 21, 22, 23, 24]);
  });

  it('keep a network within its share of the list, and are relaxed when the candidates run out', () => {
    const picks = titleIds(select({ networkShare: 0.3 }));
    expect(picks.slice(0, 8)).toEqual([1, 2, 3, 26, 27, 28, 4, 5]);
    expect(picks).toHaveLength(10);
  });

  it('never bind below the share that a genre has among what the viewer likes', () => {
    const best = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect(titleIds(select({ genreShare: 0.2 }))).not.toEqual(best);
    expect(titleIds(select({ genreShare: 0.2 }, { liked: [11, 12, 13] }))).toEqual(best);
  });

  it('leave room for one pick of each at least', () => {
    const caps = selectionCaps(3, [], { genreShare: 0.01, networkShare: 0.01 });
    const drama = { genres: ['Drama'], networks: ['A'] };
    expect(caps.hasRoomFor(drama)).toBe(true);
    caps.take(drama);
    expect(caps.hasRoomFor(drama)).toBe(false);
    expect(caps.hasRoomFor({ genres: ['drama', 'Crime'], networks: [] })).toBe(false);
    expect(caps.hasRoomFor({ genres: [], networks: [] })).toBe(true);
  });

  it('count the picks there can be, not those wanted, where there are few candidates', () => {
    expect(titleIds(select({ genreShare: 0.5 }, { pool: [1, 2, 21, 22], count: 20 }))).toEqual([
      1, 2, 21, 22,
    ]);
  });
});

describe('a selection', () => {
  it('is empty without candidates, and of one title where there is one', () => {
    expect(select({}, { pool: [] })).toEqual([]);
    expect(titleIds(select({}, { pool: [7] }))).toEqual([7]);
  });

  it('ends with titles to watch again, as many as allowed', () => {
    const picks = select({ rewatchPicks: 1 }, { pool: [3, 4], rewatch: [9, 8] });
    expect(picks.map(({ titleId, isRewatch }) => [titleId, isRewatch])).toEqual([
      [3, false],
      [4, false],
      [8, true],
    ]);
    expect(titleIds(select({ rewatchPicks: 0 }, { pool: [3], rewatch: [9] }))).toEqual([3]);
  });

  it('lets a title that was shown lately fall behind, by what it says', () => {
    const picks = select({}, { shown: new Map([[1, 2]]) });
    const fallen = picks.find((pick) => pick.titleId === 1);
    expect(fallen?.exposureLoss).toBeCloseTo(exposureLoss(2, 29));
    expect(fallen?.score).toBe(-1 - exposureLoss(2, 29));
    expect(picks[0]?.titleId).toBe(2);
    expect(picks[0]?.exposureLoss).toBe(0);
  });

  it('differs from week to week when nothing is begun, and comes back to what was best', () => {
    const shown: { titleId: number; day: number }[] = [];
    const weeks = Array.from({ length: 16 }, (_, week) => {
      const now = new Date(NOW.getTime() + week * 7 * DAY_MS);
      const picks = titleIds(select({}, { count: 5, shown: exposures(shown, 4, now) }));
      shown.push(...picks.map((titleId) => ({ titleId, day: TODAY + week * 7 })));
      return picks;
    });
    for (const [week, picks] of weeks.entries()) {
      if (week > 0) expect(new Set(picks)).not.toEqual(new Set(weeks[week - 1]));
    }
    expect(weeks.slice(2).some((picks) => picks.includes(1))).toBe(true);
  });
});

describe('exposures', () => {
  const shownDaysAgo = (...days: number[]) => days.map((ago) => ({ titleId: 1, day: TODAY - ago }));
  const amount = (...days: number[]) => exposures(shownDaysAgo(...days), 4, NOW).get(1) ?? 0;

  it('begin to count on the sixth day, so that a set made again in its week stays as it is', () => {
    expect([0, 1, 5].map((ago) => amount(ago))).toEqual([0, 0, 0]);
    expect([6, 7, 12].map((ago) => amount(ago))).toEqual([1, 1, 1]);
  });

  it('halve after the half-life and end after twelve weeks', () => {
    expect(amount(7 * 5)).toBeCloseTo(0.5);
    expect(amount(7 * 12)).toBeGreaterThan(0);
    expect(amount(7 * 13)).toBe(0);
  });

  it('count a title once for each week, however many sets of that week had it', () => {
    expect(amount(6, 7, 8)).toBe(1);
    expect(amount(7, 14)).toBeCloseTo(1 + 0.5 ** 0.25);
  });

  it('are the same at any hour of a day', () => {
    const shown = shownDaysAgo(6, 13);
    const [morning, night] = [new Date('2026-11-20T00:00:00Z'), new Date('2026-11-20T23:59:59Z')];
    expect(exposures(shown, 4, morning)).toEqual(exposures(shown, 4, night));
  });

  it('are none when turned off, and for sets from the future', () => {
    expect(exposures(shownDaysAgo(7), 0, NOW)).toEqual(new Map());
    expect(amount(-30)).toBe(0);
  });
});
