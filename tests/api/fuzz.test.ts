import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { schema } from '../../schema/schema.ts';
import type { JobEngine } from '../../src/jobs/job-engine.ts';
import type { Database } from '../../src/platform/database.ts';
import { ShowrunnerError } from '../../src/platform/errors.ts';
import { createLogger } from '../../src/platform/log.ts';
import { createApiKeys } from '../../src/server/access/api-keys.ts';
import { createSignInDesk } from '../../src/server/access/sign-in.ts';
import { type ApiServer, createApiServer } from '../../src/server/http-server.ts';
import { caller, gid } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { noServices, startEngine } from '../support/engine.ts';
import {
  type FuzzOperation,
  fuzzHttpBytes,
  fuzzMessage,
  fuzzOperations,
} from '../support/fuzz-operations.ts';
import { until } from '../support/http-server.ts';
import { seedCatalog } from '../support/seed-catalog.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { bareWebSocket } from '../support/subscribe.ts';

/** `FUZZ_OPERATIONS=20000 FUZZ_SEED=7 npx vitest run tests/api/fuzz.test.ts` is the long run, which also looks at time and memory. */
const { FUZZ_OPERATIONS, FUZZ_SEED = '1' } = process.env;
const OPERATIONS = Number(FUZZ_OPERATIONS ?? 500);
const TIME_LIMIT = 60_000 + OPERATIONS * 60;

const KEY = 'sr_fuzz-key-of-a-viewer';
const ADMIN_KEY = 'sr_fuzz-key-of-an-admin';
/** What belongs to others carries this. */
const CANARY = 'CANARY';
const IDS = [
  ...[1, 2, 3, 30, 999].map((id) => gid('Series', id)),
  ...[1, 2, 3, 4].map((id) => gid('User', id)),
  ...[11, 12, 17].map((id) => gid('Episode', id)),
  ...[1, 2, 3].map((id) => gid('Library', id)),
  ...[1, 2, 3].map((id) => gid('RecommendationSet', id)),
  gid('JobRun', '00000000-0000-4000-8000-000000000000'),
  'nonsense',
];
const Answered = z.object({ errors: z.array(z.looseObject({})).optional() });

/** As in a program without a media server. */
const services = {
  ...noServices,
  mediaServer: () => {
    throw new ShowrunnerError('BAD_CONFIGURATION', 'No media server is configured.');
  },
};

let folder: string;
let db: TestDatabase;
let jobs: JobEngine;
let api: ApiServer;
let url: string;
/** What the server itself held for a failure of its own. */
const reported: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'showrunner-page-'));
  db = await createTestDatabase();
  await seedCatalog(db);
  await markOthers(db);
  jobs = await startEngine(db, [], { isWorker: false });
  const now = () => new Date('2026-11-20T12:00:00Z');
  const apiKeys = createApiKeys(db, now);
  const signInDesk = createSignInDesk({
    db,
    mediaServer: services.mediaServer,
    sessionMs: 60_000,
    now,
    log: createLogger('silent'),
  });
  await apiKeys.create({ name: `${CANARY} key`, role: 'ADMIN' });
  const callers = new Map([
    [KEY, caller('VIEWER', 1)],
    [ADMIN_KEY, caller('ADMIN')],
  ]);
  const log = createLogger('silent');
  log.error = (...line: unknown[]) => reported.push(inspect(line));
  api = createApiServer({
    schema,
    buildContext: (principal, requestId) => ({
      db,
      principal,
      requestId,
      now,
      jobs,
      apiKeys,
      services,
      signInDesk,
      address: null,
    }),
    authenticate: async (key) => callers.get(key) ?? null,
    checkReady: async () => {},
    config: { host: '127.0.0.1', port: 0, corsOrigins: [] },
    limits: { operationsPerSecond: Number.POSITIVE_INFINITY },
    log,
    pageFolder: folder,
  });
  ({ url } = await api.listen());
}, 60_000);

