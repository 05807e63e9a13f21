import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { household, startWatchDemo, storedHistory, type WatchDemo } from '../../support/watch-demo.ts';

let watch: WatchDemo;
afterEach(() => watch.close());

const SMALL = { users: 2, series: 6, episodes: 5, touched: 3, watched: 3 };

/** A server with a history that has been read completely. */
async function readOnce(
  size: Partial<Parameters<typeof household>[0]> = {},
  options: Parameters<typeof startWatchDemo>[1] = {},
) {
  watch = await startWatchDemo(household({ ...SMALL, ...size }), options);
  await watch.syncHistory();
  watch.later(120);
  await watch.requests();
}

describe('the first pass', () => {
  it('reads everything, and so does one that is asked to, and one a day later', async () => {
    watch = await startWatchDemo(household(SMALL));
    expect(await watch.syncHistory()).toMatchObject({ users: 2, playStatesSeen: 18, playsAdded: 18 });
    watch.later(120);
    expect(await watch.syncHistory()).toMatchObject({ playStatesSeen: 0 });
    expect(await watch.syncHistory({ full: true })).toMatchObject({ playStatesSeen: 18, playsAdded: 0 });
    watch.later(24 * 60);
    expect(await watch.syncHistory()).toMatchObject({ playStatesSeen: 18, playStatesChanged: 0 });
  });
});

describe.each([
  { name: 'Jellyfin 12', options: {} },
  { name: 'Jellyfin 10.10', options: { serverVersion: '10.10.7' } },
  { name: 'Emby', options: { dialect: 'emby' } },
] as const)('a later pass on $name', ({ options }) => {
  it('takes three requests a user and writes no row when nothing changed', async () => {
    await readOnce({ users: 5 }, options);
    const before = await watch.db.rows(sql`select xmin::text from play_states order by 1`);
    expect(await watch.syncHistory()).toMatchObject({ users: 5, playStatesChanged: 0, playsAdded: 0 });
    const requests = await watch.requests();
    const items = requests.filter(({ path }) => path.endsWith('/Items'));
    expect(items).toHaveLength(15);
    // Beside them: who the server is, whether it takes the key, its users and its log.
    expect(requests.length - items.length).toBeLessThanOrEqual(4);
    expect(await watch.db.rows(sql`select xmin::text from play_states order by 1`)).toEqual(before);
  });

  it('finds a play, a begun episode, a finished one and a mark taken back', async () => {
    await readOnce({}, options);
    const user = 'user-1';
    await watch.play(
      { user, title: 'Series 1', season: 1, episode: 4 },
      { user, title: 'Series 2', season: 1, episode: 4, action: 'stop', positionSeconds: 600 },
      { user, title: 'Series 3', season: 1, episode: 1, action: 'unplay' },
    );
    expect(await watch.syncHistory()).toMatchObject({ playStatesChanged: 2, playStatesCleared: 1 });
    const history = await storedHistory(watch.db, user);
    expect(history).toMatchObject({ 'Series 1 1x4': [true, 0], 'Series 2 1x4': [false, 600_000] });
    expect(history).not.toHaveProperty('Series 3 1x1');
    watch.later(60);
    await watch.play(
      { user, title: 'Series 2', season: 1, episode: 4, action: 'stop', positionSeconds: 2_399 },
      { user, title: 'Series 3', season: 1, episode: 1, at: '2019-01-01T00:00:00Z' },
    );
    await watch.syncHistory();
    expect(await storedHistory(watch.db, user)).toMatchObject({
      'Series 2 1x4': [true, 0],
      'Series 3 1x1': [true, 0],
    });
  });

  it("finds marks with an old date on a series that was never touched [DatePlayed is the caller's own: PlaystateController.cs]", async () => {
    await readOnce({}, options);
    await watch.play({
      user: 'user-1',
      title: 'Series 6',
      season: 1,
      episode: 2,
      at: '2011-05-05T20:00:00Z',
    });
    await watch.syncHistory();
    expect(await storedHistory(watch.db, 'user-1')).toHaveProperty('Series 6 1x2');
  });

  it('finds that a begun episode was reset', async () => {
    await readOnce({}, options);
    const episode = { user: 'user-1', title: 'Series 5', season: 1, episode: 1 };
    await watch.play({ ...episode, action: 'stop', positionSeconds: 600 });
    await watch.syncHistory();
    watch.later(120);
    await watch.play({ ...episode, action: 'unplay' });
    expect(await watch.syncHistory()).toMatchObject({ playStatesCleared: 1 });
    expect(await storedHistory(watch.db, 'user-1')).not.toHaveProperty('Series 5 1x1');
  });
});

