import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database.ts';
import { ShowrunnerError } from '../../src/platform/errors.ts';
import { sha256 } from '../../src/platform/secrets.ts';
import { at, caller, createApi, gid } from '../support/api.ts';
import { createTestDatabase } from '../support/database.ts';
import { noServices } from '../support/engine.ts';
import { scriptedMediaServer } from '../support/scripted-media-server.ts';
import { seedCatalog } from '../support/seed-catalog.ts';

let db: Database;
let query: ReturnType<typeof createApi>['query'];
beforeAll(async () => {
  db = await createTestDatabase();
  await seedCatalog(db);
  ({ query } = createApi(db));
});
afterAll(() => db.close());

describe('users', () => {
  it('are listed by name, a page at a time', async () => {
    const first = await query(
      '{ users(first: 2) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } }',
    );
    expect(first.data?.users).toMatchObject({
      totalCount: 3,
      nodes: [{ name: 'anna' }, { name: 'ben' }],
      pageInfo: { hasNextPage: true },
    });
    const after = at(first.data, 'users', 'pageInfo', 'endCursor');
    const second = await query(
      'query ($after: String) { users(after: $after) { nodes { name } pageInfo { hasNextPage } } }',
      { after },
    );
    expect(second.data?.users).toEqual({ nodes: [{ name: 'cara' }], pageInfo: { hasNextPage: false } });
  });

  it('show settings and sync times', async () => {
    const { data } = await query(
      `{ user(id: "${gid('User', 1)}") { id name isAdmin isDisabled recommendationsEnabled explanationsEnabled historySyncedAt removedAt } }`,
    );
    expect(data?.user).toEqual({
      id: gid('User', 1),
      name: 'anna',
      isAdmin: true,
      isDisabled: false,
      recommendationsEnabled: true,
      explanationsEnabled: true,
      historySyncedAt: '2026-11-20T06:00:00.000Z',
      removedAt: null,
    });
  });

  it('are null when unknown', async () => {
    const { data, errors } = await query(`{ user(id: "${gid('User', 999)}") { name } }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ user: null });
  });

  it('page through every play, the last one first and those without a date at the end', async () => {
    const document = `query ($id: ID!, $first: Int, $after: String) { user(id: $id) { plays(first: $first, after: $after) {
      totalCount nodes { playedAt percentage positionMs source episode { number series { name } } }
      pageInfo { hasNextPage endCursor } } } }`;
    const id = gid('User', 1);
    const all = at((await query(document, { id })).data, 'user', 'plays', 'nodes');
    if (!Array.isArray(all)) throw new Error('No list.');
    expect(all).toHaveLength(5);
    expect(all.slice(0, 3)).toEqual([
      {
        playedAt: '2026-03-02T20:00:00.000Z',
        percentage: 0.5,
        positionMs: 1_350_000,
        source: 'WEBHOOK',
        episode: { number: 2, series: { name: 'Show 01' } },
      },
      {
        playedAt: '2026-03-02T20:00:00.000Z',
        percentage: 1,
        positionMs: 0,
        source: 'VIRTUAL_LIBRARY',
        episode: { number: 1, series: { name: 'Show 01' } },
      },
      expect.objectContaining({ playedAt: '2026-03-01T20:00:00.250Z' }),
    ]);
    expect(all.slice(3).map((node) => at(node, 'playedAt'))).toEqual([null, null]);
    const seen: unknown[] = [];
    let after: unknown = null;
    for (let page = 0; page < 5; page += 1) {
      const { data, statements } = await query(document, { id, first: 1, after });
      expect(statements).toBe(1);
      expect(at(data, 'user', 'plays', 'totalCount')).toBe(5);
      seen.push(at(data, 'user', 'plays', 'nodes', 0));
      after = at(data, 'user', 'plays', 'pageInfo', 'endCursor');
      expect(at(data, 'user', 'plays', 'pageInfo', 'hasNextPage')).toBe(page < 4);
    }
    expect(seen).toEqual(all);
    const foreign = await query('query ($after: String) { users(after: $after) { nodes { name } } }', {
      after,
    });
    expect(foreign.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_INPUT', field: 'after' });
  });

  it('show their plays to a viewer bound to them and to no other', async () => {
    const document = (id: number) => `{ user(id: "${gid('User', id)}") { plays { totalCount } } }`;
    const own = await query(document(2), {}, caller('VIEWER', 2));
    expect(at(own.data, 'user', 'plays', 'totalCount')).toBe(1);
    expect((await query(document(1), {}, caller('VIEWER', 2))).errors).toHaveLength(1);
  });

  it('page through their series states, the last played first and never played ones last', async () => {
    const document = `query ($id: ID!, $first: Int, $after: String, $states: [SeriesState!]) { user(id: $id) {
      watchStates(first: $first, after: $after, states: $states) {
        totalCount nodes { lastPlayedAt progress series { name } } pageInfo { endCursor } } } }`;
    const id = gid('User', 1);
    const all = at((await query(document, { id, first: 100 })).data, 'user', 'watchStates', 'nodes');
    if (!Array.isArray(all)) throw new Error('No list.');
    expect(all.map((node) => at(node, 'series', 'name'))).toEqual(
      [11, 10, 9, 7, 6, 5, 3, 2, 1, 12, 8, 4].map((number) => `Show ${String(number).padStart(2, '0')}`),
    );
    expect(at(all, 0, 'progress')).toBeCloseTo(4 / 6);
    for (const split of [3, 10]) {
      const page = (await query(document, { id, first: split })).data;
      const after = at(page, 'user', 'watchStates', 'pageInfo', 'endCursor');
      const rest = await query(document, { id, first: 100, after });
      expect(at(rest.data, 'user', 'watchStates', 'nodes')).toEqual(all.slice(split));
    }
    const completed = await query(document, { id, states: ['COMPLETED'] });
    expect(at(completed.data, 'user', 'watchStates', 'totalCount')).toBe(4);
  });

  it('show the current picks with their reasons, and the library', async () => {
    const { data } = await query(
      `{ user(id: "${gid('User', 1)}") { library { path fileCount syncedAt } recommendations { id generatedAt weightsVersion
        model candidateCount historyCount picks(first: 2) { rank score isRewatch explanation series { name }
        parts { signal contribution } evidence { kind series { name } traits count weight } } } } }`,
    );
    expect(data?.user).toEqual({
      library: { path: '/libraries/users/anna', fileCount: 45, syncedAt: '2026-11-20T01:00:00.000Z' },
      recommendations: {
        id: gid('RecommendationSet', 2),
        generatedAt: '2026-11-20T00:00:00.000Z',
        weightsVersion: 'w2',
        model: 'test-model',
        candidateCount: 21,
        historyCount: 12,
        picks: [1, 2].map((rank) => ({
          rank,
          score: 1 / rank,
          isRewatch: false,
          explanation: rank === 1 ? 'Because you watched Show 01.' : null,
          series: { name: `Show ${12 + rank}` },
          parts: [
            { signal: 'taste', contribution: 0.25 },
            { signal: 'quality', contribution: 0.5 },
          ],
          evidence: [
            {
              kind: 'SIMILAR_TO_WATCHED',
              series: { name: 'Show 01' },
              traits: [],
              count: null,
              weight: 0.25,
            },
            { kind: 'SHARED_TRAITS', series: null, traits: ['Drama'], count: null, weight: 0.5 },
            { kind: 'VIEWERS_LIKE_YOU', series: null, traits: [], count: 2, weight: 0.1 },
          ],
        })),
      },
    });
  });

  it('have neither picks nor a library before the first run', async () => {
    const { data } = await query(
      `{ user(id: "${gid('User', 2)}") { library { path } recommendations { id } } }`,
    );
    expect(data?.user).toEqual({ library: null, recommendations: null });
  });
});

describe('me', () => {
  it('is the key and the user it is bound to', async () => {
    const { data } = await query('{ me { name role user { name } } }', {}, caller('VIEWER', 2));
    expect(data?.me).toEqual({ name: 'VIEWER key', role: 'VIEWER', user: { name: 'ben' } });
  });

  it('has no user when the key is bound to nobody', async () => {
    const { data } = await query('{ me { user { name } } }', {}, caller('OPERATOR'));
    expect(data?.me).toEqual({ user: null });
  });
});

describe('libraries', () => {
  it('are listed with their series', async () => {
    const { data } = await query(
      '{ libraries { name collectionType enabled isVirtual lastCompleteSyncAt removedAt seriesCount } }',
    );
    expect(data?.libraries).toMatchObject([
      { name: 'Anime', seriesCount: 4, lastCompleteSyncAt: null },
      { name: 'Picks for anna', isVirtual: true, seriesCount: 0 },
      { name: 'Series', seriesCount: 30, enabled: true, lastCompleteSyncAt: '2026-11-19T06:00:00.000Z' },
    ]);
  });
});

const UPDATE = `mutation ($input: UpdateUserInput!) { updateUser(input: $input) { __typename
  ... on UpdateUserSuccess { user { name recommendationsEnabled explanationsEnabled } }
  ... on Failure { code message path remedy } } }`;

describe('updateUser', () => {
  it('changes what is given and leaves the rest', async () => {
    const off = await query(UPDATE, { input: { userId: gid('User', 2), recommendationsEnabled: false } });
    expect(off.data?.updateUser).toEqual({
      __typename: 'UpdateUserSuccess',
      user: { name: 'ben', recommendationsEnabled: false, explanationsEnabled: true },
    });
    const { data } = await query(`{ user(id: "${gid('User', 2)}") { recommendationsEnabled } }`);
    expect(data?.user).toEqual({ recommendationsEnabled: false });
  });

  it.each([
    [
      'an unknown user',
      { userId: gid('User', 999), explanationsEnabled: true },
      'NotFoundError',
      'NOT_FOUND',
      ['input', 'userId'],
    ],
    [
      'an id of another type',
      { userId: gid('Series', 1), explanationsEnabled: true },
      'BadInputError',
      'BAD_INPUT',
      ['input', 'userId'],
    ],
    ['nothing to change', { userId: gid('User', 1) }, 'BadInputError', 'BAD_INPUT', ['input']],
  ])('fails in its payload for %s', async (_what, input, typename, code, path) => {
    const { data, errors } = await query(UPDATE, { input });
    expect(errors).toBeUndefined();
    expect(data?.updateUser).toEqual({
      __typename: typename,
      code,
      path,
      message: expect.any(String),
      remedy: expect.any(String),
    });
  });
});

const ENABLE = `mutation ($input: SetLibraryEnabledInput!) { setLibraryEnabled(input: $input) { __typename
  ... on SetLibraryEnabledSuccess { library { id enabled seriesCount } } ... on Failure { code path } } }`;

describe('setLibraryEnabled', () => {
  it('switches a library', async () => {
    const { data } = await query(ENABLE, { input: { libraryId: gid('Library', 2), enabled: false } });
    expect(data?.setLibraryEnabled).toEqual({
      __typename: 'SetLibraryEnabledSuccess',
      library: { id: gid('Library', 2), enabled: false, seriesCount: 4 },
    });
  });

  it.each([999, 3])('does not find library %i, which is unknown or virtual', async (id) => {
    const { data } = await query(ENABLE, { input: { libraryId: gid('Library', id), enabled: true } });
    expect(data?.setLibraryEnabled).toEqual({
      __typename: 'NotFoundError',
      code: 'NOT_FOUND',
      path: ['input', 'libraryId'],
    });
  });
});

const RENEW = `mutation { renewWebhookSecret { __typename
  ... on RenewWebhookSecretSuccess { path } ... on Failure { code } } }`;

describe('renewWebhookSecret', () => {
  it('gives a new path each time, and keeps nothing but a hash of it', async () => {
    const { mediaServer } = scriptedMediaServer();
    const api = createApi(db, undefined, { ...noServices, mediaServer: () => mediaServer });
    const [first, second] = [await api.query(RENEW), await api.query(RENEW)];
    const path = String(at(second.data, 'renewWebhookSecret', 'path'));
    expect(path).toMatch(/^\/webhooks\/[\w-]{43}$/);
    expect(path).not.toBe(at(first.data, 'renewWebhookSecret', 'path'));
    const rows = await db.rows(sql`select hash from webhook_secrets`);
    expect(rows).toEqual([{ hash: sha256(path.replace('/webhooks/', '')) }]);
  });

  it('is of no use without a media server, and not for operators', async () => {
    const api = createApi(db, undefined, {
      ...noServices,
      mediaServer: () => {
        throw new ShowrunnerError('BAD_CONFIGURATION', 'No media server is configured.');
      },
    });
    expect((await api.query(RENEW)).data?.renewWebhookSecret).toEqual({
      __typename: 'MediaServerError',
      code: 'BAD_CONFIGURATION',
    });
    expect((await api.query(RENEW, {}, caller('OPERATOR'))).errors).toHaveLength(1);
  });
});