beforeEach(() => {
  reported.length = 0;
});

afterAll(async () => {
  await api.close(1_000);
  await jobs.stop(0);
  await db.close();
  await rm(folder, { recursive: true });
});

/** Puts the canary into whatever of other users, and of administrators, is text. */
async function markOthers(database: Database): Promise<void> {
  const other = `${CANARY} of ben`;
  await database.rows(
    sql`update media_users set name = ${other} || id, folder = ${other} || id where id <> 1`,
  );
  await database.rows(sql`
    insert into recommendation_sets (id, user_id, generated_at, weights_version, model, is_current, candidate_count, history_count, input_hash)
    overriding system value
    values (3, 2, '2026-11-20T00:00:00Z', ${other}, 'test-model', true, 21, 12, 'ben')`);
  await database.rows(sql`
    insert into picks (set_id, rank, title_id, score, parts, evidence, explanation)
    select 3, i, i, 1.0 / i, '[]', '[]', ${other} from generate_series(1, 5) i`);
  await database.rows(sql`
    insert into user_libraries (user_id, path, set_id, file_count, synced_at)
    values (2, ${`/libraries/users/${other}`}, 3, 45, '2026-11-20T01:00:00Z')`);
}

/** What no answer may hold, whatever was asked. */
function check(answer: string, asked: string): void {
  const told = `${answer.slice(0, 2_000)}\n--- answers ---\n${asked.slice(0, 4_000)}`;
  if (asked.includes(CANARY)) throw new Error('The canary must not be in the question.');
  expect(answer.includes(CANARY), `data of others: ${told}`).toBe(false);
  expect(/\n\s*at |\\n\s+at |node_modules|\.ts:\d/.test(answer), `a stack trace: ${told}`).toBe(false);
  expect(/Failed query|SQLSTATE|\bselect .+ from /i.test(answer), `the inside of the server: ${told}`).toBe(
    false,
  );
  expect(answer.includes('"INTERNAL"'), `a failure: ${told}\n${reported.at(-1)}`).toBe(false);
}

const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };

async function overPost({ query, variables }: FuzzOperation): Promise<string> {
  const body = JSON.stringify({ query, variables });
  const accept = 'application/json';
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { ...headers, accept }, body });
  return response.text();
}

async function overGet({ query, variables }: FuzzOperation): Promise<string> {
  const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const response = await fetch(`${url}/graphql?${parameters}`, {
    headers: { ...headers, accept: 'application/json' },
  });
  return response.text();
}

type Connection = Awaited<ReturnType<typeof bareWebSocket>>;

async function connected(): Promise<Connection> {
  const connection = await bareWebSocket(url, { authorization: headers.authorization });
  connection.send({ type: 'connection_init' });
  await connection.waitFor('connection_ack');
  return connection;
}

let nextId = 0;

/** Everything the server says of the operation until it has answered a harmless one that came after it. */
async function overWebSocket(connection: Connection, operation: FuzzOperation): Promise<string> {
  nextId += 1;
  const id = `o${nextId}`;
  const { messages, socket } = connection;
  messages.length = 0;
  const payload = { query: operation.query, variables: operation.variables };
  connection.send({ type: 'subscribe', id, payload });
  connection.send({ type: 'subscribe', id: `${id}-after`, payload: { query: '{ __typename }' } });
  await until(() => socket.readyState !== socket.OPEN || messages.some((one) => one.id === `${id}-after`));
  if (socket.readyState === socket.OPEN) connection.send({ type: 'complete', id });
  return JSON.stringify(messages);
}

