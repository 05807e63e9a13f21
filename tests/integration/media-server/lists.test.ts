import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Dialect } from '../../../src/media-server/media-server.ts';
import {
  type Answer,
  calm,
  clientOf,
  deferred,
  gather,
  type ScriptedServer,
  type SeenRequest,
  startScriptedServer,
} from './scripted-server.ts';

const open: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function start(answer: (request: SeenRequest) => Answer | Promise<Answer>): Promise<ScriptedServer> {
  const server = await startScriptedServer(answer);
  open.push(server);
  return server;
}

const episodes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    Type: 'Episode',
    Id: String(1000 + index),
    IndexNumber: index + 1,
  }));

/** Answers a request for items as a server that holds `shelf`. */
function pageOf(shelf: readonly unknown[], { query }: SeenRequest): Answer {
  const from = Number(query.get('StartIndex'));
  return { json: { Items: shelf.slice(from, from + Number(query.get('Limit'))), TotalRecordCount: 0 } };
}

const input = { libraryId: 'lib', userId: 'u 1', signal: calm() };

describe.each<Dialect>(['jellyfin', 'emby'])('a list of %s', (dialect) => {
  test('is asked for explicitly: user, library, order, paging, no box sets, nothing missing [Jellystat#535; ItemsController.cs; Emby Kodi add-on]', async () => {
    const server = await start((request) => pageOf([], request));
    const client = clientOf(server, { dialect });
    await gather(client.series(input));
    await gather(client.seasons(input));
    await gather(client.episodes(input));
    expect(server.requests).toHaveLength(3);
    for (const { path, query } of server.requests) {
      if (dialect === 'emby') expect(path).toBe('/Users/u%201/Items');
      else expect([path, query.get('userId')]).toEqual(['/Items', 'u 1']);
      expect(Object.fromEntries(query)).toMatchObject({
        ParentId: 'lib',
        StartIndex: '0',
        Limit: '500',
        SortBy: 'DateCreated,SortName',
        Recursive: 'true',
        EnableTotalRecordCount: 'false',
        CollapseBoxSetItems: 'false',
        GroupItemsIntoCollections: 'false',
        // What Emby's own Kodi add-on sends, what Jellyfin's ItemsController reads, and what both specs name.
        LocationTypes: 'FileSystem,Remote,Offline',
        ExcludeLocationTypes: 'Virtual',
        IsMissing: 'false',
      });
    }
    expect(server.requests.map(({ query }) => query.get('IncludeItemTypes'))).toEqual([
      'Series',
      'Season',
      'Episode',
    ]);
  });

  test('is read to its end, one request at a time', async () => {
    const server = await start((request) => pageOf(episodes(25), request));
    const result = await gather(clientOf(server, { dialect, pageSize: 10 }).episodes(input));
    expect(result.items.map(({ number }) => number)).toEqual(
      Array.from({ length: 25 }, (_, index) => index + 1),
    );
    expect(result.skipped).toBe(0);
    expect(server.mostAtOnce()).toBe(1);
  });

  test('loses malformed and foreign items one by one, never a page', async () => {
    const strangers = [
      { Type: 'CollectionFolder', Id: '1', Name: 'TV' },
      { Type: 'Episode', Id: '2', LocationType: 'Virtual' },
      { Type: 'Episode', Id: '../2' },
      { Type: 'Episode' },
      null,
      'x',
    ];
    const server = await start((request) => pageOf([...strangers, ...episodes(3)], request));
    const result = await gather(clientOf(server, { dialect }).episodes(input));
    expect([result.items.length, result.skipped]).toEqual([3, 6]);
  });
});

test('the next page, and only that one, is requested while a page is used', async () => {
  const server = await start((request) => pageOf(episodes(40), request));
  const pages = clientOf(server, { dialect: 'emby', pageSize: 10 }).episodes(input)[Symbol.asyncIterator]();
  await pages.next();
  await vi.waitFor(() => expect(server.requests).toHaveLength(2));
  await clientOf(server, { dialect: 'emby' }).libraries(calm());
  expect(server.requests.filter(({ query }) => query.has('StartIndex'))).toHaveLength(2);
  await pages.next();
  await vi.waitFor(() =>
    expect(server.requests.filter(({ query }) => query.has('StartIndex'))).toHaveLength(3),
  );
  await pages.return?.();
});

