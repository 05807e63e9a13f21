import { afterEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  calm,
  clientOf,
  type ScriptedServer,
  type SeenRequest,
  startScriptedServer,
} from './scripted-server.ts';

let server: ScriptedServer;

afterEach(() => server.close());

async function start(dialect: 'jellyfin' | 'emby', answer: (request: SeenRequest) => Answer) {
  server = await startScriptedServer(answer);
  return clientOf(server, { dialect, pageSize: 2 });
}

const asked = () => server.requests.map(({ method, path }) => `${method} ${path}`);
const folder = { Name: "Ann's picks", ItemId: 'lib-1', Locations: ['/l'], CollectionType: 'tvshows' };

describe('libraries', () => {
  it('are told with options, scan and the id that policies use', async () => {
    const client = await start('emby', () => ({
      json: {
        Items: [
          {
            ...folder,
            Guid: 'guid-1',
            RefreshStatus: 'Active',
            LibraryOptions: { EnablePhotos: false, New: [1] },
          },
          { ...folder, ItemId: 'lib-2', RefreshStatus: 'Idle', LibraryOptions: 'nonsense' },
          { Name: 'no id yet' },
        ],
      },
    }));
    expect(await client.serverLibraries(calm())).toMatchObject([
      { id: 'lib-1', folderId: 'guid-1', isScanning: true, options: { EnablePhotos: false, New: [1] } },
      { id: 'lib-2', folderId: 'lib-2', isScanning: false, options: null },
    ]);
  });

  it.each([7, null, { ItemId: 'lib-3' }, { Name: 'Shows', ItemId: {} }])(
    'are believed whole or not at all, or %j would pass for one that is gone',
    async (broken) => {
      const client = await start('emby', () => ({ json: { Items: [folder, broken] } }));
      const bad = { code: 'MEDIA_SERVER_BAD_ANSWER', retryable: true };
      await expect(client.libraries(calm())).rejects.toMatchObject(bad);
      await expect(client.serverLibraries(calm())).rejects.toMatchObject(bad);
    },
  );

  it('one that is gone already is not removed again', async () => {
    const client = await start('jellyfin', () => ({ json: [] }));
    await client.removeLibrary({ libraryId: 'lib-1', signal: calm() });
    expect(asked()).toEqual(['GET /Library/VirtualFolders']);
  });

  it('one that is gone although the server said that it failed counts as removed', async () => {
    let isThere = true;
    const client = await start('jellyfin', ({ method }) => {
      if (method === 'GET') return { json: isThere ? [folder] : [] };
      isThere = false;
      return { status: 500 };
    });
    await client.removeLibrary({ libraryId: 'lib-1', signal: calm() });
    expect(server.requests[1]?.query.get('name')).toBe("Ann's picks");
  });

  it.each([
    ['says that it did', { status: 204 }, 'MEDIA_SERVER_BAD_ANSWER'],
    ['refuses', { status: 403 }, 'MEDIA_SERVER_REFUSED'],
  ])('one that stays while the server %s is an error', async (_, answer, code) => {
    const client = await start('emby', ({ method }) =>
      method === 'GET' ? { json: { Items: [folder] } } : answer,
    );
    await expect(client.removeLibrary({ libraryId: 'lib-1', signal: calm() })).rejects.toMatchObject({
      code,
      remedy: expect.any(String),
    });
  });

  it('options are sent whole to one library [LibraryOptions of both OpenAPI documents]', async () => {
    const client = await start('jellyfin', () => ({ status: 204 }));
    const options = { EnablePhotos: true, PathInfos: [{ Path: '/l' }] };
    await client.setLibraryOptions({ libraryId: 'lib-1', options, signal: calm() });
    expect(server.requests[0]).toMatchObject({
      path: '/Library/VirtualFolders/LibraryOptions',
      body: { Id: 'lib-1', LibraryOptions: options },
    });
  });
});

describe('policies', () => {
  it('of all users come page by page from Emby, every property as it was [Emby OpenAPI, /Users/Query]', async () => {
    const users = [1, 2, 3, 4, 5].map((id) => ({
      Id: `u${id}`,
      Name: `U${id}`,
      Policy: { Odd: [id, null] },
    }));
    const client = await start('emby', ({ query }) => {
      const from = Number(query.get('StartIndex'));
      return { json: { Items: users.slice(from, from + Number(query.get('Limit'))) } };
    });
    expect(Object.fromEntries(await client.policies(calm()))).toEqual(
      Object.fromEntries(users.map(({ Id, Policy }) => [Id, Policy])),
    );
    expect(server.requests.length).toBeGreaterThan(2);
  });

  it('users without a policy or an id are left out', async () => {
    const client = await start('jellyfin', () => ({
      json: [
        { Id: 'a', Policy: { EnableAllFolders: true } },
        { Id: 'b' },
        { Policy: {} },
        { Id: 'c', Policy: [] },
        null,
      ],
    }));
    expect([...(await client.policies(calm())).keys()]).toEqual(['a']);
  });

  it.each<[string, Answer, string]>([
    ['an unknown user', { status: 404 }, 'NOT_FOUND'],
    ['an answer without a policy', { json: { Id: 'u' } }, 'MEDIA_SERVER_BAD_ANSWER'],
    ['a list', { json: [] }, 'MEDIA_SERVER_BAD_ANSWER'],
    ['a page', { text: '<html>' }, 'MEDIA_SERVER_BAD_ANSWER'],
  ])('%s is an error', async (_, answer, code) => {
    const client = await start('jellyfin', () => answer);
    await expect(client.policy('u/1', calm())).rejects.toMatchObject({ code });
    expect(server.requests[0]?.path).toBe('/Users/u%2F1');
  });

  it('are written back as they are given [UserController.UpdateUserPolicy replaces the whole policy]', async () => {
    const client = await start('emby', () => ({ status: 204 }));
    const policy = { EnableAllFolders: false, EnabledFolders: ['g'], Unknown: { a: [null] } };
    await client.setPolicy({ userId: 'u1', policy, signal: calm() });
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/Users/u1/Policy', body: policy });
  });
});

describe('marking as played', () => {
  const mark = { userId: 'u', itemId: 'i', at: new Date('2026-01-02T03:04:05Z') };

  it('falls back to the path of Jellyfin 10.8 where the new one is not known [PlaystateController.cs, v10.8]', async () => {
    const client = await start('jellyfin', ({ path }) => ({
      status: path.startsWith('/UserPlayed') ? 404 : 200,
    }));
    await client.markPlayed({ ...mark, signal: calm() });
    expect(asked()).toEqual(['POST /UserPlayedItems/i', 'POST /Users/u/PlayedItems/i']);
    expect(server.requests[1]?.query.get('datePlayed')).toBe('2026-01-02T03:04:05.000Z');
  });

  it.each([401, 403, 500])('does not after %i, which means something else', async (status) => {
    const client = await start('jellyfin', () => ({ status }));
    await expect(client.markPlayed({ ...mark, signal: calm() })).rejects.toThrow(String(status));
    expect(asked().every((one) => one === 'POST /UserPlayedItems/i')).toBe(true);
  });

  it('of an item that is gone is an error, and Emby has one path only', async () => {
    const client = await start('jellyfin', () => ({ status: 404 }));
    await expect(client.markPlayed({ ...mark, signal: calm() })).rejects.toThrow('There is no');
    await server.close();
    const emby = await start('emby', () => ({ status: 404 }));
    await expect(emby.markPlayed({ ...mark, signal: calm() })).rejects.toThrow('There is no');
    expect(asked()).toEqual(['POST /Users/u/PlayedItems/i']);
  });
});
