import { afterEach, describe, expect, it } from 'vitest';
import { household, startWatchDemo, type WatchDemo } from '../../support/watch-demo.ts';

let watch: WatchDemo;
afterEach(() => watch.close());

/** Everything that full and incremental syncs ask a server, changes in between. */
async function questions(options: Parameters<typeof startWatchDemo>[1]) {
  const size = { users: 2, series: 4, episodes: 4, touched: 2, watched: 2 };
  watch = await startWatchDemo(household(size), options);
  await watch.syncHistory();
  watch.later(30);
  await watch.play({ user: 'user-1', title: 'Series 3', season: 1, episode: 1 });
  await watch.play({ user: 'user-1', title: 'Series 1', season: 1, episode: 1, action: 'unplay' });
  await watch.syncHistory();
  await watch.syncCatalog();
  const asked = await watch.requests();
  expect(asked.length).toBeGreaterThan(15);
  return asked.map(({ path, query }) => ({ path, query: new URLSearchParams(query) }));
}

describe.each([
  { name: 'Jellyfin 12', options: {} },
  { name: 'Jellyfin 10.8', options: { serverVersion: '10.8.13' } },
  { name: 'Emby', options: { dialect: 'emby' } },
] as const)('what is asked of $name', ({ options }) => {
  it('is never by MinDateLastSavedForUser, which finds no watch state [BaseItemRepository of 10.8 to 12, Emby 3.5.2]', async () => {
    const names = (await questions(options)).flatMap(({ query }) => [...query.keys()]);
    expect(names.filter((name) => /mindatelastsaved/i.test(name))).toEqual([]);
  });

  it('is by library or by id, never of the whole server nor by show, where copies stand for each other [Series.cs, BaseItemRepository.QueryBuilding.cs]', async () => {
    const asked = await questions(options);
    expect(asked.filter(({ path }) => path.startsWith('/Shows/'))).toEqual([]);
    const lists = asked.filter(({ path }) => path.endsWith('/Items'));
    expect(lists.length).toBeGreaterThan(10);
    for (const { query } of lists) {
      expect(query.has('ParentId') || query.has('Ids')).toBe(true);
      expect(query.get('Limit')).toMatch(/^\d+$/);
      expect(query.get('CollapseBoxSetItems'), 'Jellystat#535').toBe('false');
      expect(query.get('Recursive'), 'Emby answers with its root folders otherwise').toBe('true');
    }
  });

  it('is always as somebody: an API key alone has no user data and sees missing episodes [DtoService.cs, TvShowsController.cs]', async () => {
    const asked = await questions(options);
    const items = asked.filter(({ path }) => path.includes('/Items'));
    for (const { path, query } of items)
      expect(query.has('userId') || /^\/Users\/[^/]+\/Items$/.test(path), path).toBe(true);
    expect(asked.filter(({ path }) => /\/Items\/[^/]+$/.test(path))).toEqual([]);
  });
});