test('a page is given at once although the next one is slow', async () => {
  const held = deferred();
  const server = await start(async (request) => {
    if (request.query.get('StartIndex') !== '0') await held.promise;
    return pageOf(episodes(15), request);
  });
  const pages = clientOf(server, { dialect: 'emby', pageSize: 10 }).episodes(input)[Symbol.asyncIterator]();
  expect((await pages.next()).value?.items).toHaveLength(10);
  held.resolve();
  expect((await pages.next()).value?.items).toHaveLength(5);
  expect((await pages.next()).done).toBe(true);
});

test('two lists read side by side share the server, one request at a time', async () => {
  const server = await start((request) => pageOf(episodes(30), request));
  const client = clientOf(server, { dialect: 'emby', pageSize: 5 });
  const [first, second] = await Promise.all([gather(client.episodes(input)), gather(client.episodes(input))]);
  expect([first.items.length, second.items.length]).toEqual([30, 30]);
  expect(server.mostAtOnce()).toBe(1);
});

test('a list that shifts while it is read is complete in the end [Jellystat#535: what a list lacks is taken for gone]', async () => {
  const shelf = episodes(30);
  const server = await start((request) => {
    if (server.requests.length === 2) shelf.splice(0, 3);
    return pageOf(shelf, request);
  });
  const result = await gather(clientOf(server, { dialect: 'emby', pageSize: 10 }).episodes(input));
  expect(new Set(result.items.map(({ number }) => number)).size).toBe(30);
  expect(result.items).toHaveLength(30);
});

test('a page that fails for a while is asked for again', async () => {
  let failures = 0;
  const server = await start((request) => {
    if (request.query.get('StartIndex') === '9' && failures++ < 2)
      return { status: 500, text: 'database is locked' };
    return pageOf(episodes(15), request);
  });
  expect(
    (await gather(clientOf(server, { dialect: 'emby', pageSize: 10 }).episodes(input))).items,
  ).toHaveLength(15);
});

test('a page that keeps failing fails the list after the pages before it', async () => {
  const server = await start((request) =>
    request.query.get('StartIndex') === '0' ? pageOf(episodes(15), request) : { status: 500 },
  );
  const pages = clientOf(server, { dialect: 'emby', pageSize: 10 }).episodes(input)[Symbol.asyncIterator]();
  expect((await pages.next()).value?.items).toHaveLength(10);
  await expect(pages.next()).rejects.toMatchObject({ code: 'MEDIA_SERVER_BAD_ANSWER' });
});

describe('a cancelled list', () => {
  const reason = new Error('cancelled by the test');

  test('rejects with the reason in the middle of a page', async () => {
    const controller = new AbortController();
    const server = await start((request) => {
      if (request.query.get('StartIndex') === '0') return pageOf(episodes(15), request);
      return (response) =>
        void response.write('{"Items":[', () => setImmediate(() => controller.abort(reason)));
    });
    const list = clientOf(server, { dialect: 'emby', pageSize: 10 }).episodes({
      ...input,
      signal: controller.signal,
    });
    await expect(gather(list)).rejects.toBe(reason);
  });

  test('rejects with the reason when cancelled between pages', async () => {
    const controller = new AbortController();
    const server = await start((request) => pageOf(episodes(25), request));
    const list = clientOf(server, { dialect: 'emby', pageSize: 10 }).episodes({
      ...input,
      signal: controller.signal,
    });
    const read = async () => {
      for await (const _page of list) controller.abort(reason);
    };
    await expect(read()).rejects.toBe(reason);
  });

  test('leaves the server free for the next call', async () => {
    const controller = new AbortController();
    const server = await start((request) =>
      request.query.has('StartIndex') ? () => {} : { json: { Items: [] } },
    );
    const client = clientOf(server, { dialect: 'emby' });
    const list = gather(client.episodes({ ...input, signal: controller.signal }));
    const libraries = client.libraries(calm());
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    controller.abort(reason);
    await expect(list).rejects.toBe(reason);
    expect(await libraries).toEqual([]);
  });

  test('that is given up by its reader drops the request under way', async () => {
    const closed = deferred();
    const server = await start((request) => {
      if (request.query.get('StartIndex') === '0') return pageOf(episodes(15), request);
      return (response) => void response.once('close', closed.resolve);
    });
    for await (const page of clientOf(server, { dialect: 'emby', pageSize: 10 }).episodes(input)) {
      expect(page.items).toHaveLength(10);
      await vi.waitFor(() => expect(server.requests).toHaveLength(2));
      break;
    }
    await closed.promise;
  });
});

