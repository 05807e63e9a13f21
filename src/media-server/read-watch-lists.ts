import { z } from 'zod';
import { ShowrunnerError } from '../platform/errors.ts';
import { get } from './dialect.ts';
import { foreign } from './foreign-values.ts';
import { readItemPages } from './item-pages.ts';
import {
  BEGUN_QUERY,
  EPISODE_STATES_QUERY,
  type ItemQuery,
  PLAYED_QUERY,
  UNPLAYED_QUERY,
} from './item-queries.ts';
import type { Activity, ListInput, Page, PlayStateItem, RecentPlays, WatchSource } from './media-server.ts';
import { parseList, type RawList } from './parse-server.ts';
import { parsePlayState } from './parse-users.ts';
import type { ServerConnection } from './server-connection.ts';
import { badAnswer } from './server-errors.ts';

/** Small, as what is new since the last look is mostly nothing. */
const RECENT_PAGE = 100;
/** Characters of ids in one address: web servers and proxies refuse request lines of more than 8 KB. */
const IDS_LENGTH = 6_000;
const ACTIVITY_PAGE = 500;
const MOST_ACTIVITY_PAGES = 10;
const NO_LOG: readonly string[] = ['MEDIA_SERVER_REFUSED', 'MEDIA_SERVER_BAD_ANSWER'];

const SeriesShape = z.object({
  Type: foreign.name,
  Id: foreign.id,
  UserData: z.object({ UnplayedItemCount: foreign.count }),
});
const ActivityShape = z.object({ Type: foreign.name, UserId: foreign.id, ItemId: foreign.id });

/** Asks a server what users have played; see `WatchSource`. */
export function createWatchSource(connection: ServerConnection, pageSize: number): WatchSource {
  const fetchItems = async (
    userId: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<RawList> => {
    const request = (await connection.rules(signal)).items(userId);
    const list = parseList(
      await connection.read({ ...request, query: { ...request.query, ...query } }, signal),
    );
    if (list) return list;
    throw badAnswer('The media server did not answer with a list of items.', { retryable: true });
  };
  const fetchByIds = async (
    { userId, itemIds, signal }: Parameters<WatchSource['playStatesOf']>[0],
    query: ItemQuery,
  ): Promise<unknown[]> => {
    const found: unknown[] = [];
    for (const ids of inAddresses(itemIds)) {
      signal.throwIfAborted();
      const page = { Ids: ids.join(','), StartIndex: '0', Limit: String(ids.length) };
      found.push(...(await fetchItems(userId, { ...query, ...page }, signal)).items);
    }
    return found;
  };

  return {
    serverTime: () => connection.serverTime(),
    playsSince: (input) => readPlaysSince(input, fetchItems),
    begunEpisodes: ({ libraryId, userId, signal }): AsyncGenerator<Page<PlayStateItem>> =>
      readItemPages({
        fetchPage: (start, limit, pageSignal) =>
          fetchItems(userId, { ...BEGUN_QUERY, ...pageOf(libraryId, start, limit) }, pageSignal),
        parse: parsePlayState,
        pageSize,
        signal,
      }),
    playedCount: async ({ libraryId, userId, signal }) =>
      countOf(await fetchItems(userId, { ...PLAYED_QUERY, ...pageOf(libraryId, 0, 1) }, signal)),
    playStatesOf: async (input) =>
      (await fetchByIds(input, EPISODE_STATES_QUERY)).map(parsePlayState).filter((item) => item !== null),
    unplayedCounts: async (input) => {
      const counts = new Map<string, number>();
      for (const raw of await fetchByIds(input, UNPLAYED_QUERY)) {
        const { data } = SeriesShape.safeParse(raw);
        if (data?.Type !== 'Series' || data.Id === null || data.UserData.UnplayedItemCount === null) continue;
        counts.set(data.Id, data.UserData.UnplayedItemCount);
      }
      return counts;
    },
    activity: (input) => readActivity(connection, input),
  };
}

/** Pages are read until one ends before `since`; a server that does not sort by date is read to its end. */
async function readPlaysSince(
  { libraryId, userId, since, signal }: ListInput & { readonly since: Date },
  fetchItems: (userId: string, query: ItemQuery, signal: AbortSignal) => Promise<RawList>,
): Promise<RecentPlays> {
  let total: number | null = null;
  const items: PlayStateItem[] = [];
  const pages = readItemPages({
    fetchPage: async (start, limit, pageSignal) => {
      const page = await fetchItems(
        userId,
        { ...PLAYED_QUERY, ...pageOf(libraryId, start, limit) },
        pageSignal,
      );
      if (start === 0) total = countOf(page);
      return page;
    },
    parse: parsePlayState,
    pageSize: RECENT_PAGE,
    signal,
    isEnough: (page) => page.length > 0 && isNewestFirst(page) && timeOf(page.at(-1)) < since.getTime(),
  });
  for await (const page of pages) items.push(...page.items);
  return { items: items.filter((item) => timeOf(item) >= since.getTime()), total };
}

function isNewestFirst(items: readonly PlayStateItem[]): boolean {
  return items.every((item, index) => index === 0 || timeOf(items[index - 1]) >= timeOf(item));
}

/** Plays without a date come last, as nulls do in a descending order on both servers. */
function timeOf(item: PlayStateItem | undefined): number {
  return item?.lastPlayedAt?.getTime() ?? Number.NEGATIVE_INFINITY;
}

/** Some versions say 0 where they do not count. */
function countOf({ items, total }: RawList): number | null {
  return total === null || total < items.length ? null : total;
}

function pageOf(libraryId: string, start: number, limit: number) {
  return { ParentId: libraryId, StartIndex: String(start), Limit: String(limit) };
}

function inAddresses(ids: readonly string[]): string[][] {
  const groups: string[][] = [];
  let length = IDS_LENGTH;
  for (const id of new Set(ids)) {
    // A comma takes three characters in an address.
    length += id.length + 3;
    const group = groups.at(-1);
    if (group && length <= IDS_LENGTH) {
      group.push(id);
      continue;
    }
    groups.push([id]);
    length = id.length;
  }
  return groups;
}

/** `GET /System/ActivityLog/Entries` is there on both servers; Emby needs an administrator's key for it. */
async function readActivity(
  connection: ServerConnection,
  { since, signal }: Parameters<WatchSource['activity']>[0],
): Promise<readonly Activity[] | null> {
  const found: Activity[] = [];
  for (let page = 0; page < MOST_ACTIVITY_PAGES; page++) {
    const list = await readActivityPage(connection, since, page, signal);
    if (!list) return null;
    for (const raw of list.items) {
      const { data } = ActivityShape.safeParse(raw);
      if (data && data.UserId !== null && /playback/i.test(data.Type ?? ''))
        found.push({ userId: data.UserId, itemId: data.ItemId });
    }
    if (list.items.length < ACTIVITY_PAGE) return found;
  }
  return null;
}

async function readActivityPage(
  connection: ServerConnection,
  since: Date,
  page: number,
  signal: AbortSignal,
): Promise<RawList | null> {
  const query = {
    minDate: since.toISOString(),
    hasUserId: 'true',
    startIndex: String(page * ACTIVITY_PAGE),
    limit: String(ACTIVITY_PAGE),
  };
  try {
    return parseList(await connection.read(get('/System/ActivityLog/Entries', query), signal));
  } catch (error) {
    signal.throwIfAborted();
    // The log is an aid: what keeps a server from showing it must not keep us from reading histories.
    if (error instanceof ShowrunnerError && NO_LOG.includes(error.code)) return null;
    throw error;
  }
}
