import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type Answer,
  calm,
  clientOf,
  EMBY_INFO,
  gather,
  JELLYFIN_INFO,
  KEY,
  type ScriptedServer,
  type SeenRequest,
  startScriptedServer,
} from './scripted-server.ts';

const open: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** A server that introduces itself as `info` and leaves everything else to `answer`. */
async function start(
  info: object,
  answer: (request: SeenRequest) => Answer | Promise<Answer> = () => ({ status: 404 }),
): Promise<ScriptedServer> {
  const server = await startScriptedServer((request) =>
    request.path.endsWith('/System/Info/Public') ? { json: info } : answer(request),
  );
  open.push(server);
  return server;
}

describe('connecting', () => {
  test('to Jellyfin sends the key in the one header that every version takes [Jellyfin AuthorizationContext.cs]', async () => {
    const server = await start(JELLYFIN_INFO, () => ({ json: { ...JELLYFIN_INFO, ProductName: undefined } }));
    expect(await clientOf(server).connect(calm())).toEqual({
      dialect: 'jellyfin',
      id: 'srv',
      name: 'Home',
      version: '12.0.0',
    });
    const [first, second] = server.requests;
    expect(first?.headers.authorization).toBeUndefined();
    expect(second?.path).toBe('/System/Info');
    expect(second?.headers.authorization).toMatch(
      /^MediaBrowser Client="[^"]+", Device="[^"]+", DeviceId="[^"]+", Version="[^"]+", Token="k3y-of-the-test"$/,
    );
    expect(second?.headers['x-emby-token']).toBeUndefined();
  });

  test('to Emby sends its own header [Emby OpenAPI, security schemes]', async () => {
    const server = await start(EMBY_INFO, () => ({ json: EMBY_INFO }));
    expect(await clientOf(server).connect(calm())).toMatchObject({ dialect: 'emby', version: '4.9.0.42' });
    expect(server.requests[1]?.headers).toMatchObject({ 'x-emby-token': KEY });
    expect(server.requests[1]?.headers.authorization).toBeUndefined();
  });

  test('keeps a base path', async () => {
    const server = await start(EMBY_INFO, () => ({ json: EMBY_INFO }));
    await clientOf({ url: `${server.url}/emby/` }).connect(calm());
    expect(server.requests.map(({ path }) => path)).toEqual([
      '/emby/System/Info/Public',
      '/emby/System/Info',
    ]);
  });

  test('finds out the dialect once, however many calls come first', async () => {
    const server = await start(JELLYFIN_INFO, () => ({ json: [] }));
    const client = clientOf(server);
    await Promise.all([client.libraries(calm()), client.users(calm()), client.libraries(calm())]);
    expect(server.requests.filter(({ path }) => path === '/System/Info/Public')).toHaveLength(1);
    expect(server.mostAtOnce()).toBe(1);
  });

  test('believes a dialect that is given', async () => {
    const server = await start(JELLYFIN_INFO, () => ({ json: { Items: [] } }));
    expect(await clientOf(server, { dialect: 'emby' }).libraries(calm())).toEqual([]);
    expect(server.requests.map(({ path }) => path)).toEqual(['/Library/VirtualFolders/Query']);
  });

  test('tries again after a failed attempt to find out the dialect', async () => {
    let isUp = false;
    const server = await startScriptedServer(() => (isUp ? { json: EMBY_INFO } : { status: 404 }));
    open.push(server);
    const client = clientOf(server);
    await expect(client.connect(calm())).rejects.toMatchObject({ code: 'MEDIA_SERVER_BAD_ANSWER' });
    isUp = true;
    expect(await client.connect(calm())).toMatchObject({ dialect: 'emby' });
  });
});