describe('play states', () => {
  const state = (id: string, UserData: object) => ({
    Type: 'Episode',
    Id: id,
    RunTimeTicks: 600_000_000,
    UserData,
  });
  const begun = [
    state('a', { PlaybackPositionTicks: 50_000_000, IsFavorite: true }),
    state('b', { Played: true }),
  ];
  const played = [state('b', { Played: true }), state('c', { Played: true, PlayCount: 4 })];

  test('come from two lists, each episode once, with counts and dates asked for by name [Emby ItemFields]', async () => {
    const server = await start((request) =>
      pageOf(request.query.get('Filters') === 'IsPlayed' ? played : begun, request),
    );
    const result = await gather(clientOf(server, { dialect: 'emby' }).playStates(input));
    expect(
      result.items.map(({ itemId, playCount, positionMs, isFavorite }) => [
        itemId,
        playCount,
        positionMs,
        isFavorite,
      ]),
    ).toEqual([
      ['a', 0, 5_000, true],
      ['b', 1, 0, false],
      ['c', 4, 0, false],
    ]);
    expect(result.skipped).toBe(0);
    expect(server.requests.map(({ query }) => query.get('Filters'))).toEqual(['IsResumable', 'IsPlayed']);
    for (const { query } of server.requests) {
      expect(query.get('Fields')).toBe('UserDataPlayCount,UserDataLastPlayedDate');
      expect([query.get('EnableUserData'), query.get('ParentId')]).toEqual(['true', 'lib']);
    }
  });

  test('without user data are counted as skipped', async () => {
    const server = await start((request) => pageOf([{ Type: 'Episode', Id: 'a' }], request));
    const result = await gather(clientOf(server, { dialect: 'jellyfin' }).playStates(input));
    expect(result).toEqual({ items: [], skipped: 1 });
  });
});

describe('how much a library holds', () => {
  const count = (server: ScriptedServer, dialect: Dialect) =>
    clientOf(server, { dialect }).countItems({ ...input, kind: 'series' });
  const one = { Type: 'Series', Id: '1', Name: 'Andor' };
  const root = { Type: 'CollectionFolder', Id: '9', Name: 'TV' };

  test.each<Dialect>(['jellyfin', 'emby'])('is asked of %s with a total and one item', async (dialect) => {
    const server = await start(() => ({ json: { Items: [one], TotalRecordCount: 34 } }));
    expect(await count(server, dialect)).toBe(34);
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toMatchObject({
      ParentId: 'lib',
      IncludeItemTypes: 'Series',
      EnableTotalRecordCount: 'true',
      Limit: '1',
      CollapseBoxSetItems: 'false',
    });
  });

  // ChildCount of the library's own item is not asked: it is a random number from 1 to 9 [Jellyfin DtoService.GetChildCount].
  test.each<[string, object, number]>([
    ['nothing', { Items: [], TotalRecordCount: 0 }, 0],
    [
      'an item of a server that does not count [Emby answers 0 without a total]',
      { Items: [one], TotalRecordCount: 0 },
      1,
    ],
    ['no total at all', { Items: [] }, 0],
  ])('is %s', async (_what, json, expected) => {
    expect(await count(await start(() => ({ json })), 'emby')).toBe(expected);
  });

  // The last one is what Emby answers to a query that it does not understand [real].
  test.each([
    [[]],
    ['none'],
    [{}],
    [null],
    [{ Items: [null], TotalRecordCount: 0 }],
    [{ Items: [root], TotalRecordCount: 3 }],
  ])('is not told by %j', async (json) => {
    await expect(count(await start(() => ({ json })), 'jellyfin')).rejects.toMatchObject({
      code: 'MEDIA_SERVER_BAD_ANSWER',
    });
  });
});
