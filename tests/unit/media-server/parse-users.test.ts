import { describe, expect, test } from 'vitest';
import { parseParentalRating } from '../../../src/media-server/list-parental-ratings.ts';
import { parseOpinion, parsePlayState, parseUser } from '../../../src/media-server/parse-users.ts';

const state = (UserData: unknown, extra: object = {}) =>
  parsePlayState({ Type: 'Episode', Id: 'e1', UserData, ...extra });

describe('a user', () => {
  test('is read with rights', () => {
    expect(
      parseUser({
        Id: 'u1',
        Name: 'alice',
        Policy: {
          IsAdministrator: true,
          IsDisabled: false,
          EnableAllFolders: false,
          EnabledFolders: ['a', 7, null, 'x y'],
          MaxParentalRating: 13,
          BlockUnratedItems: ['Movie', 'Series'],
          BlockedTags: ['Gore', ' '],
          AllowedTags: ['kids'],
        },
      }),
    ).toEqual({
      id: 'u1',
      name: 'alice',
      isAdmin: true,
      isDisabled: false,
      enableAllFolders: false,
      enabledFolders: ['a', '7'],
      maxParentalRating: 13,
      blockUnrated: true,
      blockedTags: ['Gore'],
      allowedTags: ['kids'],
    });
  });

  test.each([[undefined], [null], [[]], ['x'], [{ MaxParentalRating: 'PG', EnabledFolders: 'all' }]])(
    'with the policy %j has the server’s defaults',
    (Policy) => {
      expect(parseUser({ Id: 'u1', Name: 'bob', Policy })).toMatchObject({
        isAdmin: false,
        isDisabled: false,
        enableAllFolders: true,
        enabledFolders: [],
        maxParentalRating: null,
        blockUnrated: false,
        blockedTags: [],
        allowedTags: [],
      });
    },
  );

  test.each([[{ Name: 'x' }], [{ Id: '', Name: 'x' }], [null], ['u1']])('is none: %j', (raw) => {
    expect(parseUser(raw)).toBeNull();
  });
});

test('a user without a name goes by the id, and a rating that no column holds is none', () => {
  const Policy = { MaxParentalRating: 2 ** 40 };
  expect(parseUser({ Id: 'u1', Name: ' ', Policy })).toMatchObject({ name: 'u1', maxParentalRating: null });
});

describe('the tags of a policy', () => {
  const tagsOf = (Policy: object) => {
    const parsed = parseUser({ Id: 'u1', Name: 'kid', Policy });
    return [parsed?.blockedTags, parsed?.allowedTags];
  };

  test('that are allowed are called IncludeTags by Emby [Emby OpenAPI, UserPolicy]', () => {
    expect(
      tagsOf({ BlockedTags: ['war'], IncludeTags: ['kids'], IsTagBlockingModeInclusive: false }),
    ).toEqual([['war'], ['kids']]);
  });

  test('are the allowed ones where an older Emby blocks inclusively [Emby OpenAPI, UserPolicy]', () => {
    expect(tagsOf({ BlockedTags: ['kids'], IsTagBlockingModeInclusive: true })).toEqual([[], ['kids']]);
    expect(tagsOf({ BlockedTags: ['war'], IncludeTags: ['kids'], IsTagBlockingModeInclusive: true })).toEqual(
      [['war'], ['kids']],
    );
  });

  test.each([['all'], [{}], [[7, null, {}]]])('are none where there is nonsense: %j', (nonsense) => {
    expect(tagsOf({ BlockedTags: nonsense, AllowedTags: nonsense })).toEqual([[], []]);
  });
});

test.each([
  [['Series'], true],
  [['series'], true],
  [[2], true],
  [['Movie', 'Other'], false],
  ['Series', false],
  [[null], false],
])('unrated series are blocked by %j: %j [Jellyfin UnratedItem.cs]', (BlockUnratedItems, expected) => {
  expect(parseUser({ Id: 'u1', Policy: { BlockUnratedItems } })?.blockUnrated).toBe(expected);
});