describe('the number of requests', () => {
  it('is at most three a user and one for each change, whatever the size of the library [homeassistant-emby#284]', async () => {
    const users = 20;
    await readOnce({ users, series: 60, episodes: 40, touched: 10, watched: 20 });
    const plays = Array.from({ length: 40 }, (_, index) => ({
      user: `user-${(index % users) + 1}`,
      title: `Series ${((((index % users) * 7 + (index % 10)) % 60) + 1).toString()}`,
      season: 1,
      episode: 21 + Math.floor(index / users),
    }));
    await watch.play(...plays);
    expect(await watch.syncHistory()).toMatchObject({ users, playStatesChanged: plays.length });
    expect((await watch.requests()).length).toBeLessThanOrEqual(users * 3 + plays.length);
  });

  it('grows with one binge by the pages of what was watched', async () => {
    await readOnce({ users: 1, series: 3, episodes: 300, touched: 1, watched: 1 });
    await watch.play({ user: 'user-1', title: 'Series 2' });
    await watch.syncHistory();
    expect((await watch.requests()).length).toBeLessThanOrEqual(3 + 4 + 10);
    expect(Object.keys(await storedHistory(watch.db, 'user-1'))).toHaveLength(301);
  });
});

describe('a library of ours on Jellyfin 12, which keeps play states by item', () => {
  let folder: string;
  afterEach(() => rm(folder, { recursive: true }));

  /** `Series 6` as a pick of user-1, in a library that a pass has read an hour after it was written. */
  async function readWithPicks() {
    folder = await mkdtemp(join(tmpdir(), 'showrunner-picks-'));
    const season = join(folder, 'Series 6 (2015)', 'Season 1');
    await mkdir(season, { recursive: true });
    await writeFile(
      join(season, '..', 'tvshow.nfo'),
      '<tvshow><title>Series 6</title><year>2015</year><uniqueid type="tvdb" default="true">5005</uniqueid></tvshow>',
    );
    for (const number of [1, 2, 3]) {
      await writeFile(join(season, `Series 6 - S01E0${number}.strm`), 'http://127.0.0.1/stream');
      await writeFile(
        join(season, `Series 6 - S01E0${number}.nfo`),
        `<episodedetails><title>E</title><season>1</season><episode>${number}</episode><runtime>40</runtime></episodedetails>`,
      );
    }
    await readOnce();
    const { demo, db } = watch;
    const query = new URLSearchParams({ name: 'Picks', collectionType: 'tvshows', refreshLibrary: 'true' });
    await demo.call('POST', `/Library/VirtualFolders?${query}`, {
      LibraryOptions: { PathInfos: [{ Path: folder }], EnableAutomaticSeriesGrouping: false },
    });
    const libraryId = await demo.libraryId('Picks');
    const episodes = await vi.waitFor(
      async () => {
        const page = await demo.page(`/Items?ParentId=${libraryId}&IncludeItemTypes=Episode&Recursive=true`);
        expect(page.Items).toHaveLength(3);
        return page.Items.map((item) => item.Id).toSorted();
      },
      { timeout: 20_000 },
    );
    await db.rows(sql`
      insert into libraries (provider_id, name, collection_type, is_virtual) values (${libraryId}, 'Picks', 'tvshows', true)`);
    await db.rows(sql`
      insert into user_libraries (user_id, path, provider_library_id, file_count, synced_at)
      select id, '/picks', ${libraryId}, 3, ${watch.now().toISOString()}::timestamptz
      from media_users where name = 'user-1'`);
    watch.later(61);
    await watch.syncHistory();
    watch.later(60);
    await watch.requests();
    const [first = '', second = ''] = episodes;
    return { first, second };
  }

  it('costs no request when nothing happened in it', async () => {
    await readWithPicks();
    expect(await watch.syncHistory()).toMatchObject({ users: 2, playStatesChanged: 0 });
    expect((await watch.requests()).filter(({ path }) => path === '/Items')).toHaveLength(6);
  });

  it('tells of a mark by its number of unplayed episodes, and of it being taken back [UserDataManager.cs, 10.11; JellyPlex-Watched#355]', async () => {
    const { first } = await readWithPicks();
    await watch.play({ user: 'user-1', itemId: first });
    expect(await watch.syncHistory()).toMatchObject({ playStatesChanged: 1 });
    const played = Object.keys(await storedHistory(watch.db, 'user-1')).filter((key) =>
      key.startsWith('Series 6'),
    );
    expect(played).toHaveLength(1);
    watch.later(60);
    await watch.play({ user: 'user-1', itemId: first, action: 'unplay' });
    expect(await watch.syncHistory()).toMatchObject({ playStatesCleared: 1 });
    expect(
      Object.keys(await storedHistory(watch.db, 'user-1')).filter((key) => key.startsWith('Series 6')),
    ).toEqual([]);
  });

  it('tells of an episode that was begun by the activity log', async () => {
    const { second } = await readWithPicks();
    await watch.play({ user: 'user-1', itemId: second, action: 'stop', positionSeconds: 1_200 });
    expect(await watch.syncHistory()).toMatchObject({ playStatesChanged: 1 });
    expect(Object.entries(await storedHistory(watch.db, 'user-1'))).toContainEqual([
      expect.stringMatching(/^Series 6 /),
      [false, 1_200_000],
    ]);
    const plays = await watch.db.rows(sql`select source, percentage from plays where source <> 'LIBRARY'`);
    expect(plays).toEqual([{ source: 'VIRTUAL_LIBRARY', percentage: 0.5 }]);
  });
});

