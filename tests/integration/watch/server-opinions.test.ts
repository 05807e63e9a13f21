import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import type { Dialect } from '../../../src/media-server/media-server.ts';
import { feedbackOfUsers } from '../../../src/taste/feedback.repo.ts';
import { household, startWatchDemo, type WatchDemo } from '../../support/watch-demo.ts';

let watch: WatchDemo;
afterEach(() => watch.close());

const size = { users: 2, series: 6, episodes: 2, touched: 1, watched: 1 };

async function itemIds(): Promise<Map<string, string>> {
  const library = await watch.demo.libraryId();
  const user = await watch.demo.userId('user-1');
  const page = await watch.demo.page(
    `/Users/${user}/Items?ParentId=${library}&Recursive=true&IncludeItemTypes=Series&Limit=100`,
  );
  return new Map(page.Items.map((item) => [item.Name, item.Id]));
}

const db = () => watch.db;
const stored = () =>
  db().rows(sql`
    select u.name as "user", t.name as title, o.rating, o.likes, o.is_favorite as favorite
    from server_opinions o join media_users u on u.id = o.user_id join titles t on t.id = o.title_id
    order by 1, 2`);

// UserData of a series: UserItemDataDto of the OpenAPI documents of both servers; `Likes` is Jellyfin's alone.
describe.each<Dialect>(['jellyfin', 'emby'])('opinions on %s', (dialect) => {
  const say = async (name: string, data: object) => {
    const [user, item] = [await watch.demo.userId('user-1'), (await itemIds()).get(name) ?? ''];
    const path =
      dialect === 'emby'
        ? `/Users/${user}/Items/${item}/UserData`
        : `/UserItems/${item}/UserData?userId=${user}`;
    const answer = await watch.demo.call('POST', path, data);
    if (answer.status !== 200) throw new Error(answer.text);
  };
  const likes = (value: boolean) => (dialect === 'jellyfin' ? value : null);

  it('are read with a full history: favourites, ratings and likes, also of series never begun', async () => {
    watch = await startWatchDemo(household(size), { dialect });
    await say('Series 2', { IsFavorite: true });
    await say('Series 3', { Rating: 9 });
    await say('Series 4', { Rating: 2, IsFavorite: true });
    await watch.syncHistory({ full: true });
    expect(await stored()).toEqual([
      { user: 'user-1', title: 'Series 2', rating: null, likes: null, favorite: true },
      { user: 'user-1', title: 'Series 3', rating: 9, likes: likes(true), favorite: false },
      { user: 'user-1', title: 'Series 4', rating: 2, likes: likes(false), favorite: true },
    ]);
    expect([...(await feedbackOfUsers(db())).values()].flat()).toHaveLength(3);
  });

  it('are gone with the next full history once they are taken back, and written by no dry run', async () => {
    watch = await startWatchDemo(household(size), { dialect });
    await say('Series 2', { IsFavorite: true });
    await watch.syncHistory({ full: true, dryRun: true });
    expect(await stored()).toEqual([]);
    await watch.syncHistory({ full: true });
    const rows = () => db().rows(sql`select xmin::text from server_opinions`);
    const before = await rows();
    await watch.syncHistory({ full: true });
    expect(await rows()).toEqual(before);
    await say('Series 2', { IsFavorite: false });
    await watch.syncHistory({ full: true });
    expect(await stored()).toEqual([]);
  });
});
