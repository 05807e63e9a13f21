import { afterEach, describe, expect, it } from 'vitest';
import type { Dialect } from '../../../src/media-server/media-server.ts';
import {
  type Answer,
  calm,
  clientOf,
  gather,
  type ScriptedServer,
  type SeenRequest,
  startScriptedServer,
} from '../media-server/scripted-server.ts';

const open: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function start(answer: (request: SeenRequest) => Answer) {
  const server = await startScriptedServer(answer);
  open.push(server);
  return server;
}

const SINCE = new Date('2026-11-20T11:00:00Z');
const input = { libraryId: 'lib', userId: 'u1', signal: calm() };

/** Episodes played a minute after each other, the last one first, as both servers write dates. */
const shelf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    Type: 'Episode',
    Id: String(5_000 - index),
    UserData: {
      Played: true,
      PlayCount: 1,
      LastPlayedDate: `${new Date(Date.parse('2026-11-20T12:00:00Z') - index * 60_000).toISOString().slice(0, -1)}0000Z`,
    },
  }));

function pageOf(items: readonly unknown[], { query }: SeenRequest, total = items.length): Answer {
  const from = Number(query.get('StartIndex'));
  return { json: { Items: items.slice(from, from + Number(query.get('Limit'))), TotalRecordCount: total } };
}

describe.each<Dialect>(['jellyfin', 'emby'])('the plays since a time, of %s', (dialect) => {
  it('are asked for by library, the last one first, with dates and the total', async () => {
    const server = await start((request) => pageOf(shelf(3), request));
    const recent = await clientOf(server, { dialect }).playsSince({ ...input, since: SINCE });
    expect(recent).toMatchObject({ total: 3, items: [{ itemId: '5000', played: true }, {}, {}] });
    expect(server.requests).toHaveLength(1);
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toMatchObject({
      ParentId: 'lib',
      Recursive: 'true',
      IncludeItemTypes: 'Episode',
      Filters: 'IsPlayed',
      SortBy: 'DatePlayed,SortName',
      SortOrder: 'Descending',
      EnableTotalRecordCount: 'true',
      // Emby leaves both out of lists unless they are asked for (its OpenAPI document, ItemFields).
      Fields: 'UserDataPlayCount,UserDataLastPlayedDate',
    });
  });

  it('end with the page that goes beyond that time', async () => {
    const server = await start((request) => pageOf(shelf(1_000), request));
    const { items, total } = await clientOf(server, { dialect }).playsSince({ ...input, since: SINCE });
    expect(items).toHaveLength(61);
    expect(total).toBe(1_000);
    expect(server.requests).toHaveLength(1);
  });

  it('are read to the end from a server that does not sort by date', async () => {
    const mixed = shelf(250).toSorted((one, other) => (Number(one.Id) % 7) - (Number(other.Id) % 7));
    const server = await start((request) => pageOf(mixed, request));
    const { items } = await clientOf(server, { dialect }).playsSince({ ...input, since: SINCE });
    expect(items).toHaveLength(61);
    expect(server.requests.length).toBeGreaterThan(2);
  });

  it('leave out what has no date, and say no total where the server counts none', async () => {
    const undated = shelf(2).map(({ UserData: _, ...item }) => ({ ...item, UserData: { Played: true } }));
    const server = await start((request) => pageOf(undated, request, 0));
    expect(await clientOf(server, { dialect }).playsSince({ ...input, since: SINCE })).toEqual({
      items: [],
      total: null,
    });
  });
});

