import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KEY, startTestServer, type TestServer, until, untilStill } from '../../support/http-server.ts';
import {
  bareWebSocket,
  type Item,
  overSse,
  overWebSocket,
  webSocketClient,
} from '../../support/subscribe.ts';

let folder: string;
let api: TestServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'showrunner-page-'));
  await writeFile(join(folder, 'index.html'), '');
});

afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  api = await startTestServer(folder);
});

afterEach(() => api.server.close(0));

const AUTHORIZATION = `Bearer ${KEY}`;
const transports = [
  ['WebSocket', overWebSocket],
  ['SSE', overSse],
] as const;

async function all(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** A client over a bare WebSocket that was let in. */
async function acknowledged() {
  const client = await bareWebSocket(api.url, { authorization: AUTHORIZATION });
  client.send({ type: 'connection_init' });
  await client.waitFor('connection_ack');
  return client;
}

describe.each(transports)('a subscription over %s', (_, over) => {
  it('gives every item once and in order, then completes', async () => {
    const items = await all(over(api.url, KEY, 'subscription { count(to: 2000) }'));
    expect(items).toEqual(Array.from({ length: 2_000 }, (_item, index) => ({ data: { count: index + 1 } })));
    expect(api.probe.open).toBe(0);
  });

  it('masks what its source throws, and ends', async () => {
    const seen: unknown[] = [];
    try {
      for await (const item of over(api.url, KEY, 'subscription { broken }')) seen.push(item);
    } catch (error) {
      seen.push(error);
    }
    expect(seen[0]).toEqual({ data: { broken: 1 } });
    expect(JSON.stringify(seen.slice(1))).toContain('INTERNAL');
    expect(JSON.stringify(seen)).not.toContain('internal detail');
  });

  it('also carries queries', async () => {
    expect(await all(over(api.url, KEY, '{ whoami }'))).toEqual([{ data: { whoami: 'tester' } }]);
  });

  it('is cleaned up when its client leaves', async () => {
    for await (const item of over(api.url, KEY, 'subscription { endless { number } }'))
      if (Number(Object(item.data?.endless).number) >= 100) break;
    await until(() => api.probe.open === 0);
  });
});

describe('a subscription whose key is revoked', () => {
  beforeEach(async () => {
    await api.server.close(0);
    api = await startTestServer(folder, { limits: { recheckMs: 10 } });
  });

  it('completes over SSE', async () => {
    const items: Item[] = [];
    for await (const item of overSse(api.url, KEY, 'subscription { silent }')) {
      items.push(item);
      api.revoke();
    }
    expect(items).toEqual([{ data: { silent: 0 } }]);
  });

  it('closes its WebSocket with 4403', async () => {
    const client = await acknowledged();
    client.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { silent }' } });
    await client.waitFor('next');
    api.revoke();
    expect((await client.closed).code).toBe(4403);
  });
});

it('gives the same items over both transports', async () => {
  const query = 'subscription { count(to: 500) }';
  const [one, other] = await Promise.all(transports.map(([, over]) => all(over(api.url, KEY, query))));
  expect(one).toEqual(other);
});

/** Clients that begin the endless subscription and then do not read. */
const silentReaders = [
  [
    'WebSocket',
    async () => {
      const client = await acknowledged();
      client.send({
        type: 'subscribe',
        id: '1',
        payload: { query: 'subscription { endless { number padding } }' },
      });
      await client.waitFor('next');
      client.socket.pause();
      return {
        resume: () => client.socket.resume(),
        leave: () => client.socket.terminate(),
        numbers: () =>
          client.messages
            .filter(({ type }) => type === 'next')
            .map(({ payload }) => Number(Object(payload).data.endless.number)),
      };
    },
  ],
  [
    'SSE',
    async () => {
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk;
      });
      const query = encodeURIComponent('subscription{endless{number padding}}');
      socket.write(
        `GET /graphql?query=${query} HTTP/1.1\r\nhost: x\r\nauthorization: ${AUTHORIZATION}\r\naccept: text/event-stream\r\n\r\n`,
      );
      await until(() => received.includes('event: next'));
      socket.pause();
      return {
        resume: () => socket.resume(),
        leave: () => socket.destroy(),
        numbers: () =>
          [...received.matchAll(/"number":(\d+),"padding":"x+"/g)].map((match) => Number(match[1])),
      };
    },
  ],
] as const;

