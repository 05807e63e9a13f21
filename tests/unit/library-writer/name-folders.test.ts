import { expect, test } from 'vitest';
import { fileTitle, type NamedSeries, nameFolders } from '../../../src/library-writer/name-folders.ts';

const series = (titleId: number, name: string, part: Partial<NamedSeries> = {}): NamedSeries => ({
  titleId,
  name,
  year: 2011,
  tvdbId: null,
  tmdbId: null,
  imdbId: null,
  ...part,
});
const only = (name: string, year: number | null) => nameFolders([series(1, name, { year })]).get(1);

test.each([
  ['Shameless', 2011, 'Shameless (2011)'],
  ['Shameless (2011)', 2011, 'Shameless (2011)'],
  ['Shameless', null, 'Shameless'],
  ['Subs', 2015, 'Subs (2015)'],
])('%j of %s lies in %j', (name, year, folder) => {
  expect(only(name, year)).toBe(folder);
});

test.each(['Subs', 'metadata', 'Sample', 'Season', 'Extras', 'S', 'Season 1', '24', 'Area 51'])(
  'a series called %j without a year does not lie in a folder that servers misread',
  (name) => {
    expect(only(name, null)).toBe(`${name} (series)`);
  },
);

test('names that differ in case only are told apart by an id or a number', () => {
  const names = nameFolders([
    series(1, 'Twins'),
    series(2, 'TWINS', { tvdbId: '7' }),
    series(3, 'twins', { imdbId: 'tt7' }),
    series(4, 'Twins?'),
    series(5, 'Twins', { tvdbId: '7' }),
    series(6, 'Twins'),
  ]);
  expect([...names.values()]).toEqual([
    'Twins (2011)',
    'TWINS (2011) [tvdbid-7]',
    'twins (2011) [imdbid-tt7]',
    'Twins (2011) (2)',
    'Twins (2011) (3)',
    'Twins (2011) (4)',
  ]);
});

test('names do not depend on the order of the picks', () => {
  const list = [series(3, 'Twins', { tvdbId: '3' }), series(1, 'twins', { tvdbId: '1' }), series(2, 'Other')];
  const names = Object.fromEntries(nameFolders(list));
  expect(Object.fromEntries(nameFolders(list.toReversed()))).toEqual(names);
  expect(names[1]).toBe('twins (2011)');
});

test('long titles leave room for everything that is put around them', () => {
  const hangul = '가'.repeat(200);
  const names = nameFolders([
    series(1, hangul),
    series(2, hangul, { tvdbId: '1'.repeat(99) }),
    series(3, 'Long '.repeat(60)),
  ]);
  for (const name of names.values()) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  expect(new Set(names.values()).size).toBe(3);
  expect(Buffer.byteLength(`${fileTitle(hangul)} - S2024E1000-E1001.strm`)).toBeLessThanOrEqual(255);
  expect(fileTitle('Long '.repeat(60))).toHaveLength(89);
});

test('a hostile id cannot lead out of the folder', () => {
  const names = nameFolders([series(1, 'A'), series(2, 'A', { tvdbId: '../../x' })]);
  expect(names.get(2)).toBe('A (2011) [tvdbid-.. .. x]');
});
