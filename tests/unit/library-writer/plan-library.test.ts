import { expect, test } from 'vitest';
import { planLibrary } from '../../../src/library-writer/plan-library.ts';
import { pick, pickedEpisode } from '../../support/library-writing.ts';

const fargo = pick(1, 'Fargo', { rank: 1 });

test('links keep the extension of the original, whichever slashes its path has', () => {
  const { files } = planLibrary(
    [fargo],
    [
      pickedEpisode(1, 1, 1, { path: 'D:\\TV.Shows\\Fargo\\one.MKV' }),
      pickedEpisode(1, 1, 2, { path: '/tv/fargo.s1/disc two' }),
      pickedEpisode(1, 0, 12, { path: '/tv/special.avi' }),
    ],
    'symlink',
  );
  expect(files.get('Fargo (2008)/Season 1/Fargo - S01E01.MKV')).toEqual({
    linkTarget: 'D:\\TV.Shows\\Fargo\\one.MKV',
  });
  expect(files.get('Fargo (2008)/Season 1/Fargo - S01E02')).toEqual({ linkTarget: '/tv/fargo.s1/disc two' });
  expect(files.get('Fargo (2008)/Season 00/Fargo - S00E12.avi')).toEqual({ linkTarget: '/tv/special.avi' });
});

test('an original that is a URL is written as STRM, one that is a STRM file is linked', () => {
  const episodes = [
    pickedEpisode(1, 1, 1, { path: 'http://host/1.mkv' }),
    pickedEpisode(1, 1, 2, { path: '/tv/2.strm' }),
  ];
  for (const mode of ['symlink', 'strm'] as const) {
    const { files } = planLibrary([fargo], episodes, mode);
    expect(files.get('Fargo (2008)/Season 1/Fargo - S01E01.strm')).toEqual({ content: 'http://host/1.mkv' });
    expect(files.get('Fargo (2008)/Season 1/Fargo - S01E02.strm')).toEqual({ linkTarget: '/tv/2.strm' });
  }
});

test('a path that a STRM file cannot hold is left out', () => {
  const { files, shown } = planLibrary(
    [fargo],
    [pickedEpisode(1, 1, 1, { path: '/tv/a\n#b.mkv' }), pickedEpisode(1, 1, 2)],
    'strm',
  );
  expect([...files.keys()].filter((path) => path.includes('S01E'))).toEqual([
    'Fargo (2008)/Season 1/Fargo - S01E02.strm',
    'Fargo (2008)/Season 1/Fargo - S01E02.nfo',
  ]);
  expect(shown).toEqual([{ titleId: 1, rank: 1 }]);
});

test('the placeholder is a STRM file in either mode, and never leads to a host that exists', () => {
  for (const mode of ['symlink', 'strm'] as const) {
    const { files, placeholders } = planLibrary([fargo], [pickedEpisode(1, 1, 1)], mode);
    expect(placeholders).toEqual(['Fargo (2008)/Season 00/fargo-placeholder.strm']);
    expect(files.get(placeholders[0] ?? '')).toEqual({ content: 'http://placeholder.invalid/' });
    expect(files.has('Fargo (2008)/Season 00/fargo-placeholder.nfo')).toBe(true);
  }
});

test('a pick without files is left out and named', () => {
  const plan = planLibrary([fargo, pick(2, 'Empty')], [pickedEpisode(1, 1, 1)], 'strm');
  expect([plan.shown.length, plan.leftOut]).toEqual([1, ['Empty']]);
});

test('the same file in two seasons is an episode of each', () => {
  const path = '/tv/both.mkv';
  const plan = planLibrary(
    [fargo],
    [pickedEpisode(1, 1, 9, { path }), pickedEpisode(1, 2, 1, { path }), pickedEpisode(1, 1, 100, { path })],
    'symlink',
  );
  expect([...plan.files.keys()].filter((name) => name.endsWith('.mkv'))).toEqual([
    'Fargo (2008)/Season 1/Fargo - S01E09-E100.mkv',
    'Fargo (2008)/Season 2/Fargo - S02E01.mkv',
  ]);
});

test('a rank changes nothing but the NFO of its placeholder', () => {
  const episodes = [pickedEpisode(1, 1, 1)];
  const before = planLibrary([fargo], episodes, 'strm').files;
  const after = planLibrary([{ ...fargo, rank: 5 }], episodes, 'strm').files;
  const changed = [...after].filter(
    ([path, file]) => JSON.stringify(before.get(path)) !== JSON.stringify(file),
  );
  expect(changed.map(([path]) => path)).toEqual(['Fargo (2008)/Season 00/fargo-placeholder.nfo']);
});

test('no path of a plan leads out of the library or has a part of more than 255 bytes', () => {
  const names = [
    '../../etc/passwd',
    '..\\..\\x',
    '/',
    '.',
    'CON',
    '가'.repeat(300),
    `e\u0301`.repeat(200),
    '\u0000',
  ];
  const picks = names.map((name, index) => pick(index + 1, name, { year: index % 2 ? 2000 : null }));
  const { files, shown } = planLibrary(
    picks,
    picks.map(({ titleId }) => pickedEpisode(titleId, 1, 1, { path: '/x/../../y.mkv' })),
    'symlink',
  );
  expect(shown).toHaveLength(names.length);
  for (const path of files.keys()) {
    const parts = path.split('/');
    expect([2, 3]).toContain(parts.length);
    for (const part of parts) {
      expect(part).not.toMatch(/^\.|[\\:\p{Cc}]/u);
      expect(Buffer.byteLength(part)).toBeLessThanOrEqual(255);
    }
  }
});
