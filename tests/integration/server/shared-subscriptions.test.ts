import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type GraphQLFieldConfig,
  GraphQLInt,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Principal, scopesOfRole } from '../../../schema/principal.ts';
import { ShowrunnerError } from '../../../src/platform/errors.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { type ApiServer, createApiServer } from '../../../src/server/http-server.ts';
import { until, untilStill } from '../../support/http-server.ts';
import { bareWebSocket, overSse } from '../../support/subscribe.ts';

interface Tick {
  readonly number: number;
}

interface TickContext {
  readonly requestId: string;
  readonly principal: Principal;
}

/** The events, the same objects for every subscriber; the first is told at once, the others when `flow` is called. */
let ticks: Tick[];
let flowing: Promise<void>;
let flow: () => void;
let subscribers: number;
/** How often each number was executed. */
let executions: Map<number, number>;

const tick = new GraphQLObjectType<Tick, TickContext>({
  name: 'Tick',
  fields: {
    number: {
      type: GraphQLInt,
      resolve: ({ number }) => {
        executions.set(number, (executions.get(number) ?? 0) + 1);
        return number;
      },
    },
    role: { type: GraphQLString, resolve: (_tick, _args, { principal }) => principal.role },
    userId: { type: GraphQLInt, resolve: (_tick, _args, { principal }) => principal.userId },
    adminsOnly: {
      type: GraphQLString,
      resolve: async (_tick, _args, { principal }) => {
        if (principal.role !== 'ADMIN') throw new ShowrunnerError('FORBIDDEN', 'Not for you.');
        return 'secret';
      },
    },
    bug: {
      type: GraphQLString,
      resolve: () => {
        throw new Error('internal detail');
      },
    },
    echo: {
      type: GraphQLString,
      args: { text: { type: GraphQLString }, after: { type: GraphQLInt } },
      resolve: (_tick, { text, after }) => `${text ?? after}`,
    },
    padding: { type: new GraphQLList(GraphQLString), resolve: () => Array(100).fill('x'.repeat(100)) },
  },
});

const field: GraphQLFieldConfig<Tick, TickContext> = {
  type: tick,
  args: { after: { type: GraphQLInt } },
  resolve: (event) => event,
  subscribe: async function* (_root, { after = 0 }) {
    subscribers += 1;
    try {
      for (const event of ticks.slice(after)) {
        if (event.number > 1) await flowing;
        yield event;
      }
      await new Promise(() => {});
    } finally {
      subscribers -= 1;
    }
  },
};

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { nothing: { type: GraphQLInt } } }),
  subscription: new GraphQLObjectType({ name: 'Subscription', fields: { ticks: field } }),
});

const holders = new Map<string, Principal>();
let folder: string;
let server: ApiServer;
let url: string;

function addKey(id: string, role: Principal['role'], userId: number | null = null): void {
  holders.set(id, {
    kind: 'key',
    id,
    name: `key ${id}`,
    role,
    scopes: scopesOfRole(role),
    userId,
    expiresAt: null,
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'showrunner-page-'));
  await writeFile(join(folder, 'index.html'), '');
});

afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  holders.clear();
  addKey('admin', 'ADMIN');
  addKey('other-admin', 'ADMIN');
  addKey('operator', 'OPERATOR');
  addKey('viewer-1', 'VIEWER', 1);
  addKey('viewer-2', 'VIEWER', 2);
  subscribers = 0;
  executions = new Map();
  flowing = new Promise((resolve) => {
    flow = resolve;
  });
  server = createApiServer({
    schema,
    buildContext: (principal, requestId) => ({ principal, requestId }),
    authenticate: async (key) => holders.get(key) ?? null,
    checkReady: async () => {},
    config: { host: '127.0.0.1', port: 0, corsOrigins: [] },
    log: createLogger('silent'),
    pageFolder: folder,
    limits: { recheckMs: 10 },
  });
  ({ url } = await server.listen());
});

afterEach(() => server.close(0));

function numbered(count: number): Tick[] {
  return Array.from({ length: count }, (_none, index) => ({ number: index + 1 }));
}

