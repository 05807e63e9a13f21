import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { syncSeries } from '../../../src/catalog/sync-series.ts';
import type { Database } from '../../../src/platform/database.ts';
import { ShowrunnerError } from '../../../src/platform/errors.ts';
import { syncSeriesWatchHistory } from '../../../src/watch/sync-series-watch-history.ts';
import { seriesStatesOf } from '../../../src/watch/watch-snapshot.repo.ts';
import { rowVersions } from '../../support/catalog-state.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import {
  episode,
  failsAt,
  library,
  played,
  type Script,
  scriptedMediaServer,
  series,
  user,
} from '../../support/scripted-media-server.ts';

let db: Database;
let time: Date;
beforeEach(async () => {
  db = await createTestDatabase();
  time = new Date('2026-11-20T12:00:00Z');
});
afterEach(() => db.close());

const NEW_USERS = { newUsers: 'enabled' } as const;

/** A server with `Dark` (10 episodes and a special, ended) in HD and 4K, synced; each sync takes place an hour later. */
async function watched(playStates: Script['playStates'], part: Partial<Script> = {}) {
  const episodes = (id: string) => [
    ...Array.from({ length: 10 }, (_, index) => episode(`${id}-${index + 1}`, id, 1, index + 1)),
    episode(`${id}-special`, id, 0, 1),
  ];
  const { mediaServer, script } = scriptedMediaServer({
    libraries: [library('hd', 'HD'), library('uhd', '4K')],
    users: [user('ann'), user('bob')],
    series: {
      hd: [series('hd', 'Dark', { status: 'ENDED', providerIds: { tvdb: '1' } })],
      uhd: [series('uhd', 'Dark', { status: 'ENDED', providerIds: { tvdb: '1' } })],
    },
    episodes: { hd: episodes('hd'), uhd: episodes('uhd') },
    playStates,
    ...part,
  });
  const context = testContext(db, { mediaServer }, () => time);
  const later = () => {
    time = new Date(time.getTime() + 3_600_000);
  };
  const syncCatalog = () => {
    later();
    return syncSeries(context, {});
  };
  const syncHistory = (input: { userIds?: number[]; full?: boolean; dryRun?: boolean } = {}) => {
    later();
    return syncSeriesWatchHistory(context, { ...NEW_USERS, ...input });
  };
  await syncCatalog();
  return { script, context, syncCatalog, syncHistory };
}

const states = () =>
  db.rows(sql`
    select u.name as user, e.slot, p.played, p.position_ms as position, p.percentage, p.play_count as plays
    from play_states p join media_users u on u.id = p.user_id join episodes e on e.id = p.episode_id
    order by u.name, e.season_number, e.number`);

const seriesStates = async () =>
  (await seriesStatesOf(db)).map(({ state, watchedCount, airedCount }) => [state, watchedCount, airedCount]);

const times = (count: number, id = 'hd') =>
  Array.from({ length: count }, (_, index) => played(`${id}-${index + 1}`, '2026-11-01T20:00:00Z'));