describe('an item that the catalog does not know yet', () => {
  it('is found by the pass after the series sync, although it was played before the last one', async () => {
    await readOnce();
    await watch.demo.call('POST', '/demo/catalog', {
      add: [{ title: 'Brand New', year: 2026, seasons: [2], runtime: 30, tvdb: 9_999 }],
    });
    await watch.play({ user: 'user-1', title: 'Brand New', season: 1, episode: 1 });
    expect(await watch.syncHistory()).toMatchObject({ unknownItems: 1, playStatesChanged: 0 });
    watch.later(180);
    await watch.syncHistory();
    await watch.syncCatalog();
    watch.later(180);
    await watch.syncHistory();
    expect(await storedHistory(watch.db, 'user-1')).toHaveProperty('Brand New 1x1');
  });
});

describe('a pass that breaks off', () => {
  it('leaves the user as before, names them, and is made up for by the next one', async () => {
    await readOnce();
    await watch.play({ user: 'user-1', title: 'Series 1', season: 1, episode: 5 });
    const [user] = await watch.db.rows<{ id: number; provider: string }>(
      sql`select id, provider_id as provider from media_users where name = 'user-1'`,
    );
    await watch.demo.call('POST', '/demo/faults', {
      rules: [{ match: `IsPlayed.*`, kind: 'cut', times: 1 }],
    });
    expect(await watch.syncHistory()).toMatchObject({ users: 1, playStatesChanged: 0 });
    expect(watch.context.record.failures).toMatchObject([
      { item: 'user-1', target: { kind: 'user', id: user?.id } },
    ]);
    await watch.demo.call('POST', '/demo/faults', {});
    watch.later(300);
    expect(await watch.syncHistory()).toMatchObject({ users: 2, playStatesChanged: 1 });
  });
});

describe('a dry run', () => {
  it('writes nothing and counts what the real run then does', async () => {
    await readOnce();
    await watch.play(
      { user: 'user-1', title: 'Series 1', season: 1, episode: 4 },
      { user: 'user-2', title: 'Series 6', season: 1, episode: 1 },
      { user: 'user-1', title: 'Series 3', season: 1, episode: 1, action: 'unplay' },
    );
    const tables = [
      'media_users',
      'play_states',
      'plays',
      'series_states',
      'unplayed_counts',
      'played_counts',
    ];
    const content = async () =>
      Promise.all(
        tables.map((table) =>
          watch.db.rows(sql`select t.*, xmin::text from ${sql.identifier(table)} t order by 1, 2`),
        ),
      );
    const before = await content();
    const rehearsed = await watch.syncHistory({ dryRun: true });
    expect(await content()).toEqual(before);
    expect(watch.context.record.lines.map((line) => line.message)).toEqual([
      expect.stringMatching(/^user-1: would write \d+ play states, clear 1, /),
      expect.stringMatching(/^user-2: would write 1 play states/),
    ]);
    expect(await watch.syncHistory()).toEqual(rehearsed);
  });

  it('counts users who are new as well', async () => {
    watch = await startWatchDemo(household(SMALL));
    const rehearsed = await watch.syncHistory({ dryRun: true });
    expect(rehearsed).toMatchObject({ users: 2, playStatesChanged: 18 });
    expect(await watch.db.rows(sql`select 1 from media_users`)).toEqual([]);
    expect(await watch.syncHistory()).toEqual(rehearsed);
  });
});