/** A client that subscribes as soon as it is let in. */
async function subscribe(key: string, query: string, variables: Record<string, unknown> = {}) {
  const client = await bareWebSocket(url, { authorization: `Bearer ${key}` });
  client.send({ type: 'connection_init' });
  await client.waitFor('connection_ack');
  client.send({ type: 'subscribe', id: 'x', payload: { query, variables } });
  /** Payloads so far. */
  const items = () =>
    client.messages.filter(({ type }) => type === 'next').map(({ payload }) => Object(payload));
  return {
    ...client,
    items,
    /** Waits for so many items and gives their ticks. */
    first: async (count: number) => {
      await until(() => items().length >= count);
      return items().map(({ data }) => data.ticks);
    },
  };
}

const CURSOR = 'subscription ($after: Int) { ticks(after: $after) { number role } }';

it('is executed once for clients that ask the same, wherever each of them begins', async () => {
  ticks = numbered(5);
  const clients = await Promise.all([
    subscribe('admin', CURSOR, { after: 1 }),
    subscribe('admin', CURSOR, { after: 2 }),
    subscribe('other-admin', CURSOR, { after: 3 }),
  ]);
  await until(() => subscribers === 3);
  flow();
  const numbers = await Promise.all(
    clients.map(async (client, index) => (await client.first(4 - index)).map(({ number }) => number)),
  );
  expect(numbers).toEqual([
    [2, 3, 4, 5],
    [3, 4, 5],
    [4, 5],
  ]);
  expect(Object.fromEntries(executions)).toEqual({ 2: 1, 3: 1, 4: 1, 5: 1 });
});

it('is executed once over server-sent events and WebSocket together', async () => {
  ticks = numbered(4);
  const query = 'subscription { ticks(after: 1) { number } }';
  const socket = await subscribe('admin', query);
  const streamed: unknown[] = [];
  const controller = new AbortController();
  const stream = (async () => {
    for await (const item of overSse(url, 'admin', query, controller.signal)) {
      streamed.push(item);
      if (streamed.length === 3) break;
    }
  })();
  await until(() => subscribers === 2);
  flow();
  await socket.first(3);
  await stream;
  expect(streamed).toEqual(socket.items());
  expect(Object.fromEntries(executions)).toEqual({ 2: 1, 3: 1, 4: 1 });
});

describe('what differs between subscriptions is not mixed:', () => {
  beforeEach(() => {
    ticks = numbered(3);
  });

  /** Starts all, lets the events flow when all are there, and gives the last tick of each. */
  async function lastTicks(...requests: Parameters<typeof subscribe>[]): Promise<unknown[]> {
    const clients = await Promise.all(requests.map((request) => subscribe(...request)));
    await until(() => subscribers === requests.length);
    flow();
    return Promise.all(clients.map(async (client) => (await client.first(3)).at(-1)));
  }

  it('documents', async () => {
    expect(
      await lastTicks(
        ['admin', 'subscription { ticks { number } }'],
        ['admin', 'subscription { ticks { number role } }'],
        ['admin', 'subscription { ticks { n: number } }'],
      ),
    ).toEqual([{ number: 3 }, { number: 3, role: 'ADMIN' }, { n: 3 }]);
  });

  it('operations of one document', async () => {
    const query = 'subscription A { ticks { number } } subscription B { ticks { role } }';
    const clients = await Promise.all(
      ['A', 'B'].map(async (operationName) => {
        const client = await bareWebSocket(url, { authorization: 'Bearer admin' });
        client.send({ type: 'connection_init' });
        await client.waitFor('connection_ack');
        client.send({ type: 'subscribe', id: 'x', payload: { query, operationName } });
        return client;
      }),
    );
    await until(() => subscribers === 2);
    flow();
    const last = clients.map(async ({ messages }) => {
      await until(() => messages.filter(({ type }) => type === 'next').length === 3);
      return Object(messages.at(-1)?.payload).data.ticks;
    });
    expect(await Promise.all(last)).toEqual([{ number: 3 }, { role: 'ADMIN' }]);
  });

  it('variables', async () => {
    const query = 'subscription ($text: String) { ticks { echo(text: $text) } }';
    expect(await lastTicks(['admin', query, { text: 'a' }], ['admin', query, { text: 'b' }])).toEqual([
      { echo: 'a' },
      { echo: 'b' },
    ]);
  });

  it('cursors that are used for something else too', async () => {
    const query = 'subscription ($after: Int) { ticks(after: $after) { number echo(after: $after) } }';
    const clients = await Promise.all([0, 1].map((after) => subscribe('admin', query, { after })));
    await until(() => subscribers === 2);
    flow();
    const last = await Promise.all(
      clients.map(async (client, index) => (await client.first(3 - index)).at(-1)),
    );
    expect(last).toEqual([
      { number: 3, echo: '0' },
      { number: 3, echo: '1' },
    ]);
  });

  it('roles and users', async () => {
    const query = 'subscription { ticks { role userId } }';
    const keys = ['admin', 'operator', 'viewer-1', 'viewer-2', 'other-admin'];
    expect(await lastTicks(...keys.map((key): [string, string] => [key, query]))).toEqual([
      { role: 'ADMIN', userId: null },
      { role: 'OPERATOR', userId: null },
      { role: 'VIEWER', userId: 1 },
      { role: 'VIEWER', userId: 2 },
      { role: 'ADMIN', userId: null },
    ]);
  });

  it('what a role may not see', async () => {
    const query = 'subscription { ticks { adminsOnly } }';
    const clients = await Promise.all(
      ['admin', 'operator', 'operator', 'admin'].map((key) => subscribe(key, query)),
    );
    await until(() => subscribers === 4);
    flow();
    for (const client of clients) await client.first(3);
    const [admin, operator, ...again] = clients.map((client) => JSON.stringify(client.items()));
    expect(admin).toContain('secret');
    expect(operator).not.toContain('secret');
    expect(operator?.match(/"FORBIDDEN"/g)).toHaveLength(3);
    expect(again).toEqual([operator, admin]);
  });
});