describe('syncSeriesWatchHistory', () => {
  it('brings in users, play states and series states', async () => {
    const { context, syncHistory } = await watched({
      'ann/hd': [
        played('hd-1', '2026-11-01T20:00:00Z', { playCount: 2, isFavorite: true }),
        played('hd-2', '2026-11-02T20:00:00Z', { played: false, positionMs: 600_000, playCount: 0 }),
        played('no-such-item', null),
      ],
      'bob/hd': times(9),
    });
    expect(await syncHistory()).toEqual({
      users: 2,
      playStatesSeen: 12,
      playStatesChanged: 11,
      playStatesCleared: 0,
      playsAdded: 11,
      seriesStatesChanged: 2,
      unknownItems: 1,
    });
    expect((await states()).slice(0, 2)).toMatchObject([
      { user: 'ann', slot: '1x1', played: true, percentage: 1, plays: 2 },
      { user: 'ann', slot: '1x2', played: false, position: 600_000, percentage: expect.closeTo(1 / 3) },
    ]);
    expect(await seriesStatesOf(db)).toMatchObject([
      {
        state: 'IN_PROGRESS',
        watchedCount: 1,
        airedCount: 10,
        playCount: 2,
        isFavorite: true,
        firstPlayedAt: new Date('2026-11-01T20:00:00Z'),
        lastPlayedAt: new Date('2026-11-02T20:00:00Z'),
      },
      { state: 'COMPLETED', watchedCount: 9, airedCount: 10 },
    ]);
    expect(context.record.steps.at(-1)).toMatchObject({
      name: 'Play states',
      total: 2,
      unit: 'users',
      done: 2,
    });
  });

  it('writes no row when nothing changed', async () => {
    const { syncHistory } = await watched({ 'ann/hd': times(3), 'ann/uhd': times(4, 'uhd') });
    await syncHistory();
    const before = await rowVersions(db);
    const nothing = { playStatesChanged: 0, playStatesCleared: 0, playsAdded: 0, seriesStatesChanged: 0 };
    expect(await syncHistory()).toMatchObject({ playStatesSeen: 0, ...nothing });
    expect(await rowVersions(db)).toEqual(before);
    expect(await syncHistory({ full: true })).toMatchObject({ playStatesSeen: 7, ...nothing });
    expect(await rowVersions(db)).toEqual(before);
  });

  it('merges the copies of an episode [jellyfin#4895: copies have states of their own]', async () => {
    const { syncHistory } = await watched({
      'ann/hd': [played('hd-1', '2026-11-01T20:00:00Z', { playCount: 3 })],
      'ann/uhd': [
        played('uhd-1', '2026-11-05T20:00:00Z', { played: false, positionMs: 60_000, playCount: 1 }),
      ],
    });
    await syncHistory();
    expect(await states()).toMatchObject([
      { slot: '1x1', played: true, position: 60_000, percentage: 1, plays: 3 },
    ]);
    // The copies go on to differ: that is no reason to read everything at each pass.
    expect(await syncHistory()).toMatchObject({ playStatesSeen: 1, playStatesChanged: 0, playsAdded: 0 });
  });

  it('counts a double episode as both [scrob#138]', async () => {
    const { script, syncCatalog, syncHistory } = await watched({ 'ann/hd': [played('double', null)] });
    script.episodes = { hd: [episode('double', 'hd', 1, 1, { numberEnd: 2 }), episode('hd-3', 'hd', 1, 3)] };
    await syncCatalog();
    await syncHistory();
    expect(await states()).toMatchObject([
      { slot: '1x1', played: true },
      { slot: '1x2', played: true },
    ]);
    expect(await seriesStates()).toEqual([['IN_PROGRESS', 2, 3]]);
  });

  it('finds episodes that were unwatched [JellyPlex-Watched#85, watchstate#696]', async () => {
    const { script, syncHistory } = await watched({ 'ann/hd': times(10) });
    await syncHistory();
    expect(await seriesStates()).toEqual([['COMPLETED', 10, 10]]);
    script.playStates['ann/hd'] = times(4);
    expect(await syncHistory()).toMatchObject({ playStatesCleared: 6, seriesStatesChanged: 1 });
    expect(await states()).toHaveLength(4);
    expect(await seriesStates()).toEqual([['IN_PROGRESS', 4, 10]]);
    script.playStates = {};
    expect(await syncHistory()).toMatchObject({ playStatesCleared: 4 });
    expect(await seriesStatesOf(db)).toMatchObject([
      { state: 'UNWATCHED', watchedCount: 0, firstPlayedAt: null, lastPlayedAt: null },
    ]);
  });

  it('leaves specials out of the series state', async () => {
    const { syncHistory } = await watched({ 'ann/hd': [played('hd-special', '2026-11-01T20:00:00Z')] });
    await syncHistory();
    expect(await states()).toHaveLength(1);
    expect(await seriesStates()).toEqual([['UNWATCHED', 0, 10]]);
  });

  it('counts only episodes that have aired', async () => {
    const { script, syncCatalog, syncHistory } = await watched({ 'ann/hd': times(2) });
    const dates = ['2026-11-01', '2026-11-20', '2026-11-22'];
    script.episodes = {
      hd: dates.map((airDate, index) => episode(`hd-${index + 1}`, 'hd', 1, index + 1, { airDate })),
    };
    await syncCatalog();
    await syncHistory();
    expect(await seriesStates()).toEqual([['COMPLETED', 2, 2]]);
    time = new Date('2026-11-23T00:00:00Z');
    await syncHistory();
    expect(await seriesStates()).toEqual([['IN_PROGRESS', 2, 3]]);
  });

  it('calls a series abandoned once enough time has passed', async () => {
    const { syncHistory } = await watched({ 'ann/hd': times(2) });
    await syncHistory();
    expect(await seriesStates()).toEqual([['IN_PROGRESS', 2, 10]]);
    time = new Date('2027-06-01T00:00:00Z');
    expect(await syncHistory()).toMatchObject({ playStatesChanged: 0, seriesStatesChanged: 1 });
    expect(await seriesStates()).toEqual([['ABANDONED', 2, 10]]);
  });

  it('keeps the earliest play known as the first one', async () => {
    const { script, syncHistory } = await watched({ 'ann/hd': [played('hd-1', '2020-01-01T00:00:00Z')] });
    await syncHistory();
    script.playStates['ann/hd'] = [played('hd-1', '2026-11-20T14:30:00Z', { playCount: 2 })];
    await syncHistory();
    expect(await seriesStatesOf(db)).toMatchObject([
      { firstPlayedAt: new Date('2020-01-01T00:00:00Z'), lastPlayedAt: new Date('2026-11-20T14:30:00Z') },
    ]);
  });
});

