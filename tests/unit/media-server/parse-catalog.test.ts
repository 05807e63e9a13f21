import { describe, expect, test } from 'vitest';
import { parseEpisode, parseSeason, parseSeries } from '../../../src/media-server/parse-catalog.ts';

const series = (extra: object) => parseSeries({ Type: 'Series', Id: 's1', Name: 'Andor', ...extra });
const season = (extra: object) => parseSeason({ Type: 'Season', Id: 'n1', ...extra });
const episode = (extra: object) => parseEpisode({ Type: 'Episode', Id: 'e1', ...extra });

describe('a series', () => {
  test('is read whole', () => {
    expect(
      parseSeries({
        Type: 'Series',
        Id: '389566',
        Name: ' Breaking Bad ',
        OriginalTitle: 'Breaking Bad',
        SortName: 'breaking bad',
        ProductionYear: 2008,
        PremiereDate: '2008-01-20T00:00:00.0000000Z',
        EndDate: '2013-09-29T00:00:00.0000000Z',
        Status: 'Ended',
        Overview: 'A chemistry teacher.',
        Genres: ['Drama', 'Crime'],
        Tags: ['desert'],
        Studios: [{ Name: 'AMC', Id: 12 }],
        CommunityRating: 8.9,
        OfficialRating: 'TV-MA',
        RunTimeTicks: 28_200_000_000,
        ProviderIds: { Tvdb: '81189', Imdb: 'tt0903747', Tmdb: 1396, TvRage: '18164' },
        Path: '/tv/Breaking Bad (2008)',
        DateCreated: '2026-01-02T03:04:05.6789012Z',
        ImageTags: { Primary: 'p1' },
        BackdropImageTags: ['b1', 'b2'],
      }),
    ).toEqual({
      id: '389566',
      name: 'Breaking Bad',
      originalName: 'Breaking Bad',
      sortName: 'breaking bad',
      year: 2008,
      premiereDate: '2008-01-20',
      endDate: '2013-09-29',
      status: 'ENDED',
      overview: 'A chemistry teacher.',
      genres: ['Drama', 'Crime'],
      tags: ['desert'],
      studios: ['AMC'],
      communityRating: 8.9,
      officialRating: 'TV-MA',
      runtimeMinutes: 47,
      providerIds: { tvdb: '81189', imdb: 'tt0903747', tmdb: '1396' },
      path: '/tv/Breaking Bad (2008)',
      addedAt: new Date('2026-01-02T03:04:05.678Z'),
      images: { primary: 'p1', backdrop: 'b1' },
      version: null,
    });
  });

  test('is read from the ten keys that Emby gives without Fields [real Emby list item]', () => {
    const bare = parseSeries({
      Name: 'Andor',
      ServerId: 'x',
      Id: '12',
      RunTimeTicks: 0,
      IsFolder: true,
      Type: 'Series',
      UserData: { UnplayedItemCount: 12, Played: false },
      ImageTags: {},
      BackdropImageTags: [],
    });
    expect(bare).toMatchObject({
      id: '12',
      year: null,
      runtimeMinutes: null,
      providerIds: {},
      genres: [],
      images: {},
    });
  });

  test('survives nonsense in every property but its id and its name', () => {
    const keys = [
      'OriginalTitle',
      'ProductionYear',
      'PremiereDate',
      'Status',
      'Overview',
      'Genres',
      'Tags',
      'Studios',
    ];
    const more = [
      'CommunityRating',
      'RunTimeTicks',
      'ProviderIds',
      'Path',
      'DateCreated',
      'ImageTags',
      'BackdropImageTags',
    ];
    for (const nonsense of [null, 17.5, 'x', [], [[]], { a: 1 }, true]) {
      const item = series(Object.fromEntries([...keys, ...more].map((key) => [key, nonsense])));
      expect(item).toMatchObject({ id: 's1', name: 'Andor', year: null, addedAt: null });
    }
  });

  test.each<[unknown, string]>([
    [{ Type: 'Series', Name: 'No id' }, 'no id'],
    [{ Type: 'Series', Id: 's1', Name: ' ' }, 'no name'],
    [
      { Type: 'CollectionFolder', Id: 's1', Name: 'TV' },
      'a library, which Emby gives for a filter it does not know [real]',
    ],
    [{ Type: 'Series', Id: 's1', Name: 'X', LocationType: 'Virtual' }, 'virtual'],
    ['Series', 'a text'],
    [null, 'null'],
  ])('is none: %j (%s)', (raw) => {
    expect(parseSeries(raw)).toBeNull();
  });

  test.each([
    ['Continuing', 'CONTINUING'],
    ['ended', 'ENDED'],
    ['Canceled', 'ENDED'],
    ['Unreleased', 'UNRELEASED'],
    ['Pilot', null],
    [undefined, null],
  ])('with status %s is %s [Jellyfin SeriesStatus.cs, NFO readers of both]', (given, expected) => {
    expect(series({ Status: given })?.status).toBe(expected);
  });

  test('takes its year from the premiere, then from its folder, when it has none [real items without ProductionYear]', () => {
    expect(series({ PremiereDate: '2022-09-21T00:00:00Z', Path: '/tv/Andor (1999)' })?.year).toBe(2022);
    expect(series({ Path: 'D:\\TV\\Andor (2022) [tvdbid-393189]\\' })?.year).toBe(2022);
    expect(series({ Path: '/tv/1923' })?.year).toBeNull();
    expect(series({ PremiereDate: '0001-01-01T00:00:00Z' })?.year).toBeNull();
  });

  test('has provider ids under keys in any case [Jellyfin metadata plug-ins differ]', () => {
    expect(series({ ProviderIds: { TVDB: '81189', imdb: 'TT0903747' } })?.providerIds).toEqual({
      tvdb: '81189',
      imdb: 'tt0903747',
    });
  });

  test.each([
    [{ Imdb: '1846' }],
    [{ Imdb: 'nm0000001' }],
    [{ Tvdb: 'breaking-bad' }],
    [{ Tmdb: '0' }],
    [{ Tmdb: '' }],
    [{ Tvdb: null }],
    ['x'],
  ])('loses ids that cannot be ids: %j [an imdb id "1846" stopped whole imports elsewhere]', (ids) => {
    expect(series({ ProviderIds: ids })?.providerIds).toEqual({});
  });

  test('has genres and tags also where only the item lists are given [Emby OpenAPI, BaseItemDto.GenreItems, TagItems]', () => {
    const item = series({ GenreItems: [{ Name: 'Drama', Id: 5 }], TagItems: [{ Name: 'space', Id: 6 }] });
    expect(item).toMatchObject({ genres: ['Drama'], tags: ['space'] });
  });
});

