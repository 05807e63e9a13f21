import { describe, expect, it } from 'vitest';
import { buildAudience, viewerTaste } from '../../../src/recommendations/audience.ts';
import { percentiles } from '../../../src/recommendations/percentiles.ts';
import { atOnce } from '../../../src/recommendations/steps.ts';
import { distancesTo, traitColumns, traitTaste } from '../../../src/recommendations/trait-tastes.ts';
import { viewerConditions } from '../../../src/recommendations/viewer-conditions.ts';
import { libraryOf, mixedTitles, plainProfile } from '../../support/scorable-titles.ts';

describe('percentiles', () => {
  const all = new Uint8Array(4).fill(1);

  it('gives the share below, ties in the middle', () => {
    expect([...percentiles(Float64Array.from([5, 1, 3, 1]), all)]).toEqual([0.75, 0.125, 0.5, 0.125]);
    expect([...percentiles(new Float64Array(4), all)]).toEqual([0.375, 0.375, 0.375, 0.375]);
  });

  it('places rows that do not count among those that do', () => {
    const shares = percentiles(Float64Array.from([9, 1, 2, 3]), Uint8Array.from([0, 1, 1, 1]));
    expect(shares[0]).toBeGreaterThan(shares[2] ?? 1);
    expect(shares[3]).toBeCloseTo(2 / 3, 9);
  });

  it('gives 0 where nothing counts', () => {
    expect([...percentiles(Float64Array.from([1, 2]), new Uint8Array(2))]).toEqual([0, 0]);
    expect(percentiles(new Float64Array(), new Uint8Array())).toHaveLength(0);
  });

  it.each([
    ['even', (at: number) => (at * 37) % 101],
    ['crowded at one end', (at: number) => Math.exp((at * 37) % 101) / 1e9],
    ['mostly equal', (at: number) => (at % 5 === 0 ? (at * 37) % 101 : 3)],
    ['all equal', () => -2],
    ['below and above zero', (at: number) => ((at * 37) % 101) - 50.5],
  ])('are what counting one by one gives for values that are %s', (_, numberAt) => {
    const values = Float64Array.from({ length: 300 }, (_, at) => numberAt(at));
    const counted = Uint8Array.from(values, (_, at) => (at % 7 === 2 ? 0 : 1));
    const kept = values.filter((_, at) => counted[at] === 1);
    const expected = Array.from(values, (value) => {
      const below = kept.filter((other) => other < value).length;
      const notAbove = kept.filter((other) => other <= value).length;
      return Math.min(1, Math.max(0, (below + notAbove - 1) / 2 / kept.length));
    });
    expect([...percentiles(values, counted)]).toEqual(expected);
  });
});

describe('traitTaste', () => {
  const genres = traitColumns([['Crime'], ['crime', 'Drama'], ['Drama'], []]);

  it('is positive for traits watched more often than by chance, whatever their capitals', () => {
    const taste = traitTaste(genres, [0, 1]);
    expect(taste[0]).toBeCloseTo(Math.log(4 / 3), 9);
    expect(taste[2]).toBeCloseTo(0, 9);
    expect(taste[1]).toBeCloseTo(Math.log(4 / 3) / Math.SQRT2, 9);
    expect(taste[3]).toBe(0);
  });

  it('says nothing without a history', () => {
    expect([...traitTaste(genres, [])]).toEqual([0, 0, 0, 0]);
  });
});

describe('distancesTo', () => {
  it('is 0 at the mean of what was watched and falls to both sides', () => {
    expect([...distancesTo(Float64Array.from([1, 3, 2, 8]), [0, 1])]).toEqual([-1, -1, -0, -6]);
    expect([...distancesTo(Float64Array.from([1, 3]), [])]).toEqual([0, 0]);
  });
});

describe('viewerConditions', () => {
  const conditionsOf = async (...histories: number[][]) => {
    const titles = mixedTitles().map((title) => ({ ...title, votes: title.id ** 3 }));
    const library = await libraryOf(titles);
    const tastes = histories.map((ids) => viewerTaste(library, plainProfile(...ids)));
    const audience = atOnce(buildAudience(library, tastes));
    const server = { ...audience, viewers: audience.viewers.length };
    return viewerConditions(library, server, tastes[0]?.liked ?? []);
  };

  it('tells viewers who watch likes from those who do not', async () => {
    const [alike, mixed] = [await conditionsOf([1, 2, 3]), await conditionsOf([1, 5, 9])];
    expect(alike.contentOfWatched).toBeGreaterThan(mixed.contentOfWatched);
  });

  it('tells viewers of what many voted for', async () => {
    const [many, few] = [await conditionsOf([9, 10]), await conditionsOf([1, 2])];
    expect(many.votesOfWatched).toBeGreaterThan(few.votesOfWatched);
  });

  it('draws a viewer without a history to the habits of the server', async () => {
    const beginner = await conditionsOf([], [9, 10], [9, 10]);
    const other = await conditionsOf([9, 10], [9, 10]);
    expect(beginner.votesOfWatched).toBeCloseTo(other.votesOfWatched, 9);
    expect(beginner.logHistory).toBe(0);
    expect(beginner.viewersOfWatched).toBe(1);
  });

  it('takes servers of more than 200 viewers, and longer histories than were learnt from, for as large', async () => {
    const many = await conditionsOf(...Array.from({ length: 400 }, () => [1]));
    const some = await conditionsOf(...Array.from({ length: 200 }, () => [1]));
    expect(many.logViewers).toBe(some.logViewers);
    expect(some.logViewers).toBeCloseTo(Math.log(200), 9);
  });

  it('is finite for nobody and nothing', async () => {
    expect(Object.values(await conditionsOf()).every(Number.isFinite)).toBe(true);
    const library = await libraryOf([]);
    const server = { ...atOnce(buildAudience(library, [])), viewers: 0 };
    expect(Object.values(viewerConditions(library, server, [])).every(Number.isFinite)).toBe(true);
  });
});