describe('history and removal', () => {
  it('outlives the removal of a series, which then counts as over', async () => {
    const { script, syncCatalog, syncHistory } = await watched({ 'ann/hd': times(10), 'bob/hd': times(3) });
    await syncHistory();
    script.series = {};
    script.episodes = {};
    script.playStates = {};
    await syncCatalog();
    expect(await syncHistory()).toMatchObject({ playStatesCleared: 0 });
    expect(await states()).toHaveLength(13);
    expect(await seriesStates()).toEqual([
      ['COMPLETED', 10, 10],
      ['COMPLETED', 3, 3],
    ]);
  });

  it('outlives new item ids, even when the server forgot the plays of the old ones [jellyfin#15001, #15824; UserDataManager.cs, 10.11]', async () => {
    const { script, syncCatalog, syncHistory } = await watched({ 'ann/hd': times(5) });
    await syncHistory();
    const before = await states();
    script.episodes.hd = (script.episodes.hd ?? []).map((item) => ({ ...item, id: `new-${item.id}` }));
    script.playStates = {};
    await syncCatalog();
    expect(await syncHistory()).toMatchObject({ playStatesCleared: 0 });
    expect(await states()).toEqual(before);

    script.playStates['ann/hd'] = times(5).map((item) => ({ ...item, itemId: `new-${item.itemId}` }));
    await syncHistory();
    const confirmed = await rowVersions(db);
    expect(await syncHistory()).toMatchObject({ playStatesChanged: 0, unknownItems: 0 });
    expect(await rowVersions(db)).toEqual(confirmed);
    script.playStates['ann/hd'] = script.playStates['ann/hd'].slice(1);
    expect(await syncHistory()).toMatchObject({ playStatesCleared: 1 });
  });

  it('is not cleared while the catalog is behind a server that was scanned anew', async () => {
    const many = Array.from({ length: 30 }, (_, index) => episode(`e${index}`, 'hd', 1, index + 1));
    const all = many.map((item) => played(item.id, '2026-11-01T20:00:00Z'));
    const { script, context, syncCatalog, syncHistory } = await watched({ 'ann/hd': all });
    script.episodes = { hd: many };
    await syncCatalog();
    await syncHistory();
    script.playStates['ann/hd'] = all.map((item) => ({ ...item, itemId: `new-${item.itemId}` }));
    expect(await syncHistory()).toMatchObject({ playStatesCleared: 0, unknownItems: 30 });
    expect(context.record.lines).toMatchObject([{ level: 'warn' }]);
    expect(await states()).toHaveLength(30);
  });

  it('does not clear what a user cannot see any more', async () => {
    const { script, syncHistory } = await watched({ 'ann/hd': times(5) });
    await syncHistory();
    script.users = [user('ann', { enableAllFolders: false, enabledFolders: ['films'] }), user('bob')];
    script.playStates = {};
    expect(await syncHistory()).toMatchObject({ playStatesCleared: 0 });
    expect(await states()).toHaveLength(5);
  });

  it('takes in what was watched in the own virtual library', async () => {
    const { script, context, syncHistory } = await watched({ 'ann/hd': times(1) });
    await syncHistory();
    script.libraries = [...script.libraries, library('picks', 'Picks for ann')];
    await db.rows(sql`
      insert into libraries (provider_id, name, collection_type, is_virtual) values ('picks', 'Picks', 'tvshows', true)`);
    await db.rows(sql`
      insert into user_libraries (user_id, path, provider_library_id, file_count, synced_at)
      select id, '/picks', 'picks', 2, now() from media_users where name = 'ann'`);
    script.series.picks = [
      series('pick', 'Dark', { providerIds: { tvdb: '1' } }),
      series('new', 'Nobody Knows'),
    ];
    script.episodes.picks = [
      episode('pick-2', 'pick', 1, 2),
      episode('pick-0', 'pick', 0, 0),
      episode('n1', 'new', 1, 1),
    ];
    script.playStates['ann/picks'] = ['pick-2', 'pick-0', 'n1'].map((id) =>
      played(id, '2026-11-03T20:00:00Z'),
    );
    script.playStates['bob/picks'] = [played('pick-2', '2026-11-03T20:00:00Z')];
    expect(await syncHistory()).toMatchObject({ playStatesChanged: 1, unknownItems: 0 });
    expect(await states()).toMatchObject([
      { user: 'ann', slot: '1x1' },
      { user: 'ann', slot: '1x2' },
    ]);
    // Gone from the picks: servers that keep states by item have forgotten the play, we have not.
    script.series.picks = [];
    script.episodes.picks = [];
    script.playStates['ann/picks'] = [];
    expect(await syncHistory()).toMatchObject({ playStatesCleared: 0 });
    expect(await states()).toHaveLength(2);
    // Reported by the original too, it is an ordinary play, and may be undone there.
    script.playStates['ann/hd'] = times(2);
    await syncHistory();
    script.playStates['ann/hd'] = times(1);
    expect(await syncHistory()).toMatchObject({ playStatesCleared: 1 });
    expect(context.record.failures).toEqual([]);
  });
});