it('fails only where the failing field is selected, and names each client’s own request', async () => {
  ticks = numbered(3);
  const failing = 'subscription { ticks { number bug } }';
  const clients = await Promise.all([
    subscribe('admin', failing),
    subscribe('admin', failing),
    subscribe('admin', 'subscription { ticks { number } }'),
  ]);
  await until(() => subscribers === 3);
  flow();
  for (const client of clients) await client.first(3);
  const [one, other, whole] = clients.map((client) => client.items());
  expect(whole).toEqual([1, 2, 3].map((number) => ({ data: { ticks: { number } } })));
  const requests = [one, other].map((items) => new Set(JSON.stringify(items).match(/"requestId":"[^"]+"/g)));
  expect(requests.map((ids) => ids.size)).toEqual([1, 1]);
  expect(requests[0]).not.toEqual(requests[1]);
  expect(JSON.stringify([one, other])).not.toContain('internal detail');
  expect(one?.map(({ data }) => data)).toEqual([1, 2, 3].map((number) => ({ ticks: { number, bug: null } })));
});

it('ends for the client whose key is revoked, and goes on for those that shared it', async () => {
  ticks = numbered(3);
  const clients = await Promise.all(['admin', 'other-admin'].map((key) => subscribe(key, CURSOR)));
  await Promise.all(clients.map((client) => client.first(1)));
  holders.delete('admin');
  expect((await clients[0]?.closed)?.code).toBe(4403);
  flow();
  expect(await clients[1]?.first(3)).toEqual([1, 2, 3].map((number) => ({ number, role: 'ADMIN' })));
  expect(clients[0]?.items()).toHaveLength(1);
});

it('gives a client that stops reading all it missed, and keeps only some of it for that', async () => {
  const count = 4_000;
  ticks = numbered(count);
  const query = 'subscription { ticks { number padding } }';
  const [quick, slow] = [await subscribe('admin', query), await subscribe('admin', query)];
  await Promise.all([quick.first(1), slow.first(1)]);
  slow.socket.pause();
  flow();
  expect(await quick.first(count)).toHaveLength(count);
  const executed = () => [...executions.values()].reduce((sum, each) => sum + each, 0);
  const before = await untilStill(executed, 2 * count);
  slow.socket.resume();
  const numbers = (await slow.first(count)).map(({ number }) => number);
  expect(numbers).toEqual(ticks.map(({ number }) => number));
  // What the slow one came too late for was no longer kept.
  expect(executed()).toBeGreaterThan(before);
});
