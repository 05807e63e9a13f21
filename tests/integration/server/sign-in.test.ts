import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { encodeGlobalId } from '../../../schema/global-id.ts';
import { schema } from '../../../schema/schema.ts';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import { DEMO_PASSWORD } from '../../../src/demo/users.ts';
import { createMediaServer } from '../../../src/media-server/connect.ts';
import type { MediaServer } from '../../../src/media-server/media-server.ts';
import type { Database } from '../../../src/platform/database.ts';
import { ShowrunnerError } from '../../../src/platform/errors.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { type ApiKeys, createApiKeys } from '../../../src/server/access/api-keys.ts';
import { createSignInDesk } from '../../../src/server/access/sign-in.ts';
import { createTestDatabase } from '../../support/database.ts';
import { startTestServer, type TestServer } from '../../support/http-server.ts';

const SESSION_MS = 3_600_000;
const log = createLogger('silent');
let db: Database;
let demo: DemoServer;
let media: MediaServer;
let folder: string;
let api: TestServer;
let keys: ApiKeys;
let time: Date;
let asked: number;
let isDown: boolean;
let ada: { id: number; name: string; providerId: string };

const now = () => time;
const signal = new AbortController().signal;

beforeAll(async () => {
  db = await createTestDatabase();
  demo = await startDemoServer({ dialect: 'jellyfin', log });
  media = createMediaServer({ ...demo, log, random: Math.random, now });
  folder = await mkdtemp(join(tmpdir(), 'showrunner-page-'));
  await writeFile(join(folder, 'index.html'), '');
  for (const user of await media.users(signal))
    await db.rows(sql`insert into media_users (provider_id, name, recommendations_enabled, folder)
      values (${user.id}, ${user.name}, true, ${user.name})`);
  const [first] = await db.rows<typeof ada>(
    sql`select id, name, provider_id as "providerId" from media_users order by id limit 1`,
  );
  if (!first) throw new Error('The demo server has no users.');
  ada = first;
  keys = createApiKeys(db, now);
  api = await startTestServer(folder, {
    schema,
    authenticate: (key) => keys.findPrincipal(key),
    buildContext: (principal, requestId, address) => ({
      db,
      principal,
      requestId,
      address,
      now,
      apiKeys: keys,
      signInDesk: createSignInDesk({ db, mediaServer: () => counted, sessionMs: SESSION_MS, now, log }),
    }),
  });
});

afterAll(async () => {
  await api.server.close(1_000);
  await demo.close();
  await rm(folder, { recursive: true });
  await db.close();
});

beforeEach(async () => {
  await db.rows(sql`delete from sign_in_attempts`);
  await db.rows(sql`update media_users set is_disabled = false, removed_at = null`);
  time = new Date('2026-11-20T12:00:00Z');
  asked = 0;
  isDown = false;
});

/** The demo server, and how often it was asked. */
const counted: Pick<MediaServer, 'signIn'> = {
  signIn: (input) => {
    asked += 1;
    if (isDown) return Promise.reject(new ShowrunnerError('MEDIA_SERVER_UNREACHABLE', 'It does not answer.'));
    return media.signIn(input);
  },
};

const Payload = z.looseObject({
  __typename: z.string(),
  key: z.string().optional(),
  message: z.string().optional(),
});
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { __typename
  ... on SignInSuccess { key userId name expiresAt }
  ... on Failure { code message path remedy } ... on SignInLockedError { until } } }`;

async function send(body: unknown, key?: string) {
  const response = await fetch(`${api.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(body),
  });
  const Answer = z.object({
    data: z.record(z.string(), z.unknown()).nullish(),
    errors: z.unknown().optional(),
  });
  return { status: response.status, ...Answer.parse(await response.json()) };
}

async function signIn(name: string, password: string) {
  const { data } = await send({ query: SIGN_IN, variables: { input: { name, password } } });
  return Payload.parse(data?.signIn);
}

