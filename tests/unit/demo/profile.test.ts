import { describe, expect, it } from 'vitest';
import { playKeyOf } from '../../../src/demo/play-state-keys.ts';
import { serverProfile } from '../../../src/demo/profile.ts';

describe('the profile of a server', () => {
  it.each([
    [
      'jellyfin',
      '10.8.13',
      { acceptsLegacyAuth: true, sharesPlayStates: true, refusesLocalStrm: false, hasUserItemRoutes: false },
    ],
    [
      'jellyfin',
      '10.10.7',
      { acceptsLegacyAuth: true, sharesPlayStates: true, refusesLocalStrm: false, hasUserItemRoutes: true },
    ],
    [
      'jellyfin',
      '10.11.6',
      { acceptsLegacyAuth: true, sharesPlayStates: false, refusesLocalStrm: false, hasUserItemRoutes: true },
    ],
    [
      'jellyfin',
      '10.11.7',
      { acceptsLegacyAuth: true, sharesPlayStates: false, refusesLocalStrm: true, hasUserItemRoutes: true },
    ],
    [
      'jellyfin',
      '12.0.0',
      { acceptsLegacyAuth: false, sharesPlayStates: false, refusesLocalStrm: true, hasUserItemRoutes: true },
    ],
    [
      'emby',
      '4.8.11',
      { acceptsLegacyAuth: true, sharesPlayStates: true, refusesLocalStrm: false, hasUserItemRoutes: false },
    ],
  ] as const)('of %s %s follows from its version', (dialect, version, expected) => {
    expect(serverProfile(dialect, version)).toMatchObject(expected);
  });

  it('is refused for something that is not a version', () => {
    expect(() => serverProfile('jellyfin', 'latest')).toThrow('"latest" is not a server version.');
  });
});

describe('the key of a play state', () => {
  const ids = { Imdb: 'tt1', Tvdb: '81189' };

  it('is the item on new Jellyfin [UserDataManager.cs, 10.11]', () => {
    expect(playKeyOf(serverProfile('jellyfin', '12.0.0'), 'abc', ids, 1, 2)).toBe('abc');
  });

  it('is a provider id with season and episode elsewhere, so that copies share it [Episode.GetUserDataKeys]', () => {
    const emby = serverProfile('emby');
    expect(playKeyOf(emby, 'abc', ids, 1, 2)).toBe('81189001002');
    expect(playKeyOf(emby, 'other', ids, 1, 2)).toBe('81189001002');
    expect(playKeyOf(emby, 'abc', { Imdb: 'tt1' }, 1)).toBe('tt1001');
  });

  it('falls back to the item without provider ids or number', () => {
    expect(playKeyOf(serverProfile('emby'), 'abc', {}, 1, 2)).toBe('abc');
    expect(playKeyOf(serverProfile('emby'), 'abc', ids, 1, null)).toBe('abc');
  });
});