it('marks what belongs to others where an administrator sees it', async () => {
  const query = '{ users { nodes { name library { path } recommendations { picks { explanation } } } } }';
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${ADMIN_KEY}` },
    body: JSON.stringify({ query }),
  });
  expect((await response.text()).split(CANARY).length).toBeGreaterThan(7);
});

it(
  `answers ${OPERATIONS} generated operations with what the viewer may see, and stays well`,
  async () => {
    const random = seededRandom(Number(FUZZ_SEED));
    const generate = fuzzOperations(schema, IDS, random);
    let connection = await connected();
    const counts = { data: 0, refused: 0, invalid: 0, slowestMs: 0 };
    const heap: number[] = [];

    for (let done = 0; done < OPERATIONS; done++) {
      const operation = generate();
      const began = performance.now();
      const way = random.below(4);
      // What is longer than a URL may be is no operation at all by GET.
      const isShort = operation.query.length < 3_000;
      if (connection.socket.readyState !== connection.socket.OPEN) connection = await connected();
      const answer =
        way === 0
          ? await overWebSocket(connection, operation)
          : await (way === 1 && isShort ? overGet(operation) : overPost(operation));
      counts.slowestMs = Math.max(counts.slowestMs, performance.now() - began);
      check(answer, operation.query);
      if (answer.includes('"data":{')) counts.data += 1;
      if (answer.includes('"LIMIT_EXCEEDED"')) counts.refused += 1;
      if (operation.kind === 'valid' && /GRAPHQL_(PARSE|VALIDATION)_FAILED/.test(answer)) counts.invalid += 1;
      if (done === Math.floor(OPERATIONS / 3) || done === OPERATIONS - 1) heap.push(usedHeap());
    }
    connection.socket.close();

    expect(reported).toEqual([]);
    expect(counts.data).toBeGreaterThan(OPERATIONS / 10);
    expect(counts.refused).toBeGreaterThan(OPERATIONS / 50);
    expect(counts.invalid, 'the generator makes valid operations').toBe(0);
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' });
    if (!FUZZ_OPERATIONS) return;
    const [early = 0, late = 0] = heap;
    const heapMb = heap.map((bytes) => Math.round(bytes / 1e6));
    process.stdout.write(`${JSON.stringify({ ...counts, heapMb })}\n`);
    expect(counts.slowestMs).toBeLessThan(2_000);
    expect(late - early).toBeLessThan(100_000_000);
  },
  TIME_LIMIT,
);

/** Bytes in use after a full collection. */
function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
}

it(
  `survives ${OPERATIONS} times bytes that are no HTTP`,
  async () => {
    const random = seededRandom(Number(FUZZ_SEED));
    for (let done = 0; done < OPERATIONS; done++) {
      const bytes = fuzzHttpBytes(random, KEY);
      const answer = await new Promise<string>((resolve) => {
        let text = '';
        const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.end(bytes));
        socket.on('data', (chunk) => {
          text += chunk;
        });
        socket.on('error', () => {});
        socket.on('close', () => resolve(text));
      });
      check(answer, String(bytes));
    }
    expect(reported).toEqual([]);
    expect(Answered.parse(await (await fetch(`${url}/graphql`, { headers })).json()).errors).toBeDefined();
  },
  TIME_LIMIT,
);

it(
  `survives ${OPERATIONS} WebSocket messages that are none of the protocol`,
  async () => {
    const random = seededRandom(Number(FUZZ_SEED));
    for (let done = 0; done < OPERATIONS; ) {
      const { socket, messages, closed } = random.happens(0.5) ? await connected() : await bareWebSocket(url);
      const texts: string[] = [];
      socket.removeAllListeners('message');
      socket.on('message', (data) => texts.push(String(data)));
      for (let sent = random.below(5); sent >= 0 && socket.readyState === WebSocket.OPEN; sent--) {
        socket.send(fuzzMessage(random));
        done += 1;
      }
      socket.close();
      const { reason } = await closed;
      check(texts.join('') + reason + JSON.stringify(messages), 'bytes');
    }
    expect(reported).toEqual([]);
    const after = await connected();
    after.send({ type: 'subscribe', id: '1', payload: { query: '{ __typename }' } });
    expect(await after.waitFor('next')).toMatchObject({ payload: { data: { __typename: 'Query' } } });
    after.socket.close();
  },
  TIME_LIMIT,
);
