import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import {
  GraphQLBoolean,
  type GraphQLFieldConfig,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { type Principal, scopesOfRole } from '../../schema/principal.ts';
import { ShowrunnerError } from '../../src/platform/errors.ts';
import { createLogger } from '../../src/platform/log.ts';
import { type ApiServer, type ApiServerOptions, createApiServer } from '../../src/server/http-server.ts';

/** The key that the test server knows. */
export const KEY = 'sr_test-key';

/** What the resolvers of the test schema did. */
interface Probe {
  /** Items that `endless` was asked for. */
  pulled: number;
  /** Subscriptions that began and were not cleaned up. */
  open: number;
  /** Lets `slow` answer. */
  letGo: () => void;
}

interface TestContext {
  readonly requestId: string;
  readonly principal: Principal;
  readonly probe: Probe;
}

type Field = GraphQLFieldConfig<unknown, TestContext>;

const whoami: Field = { type: GraphQLString, resolve: (_root, _args, { principal }) => principal.name };

const query = new GraphQLObjectType<unknown, TestContext>({
  name: 'Query',
  fields: {
    whoami,
    bug: {
      type: GraphQLString,
      resolve: () => {
        throw new Error('internal detail');
      },
    },
    expected: {
      type: GraphQLString,
      resolve: () => {
        throw new ShowrunnerError('CONFLICT', 'Already running.');
      },
    },
    slow: {
      type: GraphQLString,
      resolve: (_root, _args, { probe }) =>
        new Promise((resolve) => {
          probe.letGo = () => resolve('done');
        }),
    },
    big: { type: GraphQLString, resolve: () => 'x'.repeat(1_000_000) },
  },
});

const mutation = new GraphQLObjectType<unknown, TestContext>({ name: 'Mutation', fields: { whoami } });

function stream(items: (probe: Probe, args: Record<string, number>) => AsyncGenerator): Field {
  return {
    type: GraphQLInt,
    args: { to: { type: GraphQLInt } },
    resolve: (item) => item,
    subscribe: async function* (_root, args, { probe }) {
      probe.open += 1;
      try {
        yield* items(probe, args);
      } finally {
        probe.open -= 1;
      }
    },
  };
}

const subscription = new GraphQLObjectType<unknown, TestContext>({
  name: 'Subscription',
  fields: {
    count: stream(async function* (_probe, { to = 0 }) {
      for (let item = 1; item <= to; item++) yield item;
    }),
    broken: stream(async function* () {
      yield 1;
      throw new Error('internal detail');
    }),
    silent: stream(async function* () {
      yield 0;
      await new Promise(() => {});
    }),
    endless: {
      ...stream(async function* (probe) {
        while (true) yield ++probe.pulled;
      }),
      type: new GraphQLObjectType<number>({
        name: 'Item',
        fields: {
          number: { type: new GraphQLNonNull(GraphQLInt), resolve: (number) => number },
          padding: { type: GraphQLString, resolve: () => 'x'.repeat(10_000) },
          isItem: { type: GraphQLBoolean, resolve: () => true },
        },
      }),
    },
  },
});

/** A running API server with a schema that shows what the transports do, and no database. */
export interface TestServer {
  readonly url: string;
  readonly server: ApiServer;
  readonly probe: Probe;
  /** Makes `KEY` invalid. */
  revoke(): void;
}

/** Starts a test server on a free port. */
export async function startTestServer(
  pageFolder: string,
  overrides: Partial<ApiServerOptions> = {},
): Promise<TestServer> {
  const probe: Probe = { pulled: 0, open: 0, letGo: () => {} };
  let isRevoked = false;
  const principal: Principal = {
    kind: 'key',
    id: 'k1',
    name: 'tester',
    role: 'ADMIN',
    scopes: scopesOfRole('ADMIN'),
    userId: null,
    expiresAt: null,
  };
  const buildContext = (holder: Principal, requestId: string): TestContext => ({
    principal: holder,
    requestId,
    probe,
  });
  const server = createApiServer({
    schema: new GraphQLSchema({ query, mutation, subscription }),
    buildContext,
    authenticate: async (key) => (key === KEY && !isRevoked ? principal : null),
    checkReady: async () => {},
    config: { host: '127.0.0.1', port: 0, corsOrigins: ['https://tv.example.org'] },
    log: createLogger('silent'),
    pageFolder,
    ...overrides,
  });
  const { url } = await server.listen();
  return {
    url,
    server,
    probe,
    revoke: () => {
      isRevoked = true;
    },
  };
}

/** Waits until the condition holds; the test's own time limit ends the wait. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(2);
}

/** Waits until a number stays the same while the event loop has nothing else to do; throws when it passes `limit`. */
export async function untilStill(read: () => number, limit: number): Promise<number> {
  for (let unchanged = 0, last = -1; unchanged < 20; ) {
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    await wait(5);
    unchanged = read() === last ? unchanged + 1 : 0;
    last = read();
    if (last > limit) throw new Error(`${last} is more than ${limit} and still grows`);
  }
  return read();
}
