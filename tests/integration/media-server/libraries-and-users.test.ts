import { afterEach, describe, expect, test } from 'vitest';
import type { Dialect } from '../../../src/media-server/media-server.ts';
import {
  type Answer,
  calm,
  clientOf,
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

interface Folder {
  Name: string;
  ItemId?: string;
  Guid?: string;
  Locations: string[];
  CollectionType?: string;
}

/** A server whose libraries are `folders`; a POST is left to `create`. */
function librariesServer(folders: Folder[], dialect: Dialect, create: (request: SeenRequest) => Answer) {
  return start((request) => {
    if (request.method === 'POST') return create(request);
    return { json: dialect === 'emby' ? { Items: folders, TotalRecordCount: folders.length } : folders };
  });
}

const wanted = { name: 'AI Picks - 지수, & Co', path: '/picks/jisoo, series', signal: calm() };

describe('creating a library', () => {
  test('on Jellyfin gives the path in the options, since commas split the parameter [Jellyfin LibraryStructureController.cs]', async () => {
    const folders: Folder[] = [];
    const server = await librariesServer(folders, 'jellyfin', () => {
      folders.push({ Name: 'AI Picks', ItemId: 'new', Locations: [wanted.path], CollectionType: 'tvshows' });
      return { status: 204 };
    });
    expect(await clientOf(server, { dialect: 'jellyfin' }).createLibrary(wanted)).toMatchObject({
      id: 'new',
    });
    const post = server.requests.find(({ method }) => method === 'POST');
    expect(post?.path).toBe('/Library/VirtualFolders');
    expect(Object.fromEntries(post?.query ?? [])).toEqual({
      name: wanted.name,
      collectionType: 'tvshows',
      refreshLibrary: 'true',
    });
    expect(post?.body).toMatchObject({ LibraryOptions: { PathInfos: [{ Path: wanted.path }] } });
  });

  test('on Emby sends everything as JSON [Emby OpenAPI, AddVirtualFolder]', async () => {
    const folders: Folder[] = [];
    const server = await librariesServer(folders, 'emby', () => {
      folders.push({ Name: wanted.name, ItemId: '77', Locations: [wanted.path], CollectionType: 'tvshows' });
      return { status: 204 };
    });
    expect(await clientOf(server, { dialect: 'emby' }).createLibrary(wanted)).toEqual({
      id: '77',
      name: wanted.name,
      collectionType: 'tvshows',
      locations: [wanted.path],
    });
    const post = server.requests.find(({ method }) => method === 'POST');
    expect(post?.body).toMatchObject({
      Name: wanted.name,
      CollectionType: 'tvshows',
      Paths: [wanted.path],
      RefreshLibrary: false,
    });
  });

  test.each<Dialect>(['jellyfin', 'emby'])(
    'on %s turns off watching, fetching, grouping, extracting and saving [LibraryOptions in both OpenAPI documents]',
    async (dialect) => {
      const folders: Folder[] = [];
      const server = await librariesServer(folders, dialect, () => {
        folders.push({ Name: 'x', ItemId: '1', Locations: [wanted.path] });
        return { status: 204 };
      });
      await clientOf(server, { dialect }).createLibrary(wanted);
      const post = server.requests.find(({ method }) => method === 'POST');
      expect(post?.body).toMatchObject({
        LibraryOptions: {
          EnableRealtimeMonitor: false,
          EnableInternetProviders: false,
          EnableAutomaticSeriesGrouping: false,
          EnableTrickplayImageExtraction: false,
          EnableChapterImageExtraction: false,
          SaveLocalMetadata: false,
          MetadataSavers: [],
          TypeOptions: ['Series', 'Season', 'Episode'].map((Type) => ({
            Type,
            MetadataFetchers: [],
            ImageFetchers: [],
          })),
        },
      });
    },
  );

  test('that is there returns it and creates nothing', async () => {
    const existing = {
      Name: 'Renamed by the admin',
      ItemId: 'old',
      Locations: ['/other', '/picks/jisoo, series/'],
    };
    const server = await librariesServer([existing], 'jellyfin', () => ({ status: 500 }));
    expect(await clientOf(server, { dialect: 'jellyfin' }).createLibrary(wanted)).toMatchObject({
      id: 'old',
    });
    expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  test('knows a Windows folder in any case and with either slash', async () => {
    const existing = { Name: 'Picks', ItemId: 'old', Locations: ['D:\\Picks\\Jisoo\\'] };
    const server = await librariesServer([existing], 'emby', () => ({ status: 500 }));
    const input = { ...wanted, path: 'd:/picks/jisoo' };
    expect(await clientOf(server, { dialect: 'emby' }).createLibrary(input)).toMatchObject({ id: 'old' });
  });

  test('is refused when another library has the name', async () => {
    const other = { Name: wanted.name.toUpperCase(), ItemId: 'x', Locations: ['/tv'] };
    const server = await librariesServer([other], 'jellyfin', () => ({ status: 204 }));
    await expect(clientOf(server, { dialect: 'jellyfin' }).createLibrary(wanted)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(server.requests).toHaveLength(1);
  });

  test('waits until the server has given it an id [Jellyfin LibraryManager.GetVirtualFolderInfo]', async () => {
    const created: Folder = { Name: wanted.name, Locations: [wanted.path] };
    const folders: Folder[] = [];
    const server = await start((request) => {
      if (request.method === 'POST') folders.push(created);
      else if (folders.length > 0 && server.requests.length > 3) created.ItemId = 'late';
      return { json: folders };
    });
    expect(await clientOf(server, { dialect: 'jellyfin' }).createLibrary(wanted)).toMatchObject({
      id: 'late',
    });
  });

  test('whose answer is lost is found all the same', async () => {
    const folders: Folder[] = [];
    const server = await librariesServer(folders, 'emby', () => {
      folders.push({ Name: wanted.name, ItemId: '9', Locations: [wanted.path] });
      return (response) => void response.destroy();
    });
    expect(await clientOf(server, { dialect: 'emby' }).createLibrary(wanted)).toMatchObject({ id: '9' });
    expect(server.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  test('over a folder that the server does not see says so [LibraryManager.AddVirtualFolder]', async () => {
    const server = await librariesServer([], 'jellyfin', () => ({
      status: 400,
      text: 'The path does not exist.',
    }));
    await expect(clientOf(server, { dialect: 'jellyfin' }).createLibrary(wanted)).rejects.toMatchObject({
      code: 'MEDIA_SERVER_BAD_ANSWER',
      message: expect.stringContaining('The path does not exist'),
      field: 'path',
      value: wanted.path,
      remedy: expect.stringMatching(/sees this folder/),
    });
  });
});

describe('refreshing a library', () => {
  test.each<[Dialect, object]>([
    ['jellyfin', { metadataRefreshMode: 'Default', imageRefreshMode: 'Default' }],
    ['emby', { Recursive: 'true', MetadataRefreshMode: 'Default', ImageRefreshMode: 'Default' }],
  ])('on %s refreshes the item, which answers at once', async (dialect, query) => {
    const server = await start(() => ({ status: 204 }));
    await clientOf(server, { dialect }).refreshLibrary('a/b', calm());
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/Items/a%2Fb/Refresh' });
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toEqual(query);
  });
});

describe('marking as played', () => {
  const input = { userId: 'u1', itemId: 'e1', at: new Date('2026-11-20T05:06:07.890Z'), signal: calm() };

  test('on Jellyfin [PlaystateController.cs]', async () => {
    const server = await start(() => ({ json: {} }));
    await clientOf(server, { dialect: 'jellyfin' }).markPlayed(input);
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/UserPlayedItems/e1' });
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toEqual({
      userId: 'u1',
      datePlayed: '2026-11-20T05:06:07.890Z',
    });
  });

  test('on Emby, whose date has a form of its own [Emby OpenAPI, POST /Users/{UserId}/PlayedItems/{Id}]', async () => {
    const server = await start(() => ({ json: {} }));
    await clientOf(server, { dialect: 'emby' }).markPlayed(input);
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/Users/u1/PlayedItems/e1' });
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toEqual({ DatePlayed: '20261120050607' });
  });

  test('is not done twice: each time counts a play [Jellyfin BaseItem.MarkPlayed]', async () => {
    const server = await start(() => ({ status: 500 }));
    await expect(clientOf(server, { dialect: 'jellyfin' }).markPlayed(input)).rejects.toMatchObject({
      code: 'MEDIA_SERVER_BAD_ANSWER',
    });
    expect(server.requests).toHaveLength(1);
  });
});

describe('users', () => {
  const user = (id: string, Policy: object = {}) => ({ Id: id, Name: id, Policy });

  test('of Jellyfin come as one list [Jellyfin OpenAPI, GET /Users]', async () => {
    const server = await start(() => ({ json: [user('a'), { Id: 'c', Name: '' }, user('b')] }));
    const users = await clientOf(server, { dialect: 'jellyfin' }).users(calm());
    expect(users.map(({ id }) => id)).toEqual(['a', 'c', 'b']);
    expect(server.requests.map(({ path }) => path)).toEqual(['/Users']);
  });

  test.each([{ Name: 'no id' }, null, 'x'])(
    'are believed whole or not at all, or %j would pass for one who is gone',
    async (broken) => {
      const server = await start(() => ({ json: [user('a'), broken, user('b')] }));
      await expect(clientOf(server, { dialect: 'jellyfin' }).users(calm())).rejects.toMatchObject({
        code: 'MEDIA_SERVER_BAD_ANSWER',
        retryable: true,
      });
    },
  );

  test('of Emby come in pages [Emby OpenAPI, /Users/Query]', async () => {
    const all = ['a', 'b', 'c', 'd', 'e'].map((id) => user(id));
    const server = await start(({ query }) => {
      const from = Number(query.get('StartIndex'));
      return {
        json: { Items: all.slice(from, from + Number(query.get('Limit'))), TotalRecordCount: all.length },
      };
    });
    const users = await clientOf(server, { dialect: 'emby', pageSize: 3 }).users(calm());
    expect(users.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(new Set(server.requests.map(({ path }) => path))).toEqual(new Set(['/Users/Query']));
  });

  test('see libraries by the libraries’ ids, whichever id the policy uses [Emby policies hold Guids]', async () => {
    const policy = { EnableAllFolders: false, EnabledFolders: ['0F3A-00B1', '0f3a00b1', 'gone'] };
    const server = await start(({ path }) =>
      path === '/Users/Query'
        ? { json: { Items: [user('a', policy)] } }
        : { json: { Items: [{ Name: 'TV', ItemId: '12', Guid: '0f3a00b1', Locations: [] }] } },
    );
    const [first] = await clientOf(server, { dialect: 'emby' }).users(calm());
    expect(first).toMatchObject({ enableAllFolders: false, enabledFolders: ['12', 'gone'] });
  });
});
