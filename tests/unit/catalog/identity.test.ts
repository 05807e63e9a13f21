import { describe, expect, it } from 'vitest';
import { foldName, splitYear } from '../../../src/catalog/fold-name.ts';
import { type Identity, idsContradict, type KnownTitle, matchTitle } from '../../../src/catalog/identity.ts';

function known(id: number, part: Partial<KnownTitle> = {}): KnownTitle {
  return { id, removed: false, matchName: 'dark', year: 2017, providerIds: {}, ...part };
}

const dark = { matchName: 'dark', year: 2017, providerIds: {}, copyOf: null };

describe('matchTitle', () => {
  it('goes by the same item first, whatever it is called now', () => {
    const renamed = { ...dark, matchName: 'renamed', year: 1990, copyOf: 7 };
    expect(matchTitle(renamed, [known(3, { matchName: 'renamed', year: 1990 }), known(7)])).toBe(7);
  });

  it('does not go by the same item when its ids contradict', () => {
    const other = { ...dark, providerIds: { tvdb: '2' }, copyOf: 7 };
    expect(matchTitle(other, [known(7, { providerIds: { tvdb: '1' } })])).toBeNull();
    expect(
      matchTitle(other, [known(7, { providerIds: { tvdb: '1' } }), known(9, { providerIds: { tvdb: '2' } })]),
    ).toBe(9);
  });

  it('goes by tvdb, then tmdb, then imdb id', () => {
    const item = { ...dark, providerIds: { tvdb: '1', tmdb: '2', imdb: 'tt3' } };
    const byTvdb = known(30, { providerIds: { tvdb: '1' }, matchName: 'x' });
    const byTmdb = known(20, { providerIds: { tmdb: '2' }, matchName: 'x' });
    const byImdb = known(10, { providerIds: { imdb: 'tt3' }, matchName: 'x' });
    expect(matchTitle(item, [byImdb, byTmdb, byTvdb])).toBe(30);
    expect(matchTitle(item, [byImdb, byTmdb])).toBe(20);
    expect(matchTitle(item, [byImdb])).toBe(10);
  });

  it.each<[string, Partial<KnownTitle>, Partial<Identity>, boolean]>([
    ['same name and year', {}, {}, true],
    [
      'same name and year, ids of different kinds',
      { providerIds: { tvdb: '1' } },
      { providerIds: { imdb: 'tt1' } },
      true,
    ],
    [
      'same name and year, contradicting ids',
      { providerIds: { tvdb: '1' } },
      { providerIds: { tvdb: '2' } },
      false,
    ],
    ['another name', { matchName: 'darker' }, {}, false],
    ['a year off by one, no ids on one side', { providerIds: { tvdb: '1' } }, { year: 2018 }, true],
    [
      'a year off by one, ids on both sides',
      { providerIds: { tvdb: '1' } },
      { year: 2018, providerIds: { imdb: 'tt1' } },
      false,
    ],
    ['a year off by two', {}, { year: 2019 }, false],
    ['a missing year, no ids on one side', { year: null }, { providerIds: { tvdb: '1' } }, true],
    [
      'a missing year, ids on both sides',
      { year: null, providerIds: { tvdb: '1' } },
      { providerIds: { imdb: 'tt1' } },
      false,
    ],
    ['both years missing', { year: null }, { year: null }, true],
  ])('by name: %s', (_what, title, item, matches) => {
    expect(matchTitle({ ...dark, ...item }, [known(5, title)])).toBe(matches ? 5 : null);
  });

  it('takes the exact year before a near one, and nothing when two are near', () => {
    expect(matchTitle(dark, [known(1, { year: 2018 }), known(2)])).toBe(2);
    expect(matchTitle(dark, [known(1, { year: 2018 }), known(2, { year: 2016 })])).toBeNull();
  });

  it('takes one that is on the server before a removed one, then the oldest', () => {
    const fits = [known(1, { removed: true }), known(4), known(3)];
    expect(matchTitle(dark, fits)).toBe(3);
    expect(matchTitle(dark, [known(1, { removed: true })])).toBe(1);
  });
});

describe('idsContradict', () => {
  it('is true only when both sides have ids of a kind and none agrees', () => {
    expect(idsContradict({}, {})).toBe(false);
    expect(idsContradict({ tvdb: '1' }, { imdb: 'tt1' })).toBe(false);
    expect(idsContradict({ tvdb: '1' }, { tvdb: '2' })).toBe(true);
    expect(idsContradict({ tvdb: '1', imdb: 'tt1' }, { tvdb: '2', imdb: 'tt1' })).toBe(false);
  });
});

describe('foldName', () => {
  it.each([
    ['  Pokémon: The Series ', 'pokemon the series'],
    ["Grey's Anatomy", 'greys anatomy'],
    ['Grey’s Anatomy', 'greys anatomy'],
    ['Law & Order', 'law and order'],
    ['M*A*S*H', 'm a s h'],
    ['Straße nach Ørsted', 'strasse nach orsted'],
    ['오징어 게임', '오징어 게임'],
    ['が', 'が'],
    ['की', 'की'],
    ['???', '???'],
    ['', ''],
  ])('folds %j to %j', (name, folded) => {
    expect(foldName(name)).toBe(folded);
  });

  it('gives composed and decomposed spellings the same name', () => {
    expect(foldName('\u00e9lite')).toBe(foldName('e\u0301lite'));
    expect(foldName('\uac00')).toBe(foldName('\u1100\u1161'));
  });
});

describe('splitYear', () => {
  it.each([
    ['Castle (2009)', 'Castle', 2009],
    ['Castle [2009] ', 'Castle', 2009],
    ['1923', '1923', null],
    ['Space: 1999', 'Space: 1999', null],
    ['(2009)', '(2009)', null],
  ])('splits %j', (full, name, year) => {
    expect(splitYear(full)).toEqual({ name, year });
  });
});