describe('two libraries of one name, one folder inside the other', () => {
  it('show the same items: each is kept once, is played once, and stays while one of them shows it', async () => {
    const all = { hd: series('s', 'Dark', { providerIds: { tvdb: '1' } }), files: [1, 2, 3] };
    const files = () => all.files.map((number) => episode(`s-${number}`, 's', 1, number));
    const { script, syncCatalog, syncHistory } = await watched(
      { 'ann/hd': times(2, 's'), 'ann/uhd': times(2, 's') },
      {
        libraries: [library('hd', 'Shows'), library('uhd', 'Shows')],
        series: { hd: [all.hd], uhd: [all.hd] },
        episodes: { hd: files(), uhd: files() },
      },
    );
    expect(await db.rows(sql`select count(*)::int as n from titles`)).toEqual([{ n: 1 }]);
    expect(await syncHistory()).toMatchObject({ playStatesChanged: 2, playsAdded: 2, unknownItems: 0 });
    expect(await syncHistory()).toMatchObject({ playStatesChanged: 0, playsAdded: 0 });
    script.playStates['ann/hd'] = times(3, 's');
    script.playStates['ann/uhd'] = times(3, 's');
    expect(await syncHistory()).toMatchObject({ playStatesChanged: 1, playsAdded: 1 });
    script.series.uhd = [];
    script.episodes.uhd = [];
    script.playStates['ann/uhd'] = [];
    expect(await syncCatalog()).toMatchObject({ seriesRemoved: 0, episodesRemoved: 0 });
    expect(await syncHistory({ full: true })).toMatchObject({ playStatesCleared: 0 });
    expect(await states()).toHaveLength(3);
  });
});

