import { describe, expect, test } from 'vitest';
import { parsePlayState, parseUser } from '../../../src/media-server/parse-users.ts';

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