describe.each(silentReaders)('a client that stops reading over %s', (_, start) => {
  // The operating system buffers some MB a connection; an item has 10 kB.
  const MOST_ITEMS = 3_000;

  it('holds back the source instead of filling memory, and gets everything when it reads again', async () => {
    const client = await start();
    const pulled = await untilStill(() => api.probe.pulled, MOST_ITEMS);
    expect(await all(overWebSocket(api.url, KEY, 'subscription { count(to: 10) }'))).toHaveLength(10);
    expect(await all(overSse(api.url, KEY, 'subscription { count(to: 10) }'))).toHaveLength(10);
    client.resume();
    await until(() => client.numbers().length > pulled + 100);
    client.leave();
    const numbers = client.numbers();
    expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
  });

  it('is cleaned up when it leaves', async () => {
    const client = await start();
    await untilStill(() => api.probe.pulled, MOST_ITEMS);
    client.leave();
    await until(() => api.probe.open === 0);
  });
});

it('cuts off a WebSocket that answers no ping', async () => {
  await api.server.close(0);
  api = await startTestServer(folder, { limits: { keepAliveMs: 20 } });
  const client = await acknowledged();
  client.send({
    type: 'subscribe',
    id: '1',
    payload: { query: 'subscription { endless { number padding } }' },
  });
  await client.waitFor('next');
  client.socket.pause();
  await until(() => api.probe.open === 0);
});

it('stops reading from a WebSocket that sends without reading', async () => {
  const client = await acknowledged();
  client.socket.pause();
  const ping = JSON.stringify({ type: 'ping', payload: { padding: 'x'.repeat(100_000) } });
  let written = 0;
  const flood = () => {
    if (client.socket.readyState === client.socket.OPEN && written < 1_000)
      client.socket.send(ping, () => {
        written += 1;
        flood();
      });
  };
  flood();
  // 1,000 pongs would be 100 MB on the server's side.
  expect(await untilStill(() => written, 900)).toBeGreaterThan(0);
});

