import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/platform/config.ts';
import { readPersistedOperations } from '../../../src/server/persisted-operations.ts';
import { KEY, startTestServer, type TestServer } from '../../support/http-server.ts';
import { bareWebSocket } from '../../support/subscribe.ts';

const LISTED = { a1: '{ whoami }', b2: 'mutation { whoami }', c3: 'subscription { count(to: 1) }' };

let folder: string;
let any: TestServer;
let listedOnly: TestServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'showrunner-page-'));
  const file = join(folder, 'operations.json');
  await writeFile(file, JSON.stringify(LISTED));
  any = await startTestServer(folder, { operations: await readPersistedOperations(file, false) });
  listedOnly = await startTestServer(folder, { operations: await readPersistedOperations(file, true) });
});

afterAll(async () => {
  for (const { server } of [any, listedOnly]) await server.close(1_000);
  await rm(folder, { recursive: true });
});

const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };

async function post({ url }: TestServer, body: Record<string, unknown>) {
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, ...(await response.json()) };
}

/** The first message about one operation. */
async function overWebSocket({ url }: TestServer, payload: Record<string, unknown>) {
  const connection = await bareWebSocket(url, { authorization: headers.authorization });
  connection.send({ type: 'connection_init' });
  await connection.waitFor('connection_ack');
  connection.send({ type: 'subscribe', id: '1', payload });
  const message = await Promise.race([connection.waitFor('next', '1'), connection.waitFor('error', '1')]);
  connection.socket.terminate();
  return message;
}

const WHOAMI = { data: { whoami: 'tester' } };

describe('operations that are listed', () => {
  it.each(['a1', 'sha256:a1', 'b2'])('are sent by the id %s', async (documentId) => {
    expect(await post(any, { documentId })).toEqual({ status: 200, ...WHOAMI });
    expect(await post(listedOnly, { documentId })).toEqual({ status: 200, ...WHOAMI });
  });

  it('are sent by id over WebSocket', async () => {
    const payload = { query: '', extensions: { documentId: 'c3' } };
    expect(await overWebSocket(listedOnly, payload)).toMatchObject({ payload: { data: { count: 1 } } });
  });

  it('are sent as text as well, where only they may be', async () => {
    expect(await post(listedOnly, { query: '{ whoami }' })).toEqual({ status: 200, ...WHOAMI });
    expect(await overWebSocket(listedOnly, { query: '{ whoami }' })).toMatchObject({ payload: WHOAMI });
  });
});

describe('operations that are not listed', () => {
  it('are taken as text unless only listed ones are', async () => {
    expect(await post(any, { query: '{ me: whoami }' })).toMatchObject({ data: { me: 'tester' } });
    expect(await overWebSocket(any, { query: '{ me: whoami }' })).toMatchObject({
      payload: { data: { me: 'tester' } },
    });
  });

  it('are refused over every transport where only listed ones are taken', async () => {
    const refused = { errors: [{ extensions: { code: 'FORBIDDEN', remedy: expect.any(String) } }] };
    for (const query of ['{ me: whoami }', '{ __schema { description } }', '{ whoami', '{whoami}'])
      for (const round of [1, 2]) {
        expect(await post(listedOnly, { query, variables: { round } })).toMatchObject(refused);
        const get = await fetch(`${listedOnly.url}/graphql?query=${encodeURIComponent(query)}`, { headers });
        expect(await get.json()).toMatchObject(refused);
        expect(await overWebSocket(listedOnly, { query })).toMatchObject({ payload: refused.errors });
      }
  });
});

it.each(['nothing', '__proto__', '', 'sha256:', 5, null, ['a1']])(
  'an id that is not known is refused: %j',
  async (documentId) => {
    expect(await post(any, { documentId })).toMatchObject({
      status: 404,
      errors: [{ extensions: { code: 'NOT_FOUND' } }],
    });
    expect(await overWebSocket(any, { query: '', extensions: { documentId } })).toMatchObject({
      type: 'error',
    });
  },
);

it.each([
  ['what is no JSON', '{'],
  ['a list', '["{ whoami }"]'],
  ['an id without a text', '{"a":""}'],
  ['an object for a text', '{"a":{}}'],
])('a file with %s stops the start', async (_, content) => {
  const file = join(folder, 'bad.json');
  await writeFile(file, content);
  await expect(readPersistedOperations(file, false)).rejects.toMatchObject({
    code: 'BAD_CONFIGURATION',
    field: 'SHOWRUNNER_OPERATIONS_FILE',
  });
});

it('a missing file stops the start, and so does a list that is named nowhere', async () => {
  await expect(readPersistedOperations(join(folder, 'none.json'), true)).rejects.toMatchObject({
    code: 'BAD_CONFIGURATION',
  });
  expect(() => readConfig({ SHOWRUNNER_OPERATIONS: 'listed' })).toThrow('SHOWRUNNER_OPERATIONS_FILE');
});
