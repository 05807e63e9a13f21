import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { Principal } from '../../../schema/principal.ts';
import { caller } from '../../support/api.ts';
import { KEY, startTestServer, type TestServer } from '../../support/http-server.ts';

/** Long enough to connect within it. */
const LIFE_MS = 1_500;
let folder: string;
let api: TestServer;
let holder: Principal | null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'showrunner-page-'));
  await writeFile(join(folder, 'index.html'), '');
});

afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  holder = caller('ADMIN');
  api = await startTestServer(folder, {
    authenticate: async (key) => {
      const isOver = holder?.expiresAt && holder.expiresAt.getTime() <= Date.now();
      return key === KEY && !isOver ? holder : null;
    },
    limits: { recheckMs: 20 },
  });
});

afterEach(() => api.server.close(1_000));

type Closed = { code: number; reason: string };

/** Opens a WebSocket and waits until the server has taken its key. */
async function connect(
  way: 'header' | 'parameters' | 'apiKey',
): Promise<{ closed: Promise<Closed>; socket: WebSocket }> {
  const authorization = `Bearer ${KEY}`;
  const headers = way === 'header' ? { authorization } : {};
  const payload = { header: {}, parameters: { authorization }, apiKey: { apiKey: KEY } }[way];
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    headers,
  });
  const closed = once(socket, 'close').then(([code, reason]): Closed => ({ code, reason: String(reason) }));
  await once(socket, 'open');
  const answered = once(socket, 'message');
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  const [message] = await answered;
  expect(JSON.parse(String(message))).toMatchObject({ type: 'connection_ack' });
  return { closed, socket };
}

describe.each(['header', 'parameters', 'apiKey'] as const)('a WebSocket whose key came by %s', (way) => {
  it('is closed with 4403 and the reason when the key expires, also while nothing runs on it', async () => {
    holder = { ...caller('ADMIN'), expiresAt: new Date(Date.now() + LIFE_MS) };
    const { closed } = await connect(way);
    expect(await closed).toEqual({ code: 4403, reason: 'The key has expired' });
  });

  it('is closed with 4403 and the reason when the key is revoked, also while nothing runs on it', async () => {
    const { closed } = await connect(way);
    holder = null;
    expect(await closed).toEqual({ code: 4403, reason: 'The key is not valid any more' });
  });
});

it('ends a subscription when the key of its WebSocket expires', async () => {
  holder = { ...caller('ADMIN'), expiresAt: new Date(Date.now() + LIFE_MS) };
  const { closed, socket } = await connect('parameters');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { silent }' } }));
  expect(await closed).toEqual({ code: 4403, reason: 'The key has expired' });
});

it('stays open while a longer life is given to the key', async () => {
  holder = { ...caller('ADMIN'), expiresAt: new Date(Date.now() + LIFE_MS) };
  const { closed } = await connect('header');
  const end = Date.now() + LIFE_MS + 300;
  holder = { ...caller('ADMIN'), expiresAt: new Date(end) };
  expect(await closed).toMatchObject({ code: 4403 });
  expect(Date.now()).toBeGreaterThanOrEqual(end);
});
