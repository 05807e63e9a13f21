import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { refreshEpisodes } from '../../../src/watch/refresh-episodes.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/watch/series-state.ts';
import { household, startWatchDemo, storedHistory, type WatchDemo } from '../../support/watch-demo.ts';

let watch: WatchDemo;
afterEach(() => watch.close());

/** A server whose history has been read, and how to refresh single items of user-1. */
async function readOnce(options: Parameters<typeof startWatchDemo>[1] = {}) {
  watch = await startWatchDemo(
    household({ users: 2, series: 4, episodes: 4, touched: 2, watched: 3 }),
    options,
  );
  await watch.syncHistory();
  watch.later(5);
  const [user] = await watch.db.rows<{ id: number; provider: string }>(
    sql`select id, provider_id as provider from media_users where name = 'user-1'`,
  );
  if (!user) throw new Error('There is no user-1.');
  const itemOf = async (title: string, slot: string) => {
    const [row] = await watch.db.rows<{ item: string }>(sql`
      select c.provider_item_id as item from episode_copies c
      join episodes e on e.id = c.episode_id join titles t on t.id = e.title_id
      where t.name = ${title} and e.slot = ${slot}`);
    return row?.item ?? '';
  };
  const refresh = (userId: string, ...itemIds: string[]) =>
    refreshEpisodes(watch.context, { userId, itemIds, thresholds: DEFAULT_THRESHOLDS });
  await watch.requests();
  return { user, itemOf, refresh };
}

describe('refreshing an episode', () => {
  it('writes what the media server says of it, with one request, and logs the play', async () => {
    const { user, itemOf, refresh } = await readOnce();
    await watch.play({
      user: 'user-1',
      title: 'Series 3',
      season: 1,
      episode: 1,
      action: 'stop',
      positionSeconds: 600,
    });
    const item = await itemOf('Series 3', '1x1');
    expect(await refresh(user.provider, item)).toEqual({
      userId: user.id,
      playStatesChanged: 1,
      playStatesCleared: 0,
      playsAdded: 1,
      finished: [],
    });
    expect(await watch.requests()).toHaveLength(1);
    expect(await storedHistory(watch.db, 'user-1')).toMatchObject({ 'Series 3 1x1': [false, 600_000] });
    expect(
      await watch.db.rows(sql`select source, percentage, position_ms from plays where source = 'WEBHOOK'`),
    ).toEqual([{ source: 'WEBHOOK', percentage: 0.25, position_ms: 600_000 }]);
    expect(await refresh(user.provider, item)).toMatchObject({ playStatesChanged: 0, playsAdded: 0 });
  });

  it('knows the user by an id in another form, and a series by its own id', async () => {
    const { user, refresh } = await readOnce();
    await watch.play({ user: 'user-1', title: 'Series 3' });
    const [copy] = await watch.db.rows<{ item: string }>(sql`
      select c.provider_item_id as item from title_copies c join titles t on t.id = c.title_id where t.name = 'Series 3'`);
    const dashed = user.provider.toUpperCase().replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    expect(await refresh(dashed, copy?.item ?? '')).toMatchObject({
      playStatesChanged: 4,
      finished: [expect.any(Number)],
    });
  });

  it('tells that a series is finished once, and finds a mark taken back', async () => {
    const { user, itemOf, refresh } = await readOnce();
    await watch.play({ user: 'user-1', title: 'Series 1', season: 1, episode: 4 });
    const item = await itemOf('Series 1', '1x4');
    expect((await refresh(user.provider, item)).finished).toHaveLength(1);
    expect((await refresh(user.provider, item)).finished).toEqual([]);
    watch.later(5);
    await watch.play({ user: 'user-1', title: 'Series 1', season: 1, episode: 4, action: 'unplay' });
    expect(await refresh(user.provider, item)).toMatchObject({ playStatesCleared: 1 });
    expect(await watch.db.rows(sql`select 1 from plays where source = 'WEBHOOK'`)).toHaveLength(1);
  });

  it('does not make the next pass read everything', async () => {
    const { user, itemOf, refresh } = await readOnce();
    await watch.play({ user: 'user-1', title: 'Series 1', season: 1, episode: 4 });
    await refresh(user.provider, await itemOf('Series 1', '1x4'));
    watch.later(120);
    await watch.requests();
    expect(await watch.syncHistory()).toMatchObject({ playStatesChanged: 0, playsAdded: 0 });
    const lists = (await watch.requests()).filter(({ query }) => query.includes('SortBy=DateCreated'));
    expect(lists.filter(({ query }) => query.includes('Filters=IsPlayed'))).toEqual([]);
  });

  it('is not undone by a pass that began to read before it', async () => {
    const { user, itemOf, refresh } = await readOnce();
    const item = await itemOf('Series 1', '1x3');
    const { playStatesOf, unplayedCounts } = watch.context.mediaServer;
    await watch.play({ user: 'user-1', title: 'Series 1', season: 1, episode: 4 });
    // The pass has asked for the episodes of the series; while it does, one is marked unwatched and refreshed.
    const mediaServer = {
      ...watch.context.mediaServer,
      unplayedCounts,
      playStatesOf: async (input: Parameters<typeof playStatesOf>[0]) => {
        const items = await playStatesOf(input);
        if (!input.itemIds.includes(item)) return items;
        watch.later(1);
        await watch.play({
          user: 'user-1',
          title: 'Series 1',
          season: 1,
          episode: 3,
          action: 'stop',
          positionSeconds: 900,
        });
        await refresh(user.provider, item);
        return items;
      },
    };
    const { syncSeriesWatchHistory } = await import('../../../src/watch/sync-series-watch-history.ts');
    await syncSeriesWatchHistory({ ...watch.context, mediaServer }, { newUsers: 'enabled' });
    expect(await storedHistory(watch.db, 'user-1')).toMatchObject({ 'Series 1 1x3': [true, 900_000] });
  });

  it.each(['', 'nobody', '00000000000000000000000000000000'])(
    'of the unknown user "%s" does nothing',
    async (id) => {
      const { itemOf, refresh } = await readOnce();
      expect(await refresh(id, await itemOf('Series 1', '1x4'))).toMatchObject({ userId: null });
      expect(await watch.requests()).toEqual([]);
    },
  );

  it('that the catalog does not know does nothing', async () => {
    const { user, refresh } = await readOnce();
    const done = { playStatesChanged: 0, playStatesCleared: 0, playsAdded: 0, finished: [] };
    expect(await refresh(user.provider, 'ffffffffffffffffffffffffffffffff')).toEqual({
      userId: user.id,
      ...done,
    });
    expect(await watch.requests()).toEqual([]);
  });
});
