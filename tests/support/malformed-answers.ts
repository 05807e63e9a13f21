import type { SeededRandom } from './seeded-random.ts';

/** A page of series as Jellyfin and Emby write it, for spoiling. */
export const SERIES_ANSWER = {
  Items: [
    {
      Id: '7f0b',
      Type: 'Series',
      Name: 'Breaking Bad',
      SortName: 'breaking bad',
      ProductionYear: 2008,
      PremiereDate: '2008-01-20T00:00:00.0000000Z',
      DateCreated: '2024-01-01T10:00:00.1234567Z',
      Status: 'Ended',
      Genres: ['Drama'],
      Tags: ['desert'],
      Studios: [{ Name: 'AMC', Id: 4 }],
      CommunityRating: 9.5,
      RunTimeTicks: 28_200_000_000,
      ProviderIds: { Tvdb: '81189', Imdb: 'tt0903747', Tmdb: '1396' },
      Path: '/tv/Breaking Bad (2008)',
      ImageTags: { Primary: 'p' },
      BackdropImageTags: ['b'],
      RecursiveItemCount: 62,
      ChildCount: 5,
      Etag: 'e',
      LocationType: 'FileSystem',
    },
    {
      Id: '389567',
      Type: 'Episode',
      Name: 'Pilot',
      SeriesId: '7f0b',
      ParentIndexNumber: 1,
      IndexNumber: 1,
      IndexNumberEnd: 2,
      RunTimeTicks: 28_200_000_000,
      UserData: {
        Played: true,
        PlayCount: 2,
        PlaybackPositionTicks: 0,
        LastPlayedDate: '2026-11-01T20:00:00Z',
      },
    },
    { Id: '389568', Type: 'Season', Name: 'Season 1', SeriesId: '7f0b', IndexNumber: 1 },
  ],
  TotalRecordCount: 3,
  StartIndex: 0,
};

const NONSENSE: readonly unknown[] = [
  null,
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '‮lmth',
  '0001-01-01T00:00:00.0000000Z',
  '9999-99-99T99:99:99Z',
  '../../etc/passwd',
  'x'.repeat(20_000),
  '한'.repeat(5_000),
  -1,
  0,
  1.5,
  2 ** 31,
  2 ** 53,
  1e308,
  true,
  false,
  [],
  {},
  [[[]]],
  [null, 1, 'x', { Name: null }],
  { Name: { Name: {} } },
  { toString: 1, __proto__: 2, length: -1 },
];

/** A copy of a well-formed answer with one to four things in it spoiled: replaced, left out, nested or repeated. */
export function malformed(random: SeededRandom, answer: unknown): unknown {
  let spoiled = answer;
  for (let times = 1 + random.below(4); times > 0; times--) spoiled = spoil(random, spoiled);
  return spoiled;
}

function spoil(random: SeededRandom, value: unknown): unknown {
  if (random.happens(0.03)) return random.pick(NONSENSE);
  if (Array.isArray(value) && value.length > 0) {
    const at = random.below(value.length);
    if (random.happens(0.1)) return value.filter((_, index) => index !== at);
    if (random.happens(0.1)) return [...value, value[at]];
    return value.map((item: unknown, index) => (index === at ? spoil(random, item) : item));
  }
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    if (keys.length === 0) return random.pick(NONSENSE);
    const key = random.pick(keys);
    if (random.happens(0.15))
      return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, name === key ? spoil(random, one) : one]),
    );
  }
  return random.pick(NONSENSE);
}
