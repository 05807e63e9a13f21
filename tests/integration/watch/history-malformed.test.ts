import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { syncSeries } from '../../../src/catalog/sync-series.ts';
import { readId } from '../../../src/media-server/foreign-values.ts';
import type { Database } from '../../../src/platform/database.ts';
import { syncSeriesWatchHistory } from '../../../src/watch/sync-series-watch-history.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import { malformed } from '../../support/malformed-answers.ts';
import { type SeededRandom, seededRandom } from '../../support/seeded-random.ts';
import {
  type Answer,
  clientOf,
  JELLYFIN_INFO,
  type ScriptedServer,
  type SeenRequest,
  startScriptedServer,
} from '../media-server/scripted-server.ts';

const SERIES = 5;
const EPISODES = 6;
const MALFORMED = 600;

let db: Database;
let server: ScriptedServer;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(async () => {
  await server.close();
  await db.close();
});

interface Item {
  readonly Id: string;
  readonly Type: string;
  readonly [property: string]: unknown;
}

const DAY_TICKS = 864_000_000_000;
const playedAt = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

/** Series of the library `lib`, the first of which is also in `picks`, a library of ours. */
const shows: readonly Item[] = Array.from({ length: SERIES + 1 }, (_, index) => ({
  Id: index < SERIES ? `s${index}` : 'pick',
  Type: 'Series',
  Name: `Show ${index % SERIES}`,
  ParentId: index < SERIES ? 'lib' : 'picks',
  ProviderIds: { Tvdb: String(500 + (index % SERIES)) },
  UserData: { UnplayedItemCount: 3, Played: false },
}));

/** Of each series three episodes are watched and one is begun; in `picks` the fifth is. */
const episodes: readonly Item[] = shows.flatMap((show) =>
  Array.from({ length: EPISODES }, (_, index) => {
    const isOwn = show.ParentId === 'picks';
    const isPlayed = isOwn ? index === 4 : index < 3;
    const isBegun = !isOwn && index === 3;
    return {
      Id: `${show.Id}-${index + 1}`,
      Type: 'Episode',
      Name: `Episode ${index + 1}`,
      ParentId: show.ParentId,
      SeriesId: show.Id,
      ParentIndexNumber: 1,
      IndexNumber: index + 1,
      RunTimeTicks: DAY_TICKS / 48,
      UserData: {
        Played: isPlayed,
        PlayCount: isPlayed ? 1 : 0,
        PlaybackPositionTicks: isBegun ? DAY_TICKS / 144 : 0,
        IsFavorite: false,
        ...((isPlayed || isBegun) && { LastPlayedDate: playedAt(5 + index) }),
      },
    };
  }),
);

const userData = ({ UserData }: Item) =>
  typeof UserData === 'object' && UserData !== null ? new Map(Object.entries(UserData)) : new Map();
const isPlayed = (item: Item) => userData(item).get('Played') === true;
const isBegun = (item: Item) => Number(userData(item).get('PlaybackPositionTicks')) > 0;

function itemsFor({ query }: SeenRequest): Item[] {
  const type = query.get('IncludeItemTypes');
  const all = type === 'Series' ? shows : type === 'Episode' ? episodes : [];
  const ids = query.get('Ids')?.split(',');
  const parent = query.get('ParentId');
  const filter = query.get('Filters');
  return all.filter(
    (item) =>
      (ids ? ids.includes(item.Id) : item.ParentId === parent || item.SeriesId === parent) &&
      (filter !== 'IsPlayed' || isPlayed(item)) &&
      (filter !== 'IsResumable' || isBegun(item)),
  );
}

/** Something with nonsense in it, unless that says in good order that a play was taken back, or names another user. */
function spoiled(random: SeededRandom, item: Item): unknown {
  const result = malformed(random, item);
  if (item.Type === 'User')
    return typeof result === 'object' && result !== null && 'Id' in result && readId(result.Id) !== item.Id
      ? { ...result, Id: null }
      : result;
  const data = typeof result === 'object' && result !== null && 'UserData' in result ? result.UserData : null;
  if (typeof data !== 'object' || data === null) return result;
  const { Played, PlaybackPositionTicks: ticks } = Object.fromEntries(Object.entries(data));
  const takesBack = isPlayed(item)
    ? Played === false || (Played !== true && typeof ticks === 'number' && ticks > 0)
    : isBegun(item) && (ticks === 0 || ticks === undefined || ticks === null);
  return takesBack ? null : result;
}

/** What Emby answers to a query that it does not understand. */
const ROOT_FOLDER = { Id: 'lib', Type: 'CollectionFolder', Name: 'Shows' };

