import { describe, expect, test } from 'vitest';
import {
  canOpen,
  granted,
  isBlocked,
  needsGrant,
  restricted,
  revoked,
} from '../../../src/library-writer/library-access.ts';
import type { Policy } from '../../../src/media-server/library-control.ts';

const GUID = 'f27caa37-e514-2225-cceded-48f6553502';
/** As Emby names it: a number and a Guid. */
const shows = {
  folderId: '8f0e0c4a7d6b4b6f9a51c0de00000001',
  aliases: ['389566', '8f0e0c4a7d6b4b6f9a51c0de00000001'],
};
/** As Jellyfin names it: one Guid. */
const mine = { folderId: '8f0e0c4a7d6b4b6f9a51c0de00000002', aliases: ['8f0e0c4a7d6b4b6f9a51c0de00000002'] };
const hers = { folderId: '8f0e0c4a7d6b4b6f9a51c0de00000003', aliases: ['8f0e0c4a7d6b4b6f9a51c0de00000003'] };
const all = [shows, mine, hers];
const dashed = '8F0E0C4A-7D6B-4B6F-9A51-C0DE00000002';

/** Policies as servers of either family and age have written them. */
const SHAPES: Readonly<Record<string, Policy>> = {
  'Emby 4.8': {
    IsAdministrator: false,
    IsHiddenRemotely: true,
    EnableAllFolders: false,
    EnabledFolders: [shows.folderId],
    ExcludedSubFolders: [`${shows.folderId}_12`],
    RestrictedFeatures: [],
    SimultaneousStreamLimit: 3,
    AllowCameraUpload: true,
  },
  'Emby of old, with numbers': {
    EnableAllFolders: false,
    EnabledFolders: ['389566'],
    BlockedMediaFolders: [],
  },
  'Jellyfin 10.8': {
    EnableAllFolders: false,
    EnabledFolders: [shows.folderId],
    BlockedMediaFolders: null,
    AuthenticationProviderId: 'Jellyfin.Server.Implementations.Users.DefaultAuthenticationProvider',
    PasswordResetProviderId: 'Jellyfin.Server.Implementations.Users.DefaultPasswordResetProvider',
    SyncPlayAccess: 'CreateAndJoinGroups',
  },
  'Jellyfin 12': {
    EnableAllFolders: false,
    EnabledFolders: [shows.folderId.toUpperCase()],
    EnableLyricManagement: false,
    EnableCollectionManagement: true,
    AllowedTags: ['kids'],
    SomethingNew: { deep: [null, 1.5] },
  },
};

describe.each(Object.entries(SHAPES))('a policy of %s', (_, policy) => {
  test('is given one library more, and nothing else in it changes', () => {
    expect(canOpen(policy, shows)).toBe(true);
    expect(canOpen(policy, mine)).toBe(false);
    const change = granted(policy, mine);
    expect(change).toEqual({ ...policy, EnabledFolders: [...list(policy), mine.folderId] });
    expect(Object.keys(change ?? {})).toEqual(Object.keys(policy));
    expect(granted(change ?? {}, mine)).toBeNull();
    expect(revoked(change ?? {}, mine)).toEqual(policy);
    expect(revoked(policy, mine)).toBeNull();
  });

  test('loses just what is hidden, and keeps entries that are no library', () => {
    const wide = { ...policy, EnabledFolders: [...list(policy), 'a folder inside', hers.folderId] };
    const narrow = restricted(wide, all, [hers]);
    expect(narrow).toEqual({ ...policy, EnabledFolders: ['a folder inside', shows.folderId] });
    expect(restricted(policy, all, [hers])).toBeNull();
  });
});

function list(policy: Policy): unknown[] {
  return Array.isArray(policy.EnabledFolders) ? policy.EnabledFolders : [];
}

test('a policy that opens everything, or says nothing, needs no grant and is made a list when restricted', () => {
  for (const policy of [{ EnableAllFolders: true, EnabledFolders: ['stale'] }, {}]) {
    expect(all.every((library) => canOpen(policy, library))).toBe(true);
    expect([needsGrant(policy), granted(policy, mine), revoked(policy, mine)]).toEqual([false, null, null]);
    expect(restricted(policy, all, [hers])).toEqual({
      EnableAllFolders: false,
      EnabledFolders: [shows.folderId, mine.folderId],
    });
  }
});

test('Guids are the same with dashes and in capitals', () => {
  const policy = { EnableAllFolders: false, EnabledFolders: [dashed] };
  expect([canOpen(policy, mine), canOpen(policy, hers)]).toEqual([true, false]);
  expect(revoked(policy, mine)).toEqual({ EnableAllFolders: false, EnabledFolders: [] });
});

test('a list of blocked folders is the whole rule, is respected, and becomes a list of open ones (Jellyfin, Folder.IsVisible)', () => {
  const policy = { EnableAllFolders: false, EnabledFolders: [], BlockedMediaFolders: [mine.folderId] };
  expect(all.map((library) => canOpen(policy, library))).toEqual([true, false, true]);
  expect([isBlocked(policy, mine), needsGrant(policy), granted(policy, mine)]).toEqual([true, false, null]);
  const narrow = restricted(policy, all, [hers]);
  expect(narrow).toEqual({
    EnableAllFolders: false,
    EnabledFolders: [shows.folderId],
    BlockedMediaFolders: [],
  });
  expect(all.map((library) => canOpen(narrow ?? {}, library))).toEqual([true, false, false]);
});

test.each([
  [{ EnableAllFolders: false, EnabledFolders: 'all' }],
  [{ EnableAllFolders: false, EnabledFolders: null, BlockedMediaFolders: 7 }],
  [{ EnableAllFolders: false, EnabledFolders: [1, null, {}, GUID] }],
])('nonsense in a policy opens nothing: %j', (policy) => {
  expect(canOpen(policy, mine)).toBe(false);
  expect(granted(policy, mine)?.EnabledFolders).toContain(mine.folderId);
});