describe('WebSocket connections', () => {
  it.each([
    ['authorization', { authorization: AUTHORIZATION }],
    ['Authorization', { Authorization: AUTHORIZATION }],
    ['apiKey', { apiKey: KEY }],
  ])('are let in by the parameter %s', async (_, parameters) => {
    const client = webSocketClient(api.url, parameters);
    const results = client.iterate({ query: '{ whoami }' });
    expect((await results.next()).value).toEqual({ data: { whoami: 'tester' } });
    await client.dispose();
  });

  it('are let in by the header of the upgrade', async () => {
    const client = await acknowledged();
    client.send({ type: 'subscribe', id: '1', payload: { query: '{ whoami }' } });
    expect(await client.waitFor('next')).toEqual({
      type: 'next',
      id: '1',
      payload: { data: { whoami: 'tester' } },
    });
  });

  it.each([
    ['nothing', undefined],
    ['a wrong key', { authorization: 'Bearer sr_wrong' }],
    ['a key that is no text', { authorization: { key: KEY }, apiKey: 7 }],
    ['the key under another name', { key: KEY }],
  ])('are closed with 4403 when they bring %s', async (_, payload) => {
    const client = await bareWebSocket(api.url);
    client.send({ type: 'connection_init', payload });
    expect(await client.closed).toEqual({ code: 4403, reason: 'Forbidden' });
  });

  it('are closed with 4401 when they ask before they are let in', async () => {
    const client = await bareWebSocket(api.url, { authorization: AUTHORIZATION });
    client.send({ type: 'subscribe', id: '1', payload: { query: '{ whoami }' } });
    expect((await client.closed).code).toBe(4401);
  });

  it('are closed with 4403 at the next operation once the key is revoked', async () => {
    const client = await acknowledged();
    api.revoke();
    client.send({ type: 'subscribe', id: '1', payload: { query: '{ whoami }' } });
    expect((await client.closed).code).toBe(4403);
    expect(client.messages.filter(({ type }) => type === 'next')).toEqual([]);
  });

  it('are closed when they speak no or another protocol', async () => {
    await expect(bareWebSocket(api.url, { protocol: 'graphql-ws' })).rejects.toThrow(/subprotocol/i);
  });

  it.each([
    ['no JSON', 'hello', 4400],
    ['no message', '{"type":"hello"}', 4400],
    ['a second init', '{"type":"connection_init"}', 4429],
    [
      'a message beyond the limit',
      JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(1_000_000) } }),
      1009,
    ],
  ])('are closed when they send %s', async (_, message, code) => {
    const client = await acknowledged();
    client.socket.send(message);
    expect((await client.closed).code).toBe(code);
    expect((await fetch(`${api.url}/health`)).status).toBe(200);
  });

  it.each([
    ['a syntax error', '{ whoami', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ nobody }', 'GRAPHQL_VALIDATION_FAILED'],
    ['too many tokens', `{ ${'a:whoami '.repeat(3_000)} }`, 'LIMIT_EXCEEDED'],
  ])('answer an operation with %s by an error and go on', async (_, query, code) => {
    const client = await acknowledged();
    client.send({ type: 'subscribe', id: 'bad', payload: { query } });
    const { payload } = await client.waitFor('error', 'bad');
    expect(payload).toMatchObject([{ extensions: { code } }]);
    expect(JSON.stringify(payload)).not.toContain('http');
    client.send({ type: 'subscribe', id: 'good', payload: { query: '{ whoami }' } });
    await client.waitFor('complete', 'good');
  });

  it('carry a limited number of operations, and say so', async () => {
    await api.server.close(0);
    api = await startTestServer(folder, { limits: { operationsPerWebSocket: 2 } });
    const client = await acknowledged();
    for (const id of ['1', '2', '3'])
      client.send({ type: 'subscribe', id, payload: { query: 'subscription { silent }' } });
    expect(await client.waitFor('error', '3')).toMatchObject({
      payload: [{ extensions: { code: 'LIMIT_EXCEEDED' } }],
    });
    client.send({ type: 'complete', id: '1' });
    client.send({ type: 'subscribe', id: '4', payload: { query: 'subscription { silent }' } });
    await client.waitFor('next', '4');
  });

  it('are limited in number', async () => {
    await api.server.close(0);
    api = await startTestServer(folder, { limits: { webSockets: 1 } });
    const first = await bareWebSocket(api.url);
    await expect(bareWebSocket(api.url)).rejects.toThrow('503');
    first.socket.close();
    await first.closed;
    await expect.poll(() => bareWebSocket(api.url).then(() => 'in', String)).toBe('in');
  });

  it('are found at one path only', async () => {
    await expect(bareWebSocket(`${api.url}/other`)).rejects.toThrow('404');
  });
});

it.each(transports)('limits the subscriptions of all connections together, over %s', async (_, over) => {
  await api.server.close(0);
  api = await startTestServer(folder, { limits: { subscriptions: 1 } });
  const first = await acknowledged();
  first.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { silent }' } });
  await first.waitFor('next');
  expect(JSON.stringify(await all(over(api.url, KEY, 'subscription { count(to: 1) }')))).toContain(
    'LIMIT_EXCEEDED',
  );
  first.send({ type: 'complete', id: '1' });
  await expect
    .poll(() => all(over(api.url, KEY, 'subscription { count(to: 1) }')))
    .toEqual([{ data: { count: 1 } }]);
});
