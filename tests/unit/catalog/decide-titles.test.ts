import { describe, expect, it } from 'vitest';
import { decideTitles } from '../../../src/catalog/decide-titles.ts';
import { isSameSeries, type KnownTitle } from '../../../src/catalog/identity.ts';
import { seriesRow } from '../../../src/catalog/series-row.ts';
import type { ProviderIds } from '../../../src/media-server/media-server.ts';
import { series } from '../../support/scripted-media-server.ts';

const row = (id: string, name: string, providerIds: ProviderIds = {}) =>
  seriesRow(series(id, name, { providerIds }));

function known(id: number, matchName: string, providerIds: ProviderIds = {}): KnownTitle {
  return { id, removed: false, matchName, year: null, providerIds };
}

function decide(
  rows: Parameters<typeof decideTitles>[0],
  titles: readonly KnownTitle[] = [],
  copyOf: readonly (readonly [string, number])[] = [],
) {
  const { decided, fresh, merges } = decideTitles(rows, titles, new Map(copyOf));
  return {
    titles: decided.map((one) => one.titleId),
    fresh: fresh.map((one) => `${one.titleId} ${one.row.name}`),
    merges: merges.map(({ gone, kept }) => [gone, kept]),
  };
}

describe('decideTitles', () => {
  it('adds each new series once', () => {
    expect(decide([row('a', 'One'), row('b', 'Two'), row('c', 'One')])).toEqual({
      titles: [-1, -2, -1],
      fresh: ['-1 One', '-2 Two'],
      merges: [],
    });
  });

  it('merges the later title into the earlier one when an item brings the id that both then have', () => {
    const titles = [known(9, 'one'), known(4, 'two', { tvdb: '7' })];
    expect(decide([row('a', 'One', { tvdb: '7' })], titles, [['a', 9]])).toEqual({
      titles: [4],
      fresh: [],
      merges: [[9, 4]],
    });
  });

  it('gives items of a merged title the one that was kept, before and after in the page', () => {
    const titles = [known(9, 'one'), known(4, 'two', { tvdb: '7' })];
    const rows = [row('a', 'One'), row('b', 'One', { tvdb: '7' }), row('c', 'One')];
    const before = [
      ['a', 9],
      ['b', 9],
      ['c', 9],
    ] as const;
    expect(decide(rows, titles, before)).toMatchObject({ titles: [4, 4, 4], merges: [[9, 4]] });
  });

  it('merges three titles that an item ties together into the earliest', () => {
    const titles = [known(5, 'one'), known(6, 'two', { tvdb: '7' }), known(3, 'three', { imdb: 'tt1' })];
    expect(decide([row('a', 'One', { tvdb: '7', imdb: 'tt1' })], titles, [['a', 5]])).toEqual({
      titles: [3],
      fresh: [],
      merges: [
        [5, 3],
        [6, 3],
      ],
    });
  });

  it('adds no title for a new series that a later item of the page shows to be a known one', () => {
    const rows = [row('a', 'New', { imdb: 'tt1' }), row('b', 'Old', { tvdb: '7', imdb: 'tt1' })];
    expect(decide(rows, [known(4, 'old', { tvdb: '7' })], [['b', 4]])).toEqual({
      titles: [4, 4],
      fresh: [],
      merges: [],
    });
  });

  it('keeps titles apart of which one id agrees and another does not', () => {
    const titles = [known(4, 'one', { tvdb: '7' }), known(9, 'two', { tvdb: '8', imdb: 'tt1' })];
    expect(decide([row('a', 'One', { tvdb: '7', imdb: 'tt1' })], titles, [['a', 4]])).toMatchObject({
      titles: [4],
      merges: [],
    });
  });
});

describe('isSameSeries', () => {
  it.each<[ProviderIds, ProviderIds, boolean]>([
    [{ tvdb: '1' }, { tvdb: '1' }, true],
    [{ tvdb: '1', imdb: 'tt1' }, { tvdb: '1', tmdb: '2' }, true],
    [{ tvdb: '1', imdb: 'tt1' }, { tvdb: '1', imdb: 'tt2' }, false],
    [{ tvdb: '1' }, { imdb: 'tt1' }, false],
    [{}, {}, false],
  ])('of %o and %o is %s', (one, other, isSame) => {
    expect(isSameSeries(one, other)).toBe(isSame);
    expect(isSameSeries(other, one)).toBe(isSame);
  });
});
