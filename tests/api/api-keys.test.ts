import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Database } from '../../src/platform/database.ts';
import { type ApiKeys, createApiKeys } from '../../src/server/access/api-keys.ts';
import { at, caller, createApi, gid } from '../support/api.ts';
import { createTestDatabase } from '../support/database.ts';
import { seedCatalog } from '../support/seed-catalog.ts';

let db: Database;
let keys: ApiKeys;
let query: ReturnType<typeof createApi>['query'];

beforeAll(async () => {
  db = await createTestDatabase();
  await seedCatalog(db);
  ({ query } = createApi(db));
});

beforeEach(async () => {
  await db.rows(sql`delete from api_keys`);
  // A memory of its own each time, as in another process.
  keys = createApiKeys(db, () => new Date('2026-11-20T12:00:00Z'));
});

afterAll(() => db.close());

const FAILURE = '... on Failure { code message path remedy }';
const FIELDS =
  'id name role scopes userId prefix state createdAt expiresAt lastUsedAt revokedAt rotatedAt previousValidUntil';
const CREATE = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
  __typename ... on CreateApiKeySuccess { key apiKey { ${FIELDS} } } ${FAILURE} } }`;
const ROTATE = `mutation ($input: RotateApiKeyInput!) { rotateApiKey(input: $input) {
  __typename ... on RotateApiKeySuccess { key apiKey { ${FIELDS} } } ${FAILURE} } }`;
const REVOKE = `mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) {
  __typename ... on RevokeApiKeySuccess { apiKey { ${FIELDS} } } ${FAILURE} } }`;

const Made = z.object({ key: z.string(), apiKey: z.object({ id: z.string() }) });

async function made(input: Record<string, unknown>) {
  const { data } = await query(CREATE, { input });
  return Made.parse(data?.createApiKey);
}

describe('createApiKey', () => {
  it('gives the key once and tells the rest afterwards', async () => {
    const { key, apiKey } = await made({
      name: 'dashboard',
      role: 'OPERATOR',
      scopes: ['READ'],
      userId: gid('User', 1),
      expiresAt: '2026-12-01T00:00:00Z',
    });
    expect(await keys.findPrincipal(key)).toMatchObject({ name: 'dashboard', scopes: ['READ'], userId: 1 });
    const { data } = await query(`{ apiKeys { ${FIELDS} } }`);
    expect(data?.apiKeys).toEqual([
      expect.objectContaining({
        id: apiKey.id,
        role: 'OPERATOR',
        scopes: ['READ'],
        state: 'ACTIVE',
        userId: gid('User', 1),
        expiresAt: '2026-12-01T00:00:00.000Z',
      }),
    ]);
    expect(JSON.stringify(data)).not.toContain(key.slice(0, 12));
  });

  it('says the scopes of a key that was given none of its own', async () => {
    await made({ name: 'all', role: 'OPERATOR' });
    const { data } = await query('{ apiKeys { scopes } }');
    expect(data).toEqual({ apiKeys: [{ scopes: ['READ', 'FEEDBACK', 'JOBS'] }] });
  });

  it.each([
    ['an empty name', { name: ' ', role: 'VIEWER' }, ['input', 'name']],
    ['a NUL in the name', { name: 'a\u0000', role: 'VIEWER' }, ['input', 'name']],
    ['scopes beyond the role', { name: 'a', role: 'VIEWER', scopes: ['SETTINGS'] }, ['input', 'scopes']],
    ['no scope', { name: 'a', role: 'VIEWER', scopes: [] }, ['input', 'scopes']],
    ['an unknown user', { name: 'a', role: 'VIEWER', userId: gid('User', 999) }, ['input', 'userId']],
    [
      'the id of something else',
      { name: 'a', role: 'VIEWER', userId: gid('Series', 1) },
      ['input', 'userId'],
    ],
    [
      'a past expiry',
      { name: 'a', role: 'VIEWER', expiresAt: '2026-11-20T12:00:00Z' },
      ['input', 'expiresAt'],
    ],
  ])('refuses %s', async (_what, input, path) => {
    const { data, errors } = await query(CREATE, { input });
    expect(errors).toBeUndefined();
    expect(data?.createApiKey).toMatchObject({ __typename: 'BadInputError', path });
    expect(await keys.list()).toEqual([]);
  });

  it('makes no key with a scope that the caller does not have', async () => {
    const administrator = caller('ADMIN', null, ['SETTINGS', 'READ']);
    const all = await query(CREATE, { input: { name: 'a', role: 'VIEWER' } }, administrator);
    expect(all.data?.createApiKey).toMatchObject({ __typename: 'BadInputError', path: ['input', 'scopes'] });
    const fewer = await query(
      CREATE,
      { input: { name: 'a', role: 'ADMIN', scopes: ['READ', 'SETTINGS'] } },
      administrator,
    );
    expect(fewer.data?.createApiKey).toMatchObject({ __typename: 'CreateApiKeySuccess' });
  });
});

describe('rotateApiKey', () => {
  it('gives a new secret and takes the one before for the grace', async () => {
    const { key, apiKey } = await made({ name: 'a', role: 'OPERATOR' });
    const { data } = await query(ROTATE, { input: { id: apiKey.id, graceMinutes: 5 } });
    expect(data?.rotateApiKey).toMatchObject({
      apiKey: {
        id: apiKey.id,
        rotatedAt: '2026-11-20T12:00:00.000Z',
        previousValidUntil: '2026-11-20T12:05:00.000Z',
      },
    });
    expect(await keys.findPrincipal(key)).not.toBeNull();
    expect(await keys.findPrincipal(String(at(data, 'rotateApiKey', 'key')))).not.toBeNull();
  });

  it('takes the one before for an hour when nothing is said', async () => {
    const { apiKey } = await made({ name: 'a', role: 'OPERATOR' });
    const { data } = await query(ROTATE, { input: { id: apiKey.id } });
    expect(at(data, 'rotateApiKey', 'apiKey', 'previousValidUntil')).toBe('2026-11-20T13:00:00.000Z');
  });

  it('hands nobody a key that can do more than theirs', async () => {
    const { key, apiKey } = await made({ name: 'a', role: 'ADMIN' });
    const administrator = caller('ADMIN', null, ['SETTINGS', 'READ']);
    const { data } = await query(ROTATE, { input: { id: apiKey.id, graceMinutes: 0 } }, administrator);
    expect(data?.rotateApiKey).toMatchObject({ __typename: 'BadInputError', path: ['input', 'id'] });
    expect(await keys.findPrincipal(key)).not.toBeNull();
  });

  it.each([-1, 10_081])('refuses a grace of %d minutes', async (graceMinutes) => {
    const { apiKey } = await made({ name: 'a', role: 'OPERATOR' });
    const { data } = await query(ROTATE, { input: { id: apiKey.id, graceMinutes } });
    expect(data?.rotateApiKey).toMatchObject({
      __typename: 'BadInputError',
      path: ['input', 'graceMinutes'],
    });
  });

  it('refuses a key that was revoked', async () => {
    const { apiKey } = await made({ name: 'a', role: 'OPERATOR' });
    await query(REVOKE, { input: { id: apiKey.id } });
    const { data } = await query(ROTATE, { input: { id: apiKey.id } });
    expect(data?.rotateApiKey).toMatchObject({ __typename: 'ConflictError', path: ['input', 'id'] });
  });
});

describe('revokeApiKey', () => {
  it('makes the key useless and says so', async () => {
    const { key, apiKey } = await made({ name: 'a', role: 'OPERATOR' });
    const { data } = await query(REVOKE, { input: { id: apiKey.id } });
    expect(data?.revokeApiKey).toMatchObject({ apiKey: { id: apiKey.id, state: 'REVOKED' } });
    expect(await keys.findPrincipal(key)).toBeNull();
  });
});

describe.each([
  ['rotateApiKey', ROTATE],
  ['revokeApiKey', REVOKE],
])('%s', (field, document) => {
  it.each([
    ['NotFoundError', gid('ApiKey', randomUUID())],
    ['BadInputError', gid('JobRun', randomUUID())],
    ['BadInputError', "' or 1=1 --"],
  ])('answers %s to a wrong id', async (__typename, id) => {
    const { data } = await query(document, { input: { id } });
    expect(data?.[field]).toMatchObject({ __typename, path: ['input', 'id'] });
  });
});

describe('a key with fewer scopes than its role', () => {
  it.each([
    ['READ', '{ users { nodes { name } } }', caller('ADMIN', null, ['JOBS', 'SETTINGS', 'FEEDBACK'])],
    [
      'JOBS',
      'mutation { runJob(input: { job: SYNC_USERS }) { __typename } }',
      caller('ADMIN', null, ['READ']),
    ],
    [
      'SETTINGS',
      `mutation { setLibraryEnabled(input: { libraryId: "${gid('Library', 1)}", enabled: false }) { __typename } }`,
      caller('ADMIN', null, ['READ', 'JOBS', 'FEEDBACK']),
    ],
    [
      'FEEDBACK',
      `mutation { setHistorySharing(userId: "${gid('User', 1)}", shared: false) { __typename } }`,
      caller('VIEWER', 1, ['READ']),
    ],
  ])('is refused what needs %s', async (scope, document, principal) => {
    const { errors } = await query(document, {}, principal);
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining(scope),
        extensions: { code: 'FORBIDDEN', remedy: expect.any(String) },
      },
    ]);
  });

  it('can ask what it may do', async () => {
    const { data, errors } = await query(
      '{ me { name role scopes expiresAt } }',
      {},
      caller('ADMIN', null, ['JOBS']),
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ me: { name: 'ADMIN key', role: 'ADMIN', scopes: ['JOBS'], expiresAt: null } });
  });
});
