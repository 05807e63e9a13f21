import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Database } from '../../../src/platform/database.ts';
import { syncSeriesWatchHistory } from '../../../src/watch/sync-series-watch-history.ts';
import { createTestDatabase } from '../../support/database.ts';
import { seedPicks } from '../../support/library-catalog.ts';
import { readTree } from '../../support/library-folder.ts';
import { type LibraryHousehold, startHousehold } from '../../support/library-household.ts';

// Jellyfin from 10.11 keeps play states by item, the others by provider id and number (UserDataManager,
// Episode.GetUserDataKeys): only the first forgets them with the item, but nothing may be lost on any.
const SERVERS = [
  { dialect: 'jellyfin', version: '10.10.7' },
  { dialect: 'jellyfin', version: '12.0.0' },
  { dialect: 'emby', version: '4.8.11' },
] as const;

let db: Database;
let home: LibraryHousehold;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterEach(() => home.close());
afterAll(() => db.close());

/** Ada's library, in which she has watched the first episode of Dark since the last history sync. */
async function watchedDark(server: (typeof SERVERS)[number]): Promise<void> {
  home = await startHousehold(db, server);
  expect((await home.run()).record.failures).toEqual([]);
  await syncSeriesWatchHistory(home.context(), { newUsers: 'enabled' });
  const list = { userId: await home.demo.userId('ada'), signal: new AbortController().signal };
  const libraryId = await home.demo.libraryId("ada's picks");
  const items: string[] = [];
  for await (const page of home.mediaServer.episodes({ ...list, libraryId }))
    for (const item of page.items)
      if (item.seasonNumber === 1 && item.number === 1 && item.path?.includes('Dark')) items.push(item.id);
  const [itemId] = items;
  expect(itemId).toBeDefined();
  const answer = await home.demo.call('POST', '/demo/play', [{ user: 'ada', itemId }]);
  expect(answer.status).toBe(200);
  expect(await played()).toEqual([]);
}

/** Episodes that Ada has played, and the plays that are logged of them. */
async function played() {
  return db.rows(sql`
    select t.name || ' ' || e.slot as episode, s.played,
      (select count(*)::int from plays p where p.user_id = s.user_id and p.episode_id = e.id) as plays
    from play_states s join episodes e on e.id = s.episode_id join titles t on t.id = e.title_id
    where s.user_id = ${home.ada} order by 1`);
}

async function dropDark(): Promise<void> {
  await seedPicks(db, home.ada, home.titles.slice(1));
}

const DARK = [{ episode: 'Dark 1x1', played: true, plays: 1 }];

describe.each(SERVERS)('$dialect $version: what was watched in a library of ours', (server) => {
  test('is read before its pick leaves, and stays when the pick comes back and nobody remembers', async () => {
    await watchedDark(server);
    await dropDark();
    const { record } = await home.run({ userIds: [home.ada] });
    expect(record.failures).toEqual([]);
    expect(Object.keys(await readTree(home.library('ada'))).some((path) => path.startsWith('Dark'))).toBe(
      false,
    );
    expect(await played()).toEqual(DARK);
    // Back before any history sync has seen it gone: its items have the ids that they had.
    await seedPicks(db, home.ada, home.titles);
    await home.run({ userIds: [home.ada] });
    for (const full of [false, true]) {
      await syncSeriesWatchHistory(home.context(), { newUsers: 'enabled', full });
      expect(await played()).toEqual(DARK);
    }
  });

  test('is read before the library of a disabled user goes', async () => {
    await watchedDark(server);
    await db.rows(sql`update media_users set recommendations_enabled = false where id = ${home.ada}`);
    const { counts, record } = await home.run({ userIds: [home.ada] });
    expect([counts.librariesRemoved, record.failures]).toEqual([1, []]);
    expect(await played()).toEqual(DARK);
  });

  test('keeps the library as it is while it cannot be read', async () => {
    await watchedDark(server);
    await dropDark();
    const before = await readTree(home.library('ada'));
    const plan = [{ match: 'IsPlayed', kind: 'status', status: 400, times: 100 }];
    expect((await home.demo.call('POST', '/demo/faults', { rules: plan })).status).toBe(204);
    const { record } = await home.run({ userIds: [home.ada] });
    expect(record.failures).toMatchObject([{ item: 'ada', target: { kind: 'user', id: home.ada } }]);
    expect(await readTree(home.library('ada'))).toEqual(before);
    await home.demo.call('POST', '/demo/faults', {});
    expect((await home.run({ userIds: [home.ada] })).record.failures).toEqual([]);
    expect(await played()).toEqual(DARK);
  });

  test('is not asked for when nothing leaves, nor in a dry run', async () => {
    await watchedDark(server);
    const own = await home.demo.libraryId("ada's picks");
    const asked = async () =>
      z
        .object({ count: z.number() })
        .parse((await home.demo.get(`/demo/requests?match=Types=Series.*ParentId=${own}`)).body).count;
    const before = await asked();
    await seedPicks(db, home.ada, home.titles);
    await home.run({ userIds: [home.ada] });
    await dropDark();
    await home.run({ userIds: [home.ada], dryRun: true });
    expect(await asked()).toBe(before);
    expect(await played()).toEqual([]);
  });
});