describe('a season', () => {
  test.each([
    [{ IndexNumber: 1, Name: 'Season 1' }, 1],
    [{ IndexNumber: 99, Name: 'Specials' }, 0],
    [{ Name: 'Specials' }, 0],
    [{ IndexNumber: 99, Name: 'Season 99' }, 99],
    [{ Name: 'Season Unknown' }, null],
    [{ IndexNumber: -1 }, null],
  ])('%j has number %s [an independent server numbers specials 99]', (raw, number) => {
    expect(season(raw)?.number).toBe(number);
  });

  test('without a folder of its own stays although it is called virtual [Jellyfin SeriesMetadataService.cs]', () => {
    expect(season({ IndexNumber: 1, LocationType: 'Virtual' })?.id).toBe('n1');
  });

  test('without a series is read', () => {
    expect(season({ SeriesId: '00000000000000000000000000000000' })?.seriesId).toBeNull();
  });

  test('is none without an id or of another type', () => {
    expect([season({ Id: undefined }), season({ Type: 'Series' })]).toEqual([null, null]);
  });
});

describe('an episode', () => {
  test('is read whole', () => {
    expect(
      episode({
        SeriesId: 's1',
        ParentIndexNumber: 1,
        IndexNumber: 2,
        Name: 'Cat’s in the Bag…',
        Overview: 'Walt and Jesse.',
        PremiereDate: '2008-01-27T00:00:00.0000000Z',
        RunTimeTicks: 28_800_000_000,
        Path: '/tv/Breaking Bad/S01/E02.mkv',
        DateCreated: '2026-01-02T03:04:05Z',
      }),
    ).toEqual({
      id: 'e1',
      seriesId: 's1',
      seasonNumber: 1,
      number: 2,
      numberEnd: null,
      name: 'Cat’s in the Bag…',
      overview: 'Walt and Jesse.',
      airDate: '2008-01-27',
      runtimeMs: 2_880_000,
      path: '/tv/Breaking Bad/S01/E02.mkv',
      addedAt: new Date('2026-01-02T03:04:05Z'),
    });
  });

  test.each([
    [{ IndexNumber: 1, IndexNumberEnd: 2 }, 2],
    [{ IndexNumber: 5, IndexNumberEnd: 5 }, null],
    [{ IndexNumber: 5, IndexNumberEnd: 3 }, null],
    [{ IndexNumberEnd: 3 }, null],
    [{ IndexNumber: 1, IndexNumberEnd: 2_000_000_000 }, null],
  ])('%j ends with number %s [ends before and equal to the start were seen]', (raw, end) => {
    expect(episode(raw)?.numberEnd).toBe(end);
  });

  test('of the specials may have no season number [answer of an independent server]', () => {
    expect(episode({ SeasonName: 'Specials', IndexNumber: 1 })?.seasonNumber).toBe(0);
    expect(episode({ SeasonName: 'Specials', ParentIndexNumber: 99 })?.seasonNumber).toBe(0);
    expect(episode({ SeasonName: 'Season 99', ParentIndexNumber: 99 })?.seasonNumber).toBe(99);
  });

  test('that is missing is none [Jellyfin lists missing episodes to API keys]', () => {
    expect(episode({ LocationType: 'Virtual' })).toBeNull();
  });

  test('without anything but an id is read', () => {
    expect(episode({})).toMatchObject({
      id: 'e1',
      seriesId: null,
      seasonNumber: null,
      number: null,
      runtimeMs: null,
    });
  });
});