describe('items by their ids', () => {
  it('are asked for in addresses of at most 8 KB, each once [Kestrel limits a request line to 8,192 bytes]', async () => {
    const ids = Array.from({ length: 400 }, (_, index) => (index + 1).toString(16).padStart(32, '0'));
    const server = await start(({ query }) => ({
      json: {
        Items: (query.get('Ids') ?? '')
          .split(',')
          .map((Id) => ({ Id, Type: 'Episode', UserData: { Played: false } })),
      },
    }));
    const states = await clientOf(server, { dialect: 'jellyfin' }).playStatesOf({
      userId: 'u1',
      itemIds: [...ids, ...ids],
      signal: calm(),
    });
    expect(states.map((state) => state.itemId)).toEqual(ids);
    expect(states[0]).toMatchObject({ played: false, positionMs: 0, lastPlayedAt: null });
    expect(server.requests).toHaveLength(3);
    for (const { path, query } of server.requests) expect(`${path}?${query}`.length).toBeLessThan(7_000);
  });

  it('cost no request when there are none', async () => {
    const server = await start(() => ({ json: { Items: [] } }));
    const client = clientOf(server, { dialect: 'emby' });
    const none = { userId: 'u1', itemIds: [], signal: calm() };
    expect(await client.playStatesOf(none)).toEqual([]);
    expect(await client.unplayedCounts(none)).toEqual(new Map());
    expect(server.requests).toEqual([]);
  });

  it('tell how many episodes of a series are unplayed, where the server says so', async () => {
    const server = await start(() => ({
      json: {
        Items: [
          { Type: 'Series', Id: 's1', UserData: { UnplayedItemCount: 7 } },
          { Type: 'Series', Id: 's2', UserData: {} },
          { Type: 'Series', Id: 's3' },
          { Type: 'BoxSet', Id: 's4', UserData: { UnplayedItemCount: 3 } },
          { Type: 'Series', UserData: { UnplayedItemCount: 3 } },
          null,
        ],
      },
    }));
    const counts = await clientOf(server, { dialect: 'jellyfin' }).unplayedCounts({
      userId: 'u1',
      itemIds: ['s1', 's2', 's3', 's4'],
      signal: calm(),
    });
    expect(counts).toEqual(new Map([['s1', 7]]));
  });
});

describe('the activity log', () => {
  const since = new Date('2026-11-20T11:00:00.250Z');

  it('tells who played what [ActivityLogController.cs; Emby OpenAPI, /System/ActivityLog/Entries]', async () => {
    const server = await start(() => ({
      json: {
        Items: [
          { Type: 'VideoPlaybackStopped', UserId: 'u1', ItemId: 'i1' },
          { Type: 'playback.stop', UserId: 'u2' },
          { Type: 'SessionStarted', UserId: 'u3', ItemId: 'i3' },
          { Type: 'VideoPlayback', ItemId: 'i4' },
          'nonsense',
        ],
      },
    }));
    const client = clientOf(server, { dialect: 'jellyfin' });
    expect(await client.activity({ since, signal: calm() })).toEqual([
      { userId: 'u1', itemId: 'i1' },
      { userId: 'u2', itemId: null },
    ]);
    expect(server.requests[0]?.path).toBe('/System/ActivityLog/Entries');
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toMatchObject({
      minDate: '2026-11-20T11:00:00.250Z',
      hasUserId: 'true',
    });
  });

  it.each([404, 403, 500])('is unknown where the server answers %i', async (status) => {
    const server = await start(() => ({ status, text: 'no' }));
    expect(await clientOf(server, { dialect: 'emby' }).activity({ since, signal: calm() })).toBeNull();
  });

  it('is unknown when it is too long to be worth reading', async () => {
    const entry = { Type: 'VideoPlayback', UserId: 'u1', ItemId: 'i1' };
    const server = await start(() => ({ json: { Items: Array.from({ length: 500 }, () => entry) } }));
    expect(await clientOf(server, { dialect: 'jellyfin' }).activity({ since, signal: calm() })).toBeNull();
    expect(server.requests).toHaveLength(10);
  });
});

it('the time is that of the server, as its last answer said', async () => {
  const server = await start((request) => ({
    ...(request.path === '/Items' && { headers: { date: 'Fri, 20 Nov 2026 12:00:00 GMT' } }),
    json: { Items: [] },
  }));
  const client = clientOf(server, { dialect: 'jellyfin' });
  expect(client.serverTime()).toBeNull();
  await gather(client.begunEpisodes(input));
  expect(client.serverTime()).toEqual(new Date('2026-11-20T12:00:00Z'));
});