function broken(random: SeededRandom, list: readonly Item[], wrap: (items: readonly unknown[]) => unknown) {
  const text = JSON.stringify(wrap(list));
  if (random.happens(0.4))
    return random.pick<Answer>([
      { text: text.slice(0, random.below(text.length)) },
      { text: `<html>${text}` },
      { text: '' },
      { json: null },
      { json: {} },
      { json: { Items: null } },
      { json: { Items: { 0: list[0] } } },
      { json: wrap([{ ...ROOT_FOLDER, ...(list[0]?.Type === 'User' && { Id: null }) }]) },
      { json: 'Access token is invalid or expired.' },
      { status: 500, text: 'Object reference not set to an instance of an object.' },
      { status: 404, json: { title: 'Not Found' } },
    ]);
  const at = random.below(list.length);
  return { json: wrap(list.map((item, index) => (index === at ? spoiled(random, item) : item))) };
}

const USERS: readonly Item[] = ['ann', 'bob'].map((Id) => ({
  Id,
  Type: 'User',
  Name: Id,
  Policy: { IsAdministrator: true, MaxParentalRating: 10 },
}));

describe(`${MALFORMED} malformed answers to questions about users and what they watched`, () => {
  it('crash no run, lose nobody and no play, and the next good one finds all as it was', {
    timeout: 300_000,
  }, async () => {
    const random = seededRandom(11);
    let served = 0;
    let isSpoiling = false;
    const reply = (list: readonly Item[], wrap: (items: readonly unknown[]) => unknown): Answer => {
      if (!isSpoiling || list.length === 0 || random.happens(0.7)) return { json: wrap(list) };
      served += 1;
      return broken(random, list, wrap);
    };
    server = await startScriptedServer((request): Answer => {
      const { path, query } = request;
      if (path.startsWith('/System/Info')) return { json: JELLYFIN_INFO };
      if (path === '/Library/VirtualFolders')
        return {
          json: ['lib', 'picks'].map((id) => ({ Name: id, ItemId: id, CollectionType: 'tvshows' })),
        };
      if (path === '/Users') return reply(USERS, (items) => items);
      if (path === '/System/ActivityLog/Entries')
        return reply([{ Id: '1', Type: 'VideoPlayback', UserId: 'ann', ItemId: 'pick-5' }], (Items) => ({
          Items,
        }));
      const all = itemsFor(request);
      const from = Number(query.get('StartIndex'));
      return reply(all.slice(from, from + Number(query.get('Limit'))), (Items) => ({
        Items,
        TotalRecordCount: all.length,
      }));
    });
    const mediaServer = clientOf(server, { pageSize: 7, http: { backoffMs: 1, maxDelayMs: 1, tries: 1 } });
    const context = testContext(db, { mediaServer });
    await db.rows(sql`
      insert into libraries (provider_id, name, collection_type, is_virtual) values ('picks', 'Picks', 'tvshows', true)`);
    await syncSeries(context, {});
    const sync = (full: boolean) => syncSeriesWatchHistory(context, { newUsers: 'enabled', full });
    await sync(true);
    await db.rows(sql`
      insert into user_libraries (user_id, path, provider_library_id, file_count, synced_at)
      select id, '/picks', 'picks', 2, now() from media_users where name = 'ann'`);
    await sync(true);

    const states = () =>
      db.rows<{ key: string; played: boolean; position: number }>(sql`
        select u.provider_id || ' ' || t.name || ' ' || e.slot as key, p.played, p.position_ms as position
        from play_states p join media_users u on u.id = p.user_id join episodes e on e.id = p.episode_id
        join titles t on t.id = e.title_id order by 1`);
    const plays = () => db.rows(sql`select user_id, episode_id, played_at from plays order by 1, 2, 3`);
    const gone = () =>
      db.rows(sql`select name from media_users where removed_at is not null
        union all select name from libraries where removed_at is not null`);
    const before = await states();
    const playsBefore = await plays();
    expect(before).toHaveLength(2 * SERIES * 4 + 1);

    isSpoiling = true;
    let succeeded = 0;
    while (served < MALFORMED) {
      const failures = context.record.failures.length;
      await sync(random.happens(0.4)).then(
        () => {
          if (context.record.failures.length === failures) succeeded += 1;
        },
        (error: unknown) => expect(error).toMatchObject({ code: expect.stringMatching(/^MEDIA_SERVER_/) }),
      );
      expect(context.record.failures.map(({ error }) => error)).toEqual(
        context.record.failures.map(() =>
          expect.objectContaining({ code: expect.stringMatching(/^MEDIA_SERVER_/) }),
        ),
      );
      expect(await gone()).toEqual([]);
      const now = new Map((await states()).map(({ key, played }) => [key, played]));
      const lost = before.filter(({ key, played }) => !now.has(key) || (played && !now.get(key)));
      expect(lost).toEqual([]);
    }
    expect(succeeded).toBeGreaterThan(20);
    isSpoiling = false;
    expect(await sync(true)).toMatchObject({ users: 2 });
    expect(await states()).toEqual(before);
    expect(await plays()).toEqual(expect.arrayContaining(playsBefore));
  });
});