describe('signing in', () => {
  it('gives a session that sees this user only, without any key', async () => {
    const answer = await signIn(` ${ada.name.toUpperCase()} `, DEMO_PASSWORD);
    expect(answer).toMatchObject({
      __typename: 'SignInSuccess',
      userId: encodeGlobalId('User', ada.id),
      name: ada.name,
      expiresAt: '2026-11-20T13:00:00.000Z',
    });
    const me = await send({ query: '{ me { name role scopes user { name } } }' }, answer.key);
    expect(me.data).toEqual({
      me: { name: ada.name, role: 'VIEWER', scopes: ['READ', 'FEEDBACK'], user: { name: ada.name } },
    });
    const other = encodeGlobalId('User', ada.id + 1);
    const { errors } = await send({ query: `{ user(id: "${other}") { name } }` }, answer.key);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('ends with the time of the session', async () => {
    const { key = '' } = await signIn(ada.name, DEMO_PASSWORD);
    time = new Date(time.getTime() + SESSION_MS);
    expect((await send({ query: '{ me { name } }' }, key)).status).toBe(401);
  });

  it('ends by signing out', async () => {
    const { key = '' } = await signIn(ada.name, DEMO_PASSWORD);
    const { data } = await send({ query: 'mutation { signOut { __typename } }' }, key);
    expect(data).toEqual({ signOut: { __typename: 'SignOutSuccess' } });
    expect((await send({ query: '{ me { name } }' }, key)).status).toBe(401);
  });

  it('cannot be undone for an API key', async () => {
    const { key } = await keys.create({ name: 'a', role: 'VIEWER' });
    const { data } = await send({ query: 'mutation { signOut { __typename } }' }, key);
    expect(data).toEqual({ signOut: { __typename: 'ConflictError' } });
    expect(await keys.findPrincipal(key)).not.toBeNull();
  });

  it('is refused in the same words for a wrong password, an unknown name, and a user who is locked out', async () => {
    const wrong = await signIn(ada.name, 'wrong');
    const unknown = await signIn('nobody of this name', DEMO_PASSWORD);
    await db.rows(sql`update media_users set is_disabled = true where id = ${ada.id}`);
    const disabled = await signIn(ada.name, DEMO_PASSWORD);
    expect(wrong).toMatchObject({ __typename: 'SignInRefusedError', code: 'SIGN_IN_REFUSED' });
    expect(unknown).toEqual(wrong);
    expect(disabled).toEqual(wrong);
  });

  it('is refused for a user whom Showrunner has not read yet', async () => {
    await db.rows(sql`update media_users set removed_at = now() where id = ${ada.id}`);
    expect(await signIn(ada.name, DEMO_PASSWORD)).toMatchObject({ __typename: 'SignInRefusedError' });
  });

  it.each([
    ['', DEMO_PASSWORD],
    ['a\u0000', DEMO_PASSWORD],
    ['x'.repeat(201), DEMO_PASSWORD],
    ['a', 'x'.repeat(1_001)],
  ])('refuses the input %j before anybody is asked', async (name, password) => {
    expect(await signIn(name, password)).toMatchObject({ __typename: 'BadInputError' });
    expect(asked).toBe(0);
  });
});

describe('the fifth failure', () => {
  async function fail(times: number, name = ada.name) {
    for (let index = 0; index < times; index++) await signIn(name, 'wrong');
  }

  it('locks the name for all processes, says until when, and asks the media server no more', async () => {
    await fail(5);
    expect(asked).toBe(5);
    // A desk is made for each request: what is known of it is in the database.
    expect(await signIn(ada.name.toUpperCase(), DEMO_PASSWORD)).toMatchObject({
      __typename: 'SignInLockedError',
      code: 'SIGN_IN_LOCKED',
      until: '2026-11-20T12:15:00.000Z',
    });
    expect(asked).toBe(5);
    time = new Date('2026-11-20T12:15:00Z');
    expect(await signIn(ada.name, DEMO_PASSWORD)).toMatchObject({ __typename: 'SignInSuccess' });
  });

  it('locks an unknown name like a known one', async () => {
    await fail(5, 'nobody of this name');
    expect(await signIn('nobody of this name', 'x')).toMatchObject({ __typename: 'SignInLockedError' });
    expect(await signIn(ada.name, DEMO_PASSWORD)).toMatchObject({ __typename: 'SignInSuccess' });
  });

  it('counts anew after a success', async () => {
    await fail(4);
    await signIn(ada.name, DEMO_PASSWORD);
    await fail(4);
    expect(await signIn(ada.name, DEMO_PASSWORD)).toMatchObject({ __typename: 'SignInSuccess' });
  });

  it('counts attempts that are made at once', async () => {
    await Promise.all(Array.from({ length: 12 }, () => signIn(ada.name, 'wrong')));
    expect(asked).toBe(5);
  });

  it('does not count while the media server cannot be asked', async () => {
    isDown = true;
    for (let index = 0; index < 6; index++)
      expect(await signIn(ada.name, DEMO_PASSWORD)).toMatchObject({ __typename: 'MediaServerError' });
    isDown = false;
    expect(await signIn(ada.name, DEMO_PASSWORD)).toMatchObject({ __typename: 'SignInSuccess' });
  });
});

it('twenty failures lock the address, whatever the names', async () => {
  for (let index = 0; index < 20; index++) await signIn(`name ${index}`, 'wrong');
  expect(await signIn(ada.name, DEMO_PASSWORD)).toMatchObject({ __typename: 'SignInLockedError' });
  expect(asked).toBe(20);
});

it('keeps no name and no password of an attempt', async () => {
  await signIn('typed-my-password-here', 'a-secret-password');
  const rows = await db.rows<{ row: string }>(sql`select to_json(a)::text as row from sign_in_attempts a`);
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toMatch(/typed-my-password-here|a-secret-password/);
});

describe('without a key, everything else', () => {
  it.each([
    '{ me { name } }',
    '{ __schema { types { name } } }',
    'mutation { signOut { __typename } }',
    `mutation { a: signIn(input: { name: "a", password: "b" }) { __typename } b: signIn(input: { name: "a", password: "b" }) { __typename } }`,
  ])('is answered 401: %s', async (query) => {
    expect((await send({ query })).status).toBe(401);
    expect(asked).toBe(0);
  });

  it('is answered 401 when it is long', async () => {
    const input = { name: ada.name, password: 'x'.repeat(20_000) };
    expect((await send({ query: SIGN_IN, variables: { input } })).status).toBe(401);
  });

  it('is answered 401 with a key that is not valid, also signing in', async () => {
    const variables = { input: { name: ada.name, password: DEMO_PASSWORD } };
    expect((await send({ query: SIGN_IN, variables }, 'sr_wrong')).status).toBe(401);
  });
});

it.each(['jellyfin', 'emby'] as const)(
  '%s takes a right name and password and refuses others',
  async (dialect) => {
    const server = await startDemoServer({ dialect, log });
    try {
      const client = createMediaServer({ ...server, log, random: Math.random, now });
      const [user] = await client.users(signal);
      const name = user?.name ?? '';
      expect(await client.signIn({ name, password: DEMO_PASSWORD, signal })).toEqual({
        id: user?.id,
        name,
        isDisabled: false,
      });
      expect(await client.signIn({ name, password: 'wrong', signal })).toBeNull();
      expect(await client.signIn({ name: 'nobody', password: DEMO_PASSWORD, signal })).toBeNull();
    } finally {
      await server.close();
    }
  },
);