describe('an age rating', () => {
  test('has a name and a value [Jellyfin and Emby OpenAPI, ParentalRating]', () => {
    expect(parseParentalRating({ Name: 'TV-14', Value: 14 })).toEqual({ name: 'TV-14', value: 14 });
  });

  test('may tell its value as a score alone [Jellyfin 10.11 ParentalRatingScore.cs]', () => {
    expect(parseParentalRating({ Name: 'FSK-6', RatingScore: { score: 6, subScore: 1 } })).toEqual({
      name: 'FSK-6',
      value: 6,
    });
  });

  test.each([
    [{ Name: 'Unrated' }],
    [{ Name: 'Unrated', Value: null, RatingScore: null }],
    [{ Value: 3 }],
    [{ Name: 'X', Value: 'high' }],
    [{ Name: 'X', RatingScore: { score: 1.5 } }],
    [null],
    ['TV-14'],
  ])('is none without a name or a value: %j', (raw) => {
    expect(parseParentalRating(raw)).toBeNull();
  });
});

describe('what a user says of a series', () => {
  const opinion = (UserData: unknown, Type = 'Series') => parseOpinion({ Type, Id: 's1', UserData });

  test('is read whole [Jellyfin and Emby OpenAPI, UserItemDataDto]', () => {
    expect(opinion({ Rating: 7.5, Likes: true, IsFavorite: true })).toEqual({
      itemId: 's1',
      rating: 7.5,
      likes: true,
      isFavorite: true,
    });
    expect(opinion({ Likes: false })).toEqual({
      itemId: 's1',
      rating: null,
      likes: false,
      isFavorite: false,
    });
  });

  test.each([
    [{}],
    [{ IsFavorite: false }],
    [{ Rating: 11 }],
    [{ Rating: '9', Likes: 'yes' }],
    [null],
    ['x'],
  ])('is nothing: %j', (data) => {
    expect(opinion(data)).toBeNull();
  });

  test('is nothing for an episode', () => {
    expect(opinion({ IsFavorite: true }, 'Episode')).toBeNull();
  });
});

describe('a play state', () => {
  test('is read whole', () => {
    const data = {
      Played: false,
      PlaybackPositionTicks: 6_000_000_000,
      PlayedPercentage: 25,
      PlayCount: 3,
      IsFavorite: true,
      LastPlayedDate: '2026-11-01T20:00:00.1234567Z',
      Key: '81189001002',
    };
    expect(state(data, { RunTimeTicks: 24_000_000_000 })).toEqual({
      itemId: 'e1',
      played: false,
      positionMs: 600_000,
      runtimeMs: 2_400_000,
      playCount: 3,
      isFavorite: true,
      lastPlayedAt: new Date('2026-11-01T20:00:00.123Z'),
    });
  });

  test('of a list without play counts still counts one play when played [real Emby list item]', () => {
    expect(state({ Played: true, PlaybackPositionTicks: 0 })).toMatchObject({
      playCount: 1,
      lastPlayedAt: null,
    });
  });

  test('that is played with a count of 0 counts one play [answer of an independent server]', () => {
    expect(state({ Played: true, PlayCount: 0, LastPlayedDate: '0001-01-01T00:00:00Z' })).toMatchObject({
      played: true,
      playCount: 1,
      lastPlayedAt: null,
    });
  });

  test('without counts and dates is unwatched when it says so [real Emby list item]', () => {
    expect(state({ Played: false, PlaybackPositionTicks: 0, IsFavorite: false })).toMatchObject({
      played: false,
      positionMs: 0,
      playCount: 0,
      isFavorite: false,
      runtimeMs: null,
    });
  });

  test('is begun where only the position is told', () => {
    expect(state({ PlaybackPositionTicks: 6_000_000_000 })).toMatchObject({
      played: false,
      positionMs: 600_000,
    });
  });

  test.each([
    {},
    { Played: null },
    { Played: 'yes', PlayCount: 1 },
    { IsFavorite: true, PlaybackPositionTicks: 'x' },
    { Played: 'yes', PlaybackPositionTicks: 6_000_000_000 },
    { Played: false, PlaybackPositionTicks: -1 },
    { Played: false, PlaybackPositionTicks: {} },
  ])('that does not say clearly whether it was played is none, not an unwatched one: %j', (data) => {
    expect(state(data)).toBeNull();
  });

  test('without user data is none: an API key has no user of its own [Jellyfin DtoService.cs]', () => {
    expect([state(undefined), state(null), state('x')]).toEqual([null, null, null]);
  });

  test('of a series is none', () => {
    expect(state({ Played: true }, { Type: 'Series' })).toBeNull();
  });
});