describe('a series that the server scanned anew and whose plays it forgot', () => {
  // Jellyfin from 10.11 keeps plays by item id (UserDataManager).
  it('stays played where it is begun again, until the new item counts it too', async () => {
    const { script, syncCatalog, syncHistory } = await watched({ 'ann/hd': times(2) });
    await syncHistory();
    script.series.hd = [series('new', 'Dark', { providerIds: { tvdb: '1' } })];
    script.episodes.hd = [1, 2, 3].map((number) => episode(`new-${number}`, 'new', 1, number));
    script.series.uhd = [];
    script.episodes.uhd = [];
    script.playStates['ann/hd'] = [
      played('new-1', '2026-11-20T15:00:00Z', { played: false, positionMs: 600_000 }),
    ];
    await syncCatalog();
    for (const full of [false, true, true]) {
      await syncHistory({ full });
      expect(await states()).toMatchObject([
        { slot: '1x1', played: true, position: 600_000 },
        { slot: '1x2', played: true },
      ]);
    }
    script.playStates['ann/hd'] = [played('new-1', '2026-11-20T16:00:00Z')];
    await syncHistory({ full: true });
    script.playStates['ann/hd'] = [];
    expect(await syncHistory({ full: true })).toMatchObject({ playStatesCleared: 1 });
    expect(await states()).toMatchObject([{ slot: '1x2', played: true }]);
  });
});

describe.each([{ full: false }, { full: true }])('the own virtual library, read with %j', ({ full }) => {
  /** `Dark` is a pick of ann's, whose first two episodes were watched there and nowhere else. */
  async function picked() {
    const watching = await watched({});
    const { script, syncHistory } = watching;
    script.libraries = [...script.libraries, library('picks', 'Picks for ann')];
    await syncHistory();
    await db.rows(sql`
      insert into libraries (provider_id, name, collection_type, is_virtual) values ('picks', 'Picks', 'tvshows', true)`);
    await db.rows(sql`
      insert into user_libraries (user_id, path, provider_library_id, file_count, synced_at)
      select id, '/picks', 'picks', 2, '2026-11-20T13:00:00Z' from media_users where name = 'ann'`);
    const shelf = {
      series: [series('pick', 'Dark', { providerIds: { tvdb: '1' } })],
      episodes: [1, 2, 3].map((number) => episode(`pick-${number}`, 'pick', 1, number)),
    };
    script.series.picks = shelf.series;
    script.episodes.picks = shelf.episodes;
    script.playStates['ann/picks'] = times(2, 'pick');
    await syncHistory({ full });
    expect(await states()).toMatchObject([{ slot: '1x1' }, { slot: '1x2' }]);
    return { ...watching, shelf, sync: () => syncHistory({ full }) };
  }

  it('is where an episode can be marked unwatched again', async () => {
    const { script, sync } = await picked();
    script.playStates['ann/picks'] = times(1, 'pick');
    expect(await sync()).toMatchObject({ playStatesCleared: 1 });
    expect(await states()).toMatchObject([{ slot: '1x1' }]);
    expect(await sync()).toMatchObject({ playStatesCleared: 0, playStatesChanged: 0 });
    expect(await db.rows(sql`select distinct source, count(*)::int as plays from plays group by 1`)).toEqual([
      { source: 'VIRTUAL_LIBRARY', plays: 2 },
    ]);
  });

  it('keeps the plays of a pick that leaves, comes back under the same ids and has forgotten them', async () => {
    const { script, shelf, sync } = await picked();
    script.series.picks = [];
    script.episodes.picks = [];
    script.playStates['ann/picks'] = [];
    expect(await sync()).toMatchObject({ playStatesCleared: 0 });
    script.series.picks = shelf.series;
    script.episodes.picks = shelf.episodes;
    expect(await sync()).toMatchObject({ playStatesCleared: 0 });
    expect(await sync()).toMatchObject({ playStatesCleared: 0 });
    expect(await states()).toHaveLength(2);
    script.playStates['ann/picks'] = times(1, 'pick');
    await sync();
    script.playStates['ann/picks'] = [];
    expect(await sync()).toMatchObject({ playStatesCleared: 1 });
    expect(await states()).toMatchObject([{ slot: '1x2' }]);
  });

  it('and the original add up: what one of them still counts as played stays', async () => {
    const { script, sync } = await picked();
    script.playStates['ann/hd'] = times(1);
    await sync();
    script.playStates['ann/hd'] = [];
    expect(await sync()).toMatchObject({ playStatesCleared: 0 });
    expect(await states()).toMatchObject([
      { slot: '1x1', played: true },
      { slot: '1x2', played: true },
    ]);
    script.playStates['ann/picks'] = [];
    expect(await sync()).toMatchObject({ playStatesCleared: 2 });
  });
});