describe('an error says what is wrong and what to do', () => {
  test('when nothing listens', async () => {
    const probe = createTcpServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const address = probe.address();
    await new Promise((resolve) => probe.close(resolve));
    const port = typeof address === 'object' ? address?.port : 0;
    await expect(clientOf({ url: `http://127.0.0.1:${port}` }).connect(calm())).rejects.toMatchObject({
      code: 'MEDIA_SERVER_UNREACHABLE',
      message: expect.stringContaining(`http://127.0.0.1:${port}/System/Info/Public: nothing listens there`),
      remedy: expect.stringMatching(/address and port/),
      retryable: true,
    });
  });

  test('when the host is unknown', async () => {
    await expect(clientOf({ url: 'http://media.invalid' }).connect(calm())).rejects.toMatchObject({
      code: 'MEDIA_SERVER_UNREACHABLE',
      message: expect.stringContaining('http://media.invalid'),
    });
  });

  test('when the server hangs', async () => {
    const server = await start(JELLYFIN_INFO, () => () => {});
    await expect(
      clientOf(server, { http: { timeoutMs: 50, tries: 2 } }).connect(calm()),
    ).rejects.toMatchObject({
      code: 'MEDIA_SERVER_UNREACHABLE',
      message: expect.stringContaining('within 50 ms'),
      retryable: true,
    });
    expect(server.requests).toHaveLength(3);
  });

  test.each([
    [JELLYFIN_INFO, { json: { status: 401, title: 'invalid access token' } }, 'invalid access token'],
    [EMBY_INFO, { text: 'Access token is invalid or expired.' }, 'Access token is invalid or expired'],
    [JELLYFIN_INFO, { text: '' }, 'key refused, or a legacy auth header.'],
  ])('when the key is refused by %j', async (info, answer, said) => {
    const server = await start(info, () => ({ status: 401, ...answer }));
    await expect(clientOf(server).connect(calm())).rejects.toMatchObject({
      code: 'MEDIA_SERVER_REFUSED',
      message: expect.stringContaining(said),
      remedy: expect.stringMatching(/new API key/),
      retryable: false,
    });
    expect(server.requests).toHaveLength(2);
  });

  test('when the key has not the right', async () => {
    const server = await start(JELLYFIN_INFO, () => ({ status: 403 }));
    await expect(clientOf(server).users(calm())).rejects.toMatchObject({
      code: 'MEDIA_SERVER_REFUSED',
      remedy: expect.stringMatching(/administrator/),
    });
  });

  test('when the server repeats the key, without the key', async () => {
    const server = await start(JELLYFIN_INFO, () => ({ status: 401, text: `Token ${KEY} is not valid` }));
    const attempt = clientOf(server).connect(calm());
    await expect(attempt).rejects.toThrow(/Token \[hidden\] is not valid/);
    await expect(attempt).rejects.not.toThrow(KEY);
  });

  test('when the server is starting [Jellyfin answers 503 with Retry-After]', async () => {
    const starting: Answer = { status: 503, headers: { 'retry-after': '5' }, text: '<html>starting</html>' };
    const server = await startScriptedServer(() => starting);
    open.push(server);
    await expect(clientOf(server).connect(calm())).rejects.toMatchObject({
      code: 'MEDIA_SERVER_STARTING',
      retryable: true,
      retryAfterMs: 5_000,
    });
    expect(server.requests).toHaveLength(3);
  });

  test('when the server has too much to do', async () => {
    const server = await start(JELLYFIN_INFO, () => ({ status: 429, headers: { 'retry-after': '1' } }));
    await expect(clientOf(server).connect(calm())).rejects.toMatchObject({
      code: 'MEDIA_SERVER_UNREACHABLE',
      message: expect.stringContaining('429'),
      retryAfterMs: 1_000,
    });
  });

  test.each([
    ['a web page', { text: '<!doctype html><title>Router</title>' }],
    ['other JSON', { json: { hello: 'world' } }],
    ['a list', { json: [] }],
    ['404', { status: 404 }],
    ['a log-in', { status: 401 }],
  ])('when something else answers there: %s', async (_name, answer: Answer) => {
    const server = await startScriptedServer(() => answer);
    open.push(server);
    await expect(clientOf(server).connect(calm())).rejects.toMatchObject({
      code: 'MEDIA_SERVER_BAD_ANSWER',
      message: `What answers at ${server.url} is not a Jellyfin or Emby server.`,
      remedy: expect.stringMatching(/base path/),
      retryable: false,
    });
    expect(server.requests).toHaveLength(1);
  });

  test('when the address redirects', async () => {
    const server = await startScriptedServer(() => ({
      status: 301,
      headers: { location: 'https://media.example/System/Info/Public?x=1' },
    }));
    open.push(server);
    await expect(clientOf(server).connect(calm())).rejects.toMatchObject({
      code: 'MEDIA_SERVER_BAD_ANSWER',
      message: expect.stringContaining('redirects to https://media.example/System/Info/Public.'),
    });
  });

  test('when the answer breaks off every time', async () => {
    const server = await start(JELLYFIN_INFO, () => (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"Id":', () => response.destroy());
    });
    await expect(clientOf(server).connect(calm())).rejects.toMatchObject({
      code: 'MEDIA_SERVER_BAD_ANSWER',
      message: expect.stringContaining('broke off'),
      retryable: true,
    });
  });

  test.each([[{ Items: 'none' }], [{}], ['text'], [null]])('when a list is %j', async (json) => {
    const server = await start(JELLYFIN_INFO, () => ({ json }));
    const list = clientOf(server).series({ libraryId: 'l', userId: 'u', signal: calm() });
    await expect(gather(list)).rejects.toMatchObject({ code: 'MEDIA_SERVER_BAD_ANSWER' });
    await expect(clientOf(server).libraries(calm())).rejects.toMatchObject({
      code: 'MEDIA_SERVER_BAD_ANSWER',
    });
  });

  test('when the server fails, in its own words [Emby answers plain text to a bad user id]', async () => {
    const server = await start(EMBY_INFO, () => ({ status: 500, text: 'Unrecognized Guid format.\r\n' }));
    const list = clientOf(server).series({ libraryId: 'l', userId: 'nobody', signal: calm() });
    await expect(gather(list)).rejects.toMatchObject({
      code: 'MEDIA_SERVER_BAD_ANSWER',
      message: `${server.url}/Users/nobody/Items answered 500 ("Unrecognized Guid format").`,
    });
  });
});

test('a retry is logged without the key', async () => {
  const warn = vi.fn();
  let calls = 0;
  const server = await start(JELLYFIN_INFO, () =>
    calls++ === 0 ? { status: 502 } : { json: JELLYFIN_INFO },
  );
  const { createLogger } = await import('../../../src/platform/log.ts');
  const log = createLogger('silent');
  log.warn = warn;
  await clientOf(server, { log }).connect(calm());
  expect(warn).toHaveBeenCalledOnce();
  expect(JSON.stringify(warn.mock.calls)).toContain('status 502');
  expect(JSON.stringify(warn.mock.calls)).not.toContain(KEY);
});
