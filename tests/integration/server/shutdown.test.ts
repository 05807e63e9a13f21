import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { KEY, startTestServer, type TestServer, until } from '../../support/http-server.ts';
import { bareWebSocket, overSse } from '../../support/subscribe.ts';

let folder: string;
let api: TestServer;
const AUTHORIZATION = `Bearer ${KEY}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'showrunner-page-'));
  await writeFile(join(folder, 'index.html'), '');
});

afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  api = await startTestServer(folder);
});

function ask(query: string) {
  return fetch(`${api.url}/graphql`, {
    method: 'POST',
    headers: { authorization: AUTHORIZATION, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
}

async function client() {
  const socket = await bareWebSocket(api.url, { authorization: AUTHORIZATION });
  socket.send({ type: 'connection_init' });
  await socket.waitFor('connection_ack');
  return socket;
}

/** Begins a query that waits until it is let go, and waits until it is under way. */
async function underWay<Answer>(begin: () => Answer): Promise<{ answer: Answer }> {
  const { letGo } = api.probe;
  const answer = begin();
  await until(() => api.probe.letGo !== letGo);
  return { answer };
}

it('closes WebSockets with 1001 and does not complete what is not over', async () => {
  const socket = await client();
  socket.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { silent }' } });
  await socket.waitFor('next');
  await api.server.close(60_000);
  expect(await socket.closed).toEqual({ code: 1001, reason: 'Going away' });
  expect(socket.messages.at(-1)).toEqual({ type: 'next', id: '1', payload: { data: { silent: 0 } } });
});

it('ends event streams and does not complete them', async () => {
  const items: unknown[] = [];
  let closing: Promise<void> | undefined;
  const read = async () => {
    for await (const item of overSse(api.url, KEY, 'subscription { silent }')) {
      items.push(item);
      closing = api.server.close(60_000);
    }
  };
  await expect(read()).rejects.toThrow('The stream ended without completing.');
  await closing;
  expect(items).toEqual([{ data: { silent: 0 } }]);
});

it('refuses new operations once told to, while those under way go on', async () => {
  const socket = await client();
  socket.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { silent }' } });
  await socket.waitFor('next', '1');
  const { answer } = await underWay(() => ask('{ slow }'));
  api.server.refuseNew();
  const refused = await ask('{ whoami }');
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'SERVER_STOPPING' } }] });
  expect((await fetch(`${api.url}/ready`)).status).toBe(503);
  expect((await fetch(`${api.url}/health`)).status).toBe(200);
  await expect(bareWebSocket(api.url, { authorization: AUTHORIZATION })).rejects.toThrow('503');
  socket.send({ type: 'subscribe', id: '2', payload: { query: '{ whoami }' } });
  expect(await socket.waitFor('error', '2')).toMatchObject({
    payload: [{ extensions: { code: 'SERVER_STOPPING' } }],
  });
  api.probe.letGo();
  expect(await (await answer).json()).toEqual({ data: { slow: 'done' } });
  expect(socket.messages.filter(({ type, id }) => id === '1' && type !== 'next')).toEqual([]);
  await api.server.close(60_000);
});

it('lets requests under way finish and accepts no new connections', async () => {
  const { answer } = await underWay(() => ask('{ slow }'));
  const closing = api.server.close(60_000);
  await expect(bareWebSocket(api.url)).rejects.toThrow('ECONNREFUSED');
  api.probe.letGo();
  expect(await (await answer).json()).toEqual({ data: { slow: 'done' } });
  await closing;
});

it('lets operations over WebSocket finish', async () => {
  const socket = await client();
  await underWay(() => socket.send({ type: 'subscribe', id: '1', payload: { query: '{ slow }' } }));
  const closing = api.server.close(60_000);
  api.probe.letGo();
  await closing;
  expect(socket.messages).toContainEqual({ type: 'next', id: '1', payload: { data: { slow: 'done' } } });
});

it('ends what is not finished at the deadline', async () => {
  const socket = await client();
  await underWay(() => socket.send({ type: 'subscribe', id: '1', payload: { query: '{ slow }' } }));
  const { answer } = await underWay(() => ask('{ slow }'));
  const failed = expect(answer).rejects.toThrow();
  await api.server.close(50);
  await failed;
  await socket.closed;
});

it('does not wait for idle connections and sockets that never close', async () => {
  await (await ask('{ whoami }')).text();
  const socket = await client();
  socket.socket.pause();
  await api.server.close(50);
  socket.socket.terminate();
});

it('says which setting is wrong when the port is taken', async () => {
  const port = Number(new URL(api.url).port);
  const config = { host: '127.0.0.1', port, corsOrigins: [] };
  await expect(startTestServer(folder, { config })).rejects.toMatchObject({
    code: 'BAD_CONFIGURATION',
    field: 'SHOWRUNNER_PORT',
    value: String(port),
  });
  await api.server.close(0);
});

it('says which setting is wrong when the host is not of this machine', async () => {
  const config = { host: '192.0.2.1', port: 0, corsOrigins: [] };
  await expect(startTestServer(folder, { config })).rejects.toMatchObject({
    code: 'BAD_CONFIGURATION',
    field: 'SHOWRUNNER_HOST',
  });
  await api.server.close(0);
});