describe('users', () => {
  it('are read only when enabled, not disabled on the server and asked for', async () => {
    const { script, syncHistory } = await watched(
      { 'ann/hd': times(1), 'bob/hd': times(1), 'cat/hd': times(1) },
      { users: [user('ann'), user('bob'), user('cat', { isDisabled: true })] },
    );
    expect(await syncHistory()).toMatchObject({ users: 2 });
    await db.rows(sql`update media_users set recommendations_enabled = false where name = 'ann'`);
    script.playStates = {};
    expect(await syncHistory()).toMatchObject({ users: 1, playStatesCleared: 1 });
    const [ann] = await db.rows<{ id: number }>(sql`select id from media_users where name = 'ann'`);
    await expect(syncHistory({ userIds: [ann?.id ?? 0] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'userIds',
    });
    const [bob] = await db.rows<{ id: number }>(sql`select id from media_users where name = 'bob'`);
    expect(await syncHistory({ userIds: [bob?.id ?? 0] })).toMatchObject({ users: 1 });
  });

  it('who fail keep what is stored, and the next one is read', async () => {
    const { script, context, syncHistory } = await watched(
      { 'ann/hd': times(3), 'bob/hd': times(3) },
      { pageSize: 1 },
    );
    await syncHistory();
    const before = await rowVersions(db);
    script.playStates = { 'ann/hd': times(9), 'bob/hd': times(3) };
    script.beforePage = (kind, list, page) => {
      if (kind === 'playStates' && list.userId === 'ann' && page === 5)
        throw new ShowrunnerError('MEDIA_SERVER_REFUSED', 'No access.');
    };
    expect(await syncHistory({ full: true })).toMatchObject({ users: 1, playStatesChanged: 0 });
    expect(context.record.failures).toMatchObject([{ item: 'ann', error: { code: 'MEDIA_SERVER_REFUSED' } }]);
    expect(await rowVersions(db)).toEqual(before);
  });

  it('who all fail for want of a connection fail the sync', async () => {
    const { script, context, syncHistory } = await watched({ 'ann/hd': times(3) });
    script.beforePage = failsAt('playStates', 0);
    await expect(syncHistory()).rejects.toMatchObject({ code: 'MEDIA_SERVER_UNREACHABLE' });
    script.beforePage = () => {
      throw new ShowrunnerError('MEDIA_SERVER_REFUSED', 'No access.');
    };
    expect(await syncHistory()).toMatchObject({ users: 0 });
    expect(context.record.failures).toHaveLength(4);
  });

  it('are synced wholly or not at all when the sync is cut off, and the rest next time', async () => {
    const { script, context, syncHistory } = await watched({ 'ann/hd': times(3), 'bob/hd': times(3) });
    const stop = new AbortController();
    script.beforePage = (kind, list) => {
      if (kind === 'playStates' && list.userId === 'bob' && list.libraryId === 'uhd')
        stop.abort(new Error('stopped'));
    };
    await expect(syncSeriesWatchHistory({ ...context, signal: stop.signal }, NEW_USERS)).rejects.toThrow(
      'stopped',
    );
    expect(new Set((await states()).map((row) => row.user))).toEqual(new Set(['ann']));
    script.beforePage = () => {};
    expect(await syncHistory()).toMatchObject({ users: 2, playStatesChanged: 3 });
    expect(await seriesStates()).toEqual([
      ['IN_PROGRESS', 3, 10],
      ['IN_PROGRESS', 3, 10],
    ]);
  });
});
