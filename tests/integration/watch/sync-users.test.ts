import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/platform/database.ts';
import { parentalRatings } from '../../../src/watch/parental-ratings.repo.ts';
import { syncUsers } from '../../../src/watch/sync-users.ts';
import { enabledUsers } from '../../../src/watch/watch-snapshot.repo.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import { scriptedMediaServer, user } from '../../support/scripted-media-server.ts';

let db: Database;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.close());

const users = () =>
  db.rows(sql`
    select provider_id as id, name, folder, recommendations_enabled as enabled, removed_at is not null as removed
    from media_users order by id`);

describe('syncUsers', () => {
  it('adds users with a folder each, enabled or not as told', async () => {
    const { mediaServer, script } = scriptedMediaServer({
      users: [user('1', { name: 'Ann' }), user('2', { name: 'ann ' })],
    });
    const context = testContext(db, { mediaServer });
    expect(await syncUsers(context, { newUsers: 'enabled' })).toEqual({
      usersSeen: 2,
      usersAdded: 2,
      usersUpdated: 0,
      usersRemoved: 0,
    });
    script.users = [...script.users, user('3', { name: 'Bob' })];
    await syncUsers(context, { newUsers: 'disabled' });
    expect(await users()).toEqual([
      { id: '1', name: 'Ann', folder: 'ann', enabled: true, removed: false },
      { id: '2', name: 'ann ', folder: 'ann-2', enabled: true, removed: false },
      { id: '3', name: 'Bob', folder: 'bob', enabled: false, removed: false },
    ]);
    expect((await enabledUsers(db)).map((one) => one.folder)).toEqual(['ann', 'ann-2']);
  });

  it('writes nobody who did not change, whatever the order of their folders', async () => {
    const ann = user('1', { enableAllFolders: false, enabledFolders: ['b', 'a'] });
    const { mediaServer, script } = scriptedMediaServer({ users: [ann] });
    const context = testContext(db, { mediaServer });
    await syncUsers(context, { newUsers: 'enabled' });
    const before = await db.rows(sql`select xmin::text from media_users`);
    script.users = [{ ...ann, enabledFolders: ['a', 'b'] }];
    expect(await syncUsers(context, { newUsers: 'enabled' })).toMatchObject({ usersUpdated: 0 });
    expect(await db.rows(sql`select xmin::text from media_users`)).toEqual(before);
  });

  it('follows the rights of a user, whatever the order of their tags, and keeps what is set here', async () => {
    const kid = user('1', { maxParentalRating: 7, blockUnrated: true, blockedTags: ['war', 'gore'] });
    const { mediaServer, script } = scriptedMediaServer({
      users: [kid],
      parentalRatings: [
        { name: ' TV-Y7 ', value: 7 },
        { name: 'TV-MA', value: 17 },
        { name: 'tv-ma', value: 18 },
      ],
    });
    const context = testContext(db, { mediaServer });
    await syncUsers(context, { newUsers: 'enabled' });
    await db.rows(sql`update media_users set history_shared = false`);
    const [stored] = await enabledUsers(db);
    expect(stored).toMatchObject({ maxParentalRating: 7, blockUnrated: true, blockedTags: ['gore', 'war'] });
    expect([...(await parentalRatings(db))]).toEqual([
      ['tv-ma', 18],
      ['tv-y7', 7],
    ]);
    script.users = [{ ...kid, blockedTags: ['gore', 'war'] }];
    expect(await syncUsers(context, { newUsers: 'enabled' })).toMatchObject({ usersUpdated: 0 });
    script.users = [{ ...kid, blockUnrated: false, blockedTags: [], allowedTags: ['kids'] }];
    script.parentalRatings = [{ name: 'FSK-6', value: 6 }];
    expect(await syncUsers(context, { newUsers: 'enabled', dryRun: true })).toMatchObject({
      usersUpdated: 1,
    });
    expect((await parentalRatings(db)).size).toBe(2);
    expect(await syncUsers(context, { newUsers: 'enabled' })).toMatchObject({ usersUpdated: 1 });
    expect((await enabledUsers(db))[0]).toMatchObject({ blockUnrated: false, allowedTags: ['kids'] });
    expect(await parentalRatings(db)).toEqual(new Map([['fsk-6', 6]]));
    expect(await db.rows(sql`select history_shared from media_users`)).toEqual([{ history_shared: false }]);
  });

  it('keeps folder and settings through a rename, a removal and a return', async () => {
    const { mediaServer, script } = scriptedMediaServer({
      users: [user('1', { name: 'Ann' }), user('2', { name: 'Bob' })],
    });
    const context = testContext(db, { mediaServer });
    await syncUsers(context, { newUsers: 'disabled' });
    await db.rows(sql`update media_users set recommendations_enabled = true where provider_id = '2'`);
    script.users = [user('1', { name: 'Anna' })];
    expect(await syncUsers(context, { newUsers: 'disabled' })).toMatchObject({
      usersUpdated: 1,
      usersRemoved: 1,
    });
    expect(await users()).toMatchObject([
      { name: 'Anna', folder: 'ann', removed: false },
      { name: 'Bob', folder: 'bob', removed: true },
    ]);
    expect(await syncUsers(context, { newUsers: 'disabled' })).toMatchObject({ usersRemoved: 0 });
    script.users = [user('1', { name: 'Anna' }), user('2', { name: 'Bob' })];
    expect(await syncUsers(context, { newUsers: 'disabled' })).toMatchObject({
      usersAdded: 0,
      usersUpdated: 1,
    });
    expect(await users()).toMatchObject([
      { removed: false },
      { folder: 'bob', enabled: true, removed: false },
    ]);
  });

  it('does not believe a server without any user', async () => {
    const { mediaServer, script } = scriptedMediaServer({ users: [user('1')] });
    const context = testContext(db, { mediaServer });
    await syncUsers(context, { newUsers: 'enabled' });
    script.users = [];
    await expect(syncUsers(context, { newUsers: 'enabled' })).rejects.toMatchObject({
      code: 'MEDIA_SERVER_BAD_ANSWER',
    });
    expect(await users()).toMatchObject([{ removed: false }]);
  });

  it('in a dry run writes nothing, names who would be written and counts as the real run does', async () => {
    const { mediaServer, script } = scriptedMediaServer({
      users: [user('1', { name: 'Ann' }), user('2', { name: 'Bob' })],
    });
    const context = testContext(db, { mediaServer });
    await syncUsers(context, { newUsers: 'enabled' });
    script.users = [
      user('1', { name: 'Ann', isAdmin: true, isDisabled: true }),
      ...Array.from({ length: 60 }, (_, index) => user(`new-${index}`)),
    ];
    const before = await db.rows(sql`select u.*, xmin::text from media_users u order by id`);
    const rehearsed = await syncUsers(context, { newUsers: 'enabled', dryRun: true });
    expect(rehearsed).toEqual({ usersSeen: 61, usersAdded: 60, usersUpdated: 1, usersRemoved: 1 });
    expect(await db.rows(sql`select u.*, xmin::text from media_users u order by id`)).toEqual(before);
    const lines = context.record.lines.map((line) => line.message);
    expect(lines).toHaveLength(51);
    expect(lines[0]).toBe('Would add the user new-0, enabled here.');
    expect(lines.at(-1)).toBe('And 12 users more.');
    expect(await syncUsers(context, { newUsers: 'enabled' })).toEqual(rehearsed);
    expect(
      await db.rows(sql`
        select name, is_admin, is_disabled, removed_at is not null as gone from media_users
        where provider_id in ('1', '2') order by provider_id`),
    ).toEqual([
      { name: 'Ann', is_admin: true, is_disabled: true, gone: false },
      { name: 'Bob', is_admin: false, is_disabled: false, gone: true },
    ]);
    expect((await enabledUsers(db)).map((one) => one.name)).not.toContain('Ann');
  });
});
