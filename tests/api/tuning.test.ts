import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database.ts';
import { generateSeriesRecommendations } from '../../src/recommendations/generate-series-recommendations.ts';
import { SIGNAL_NAMES } from '../../src/recommendations/score-titles.ts';
import { at, caller, createApi, gid } from '../support/api.ts';
import { testContext } from '../support/context.ts';
import { createTestDatabase } from '../support/database.ts';
import { noServices } from '../support/engine.ts';
import { addBegun, addSeries, addUsers } from '../support/shown-picks.ts';

let db: Database;
let api: ReturnType<typeof createApi>;

beforeEach(async () => {
  db = await createTestDatabase();
  api = createApi(db, undefined, noServices);
  await addUsers(db, 'anna', 'ben');
  await addSeries(db, 40);
  await addBegun(
    db,
    { userId: 1, titleId: 1, firstPlayed: '2026-10-01T00:00:00Z' },
    { userId: 1, titleId: 3, firstPlayed: '2026-10-02T00:00:00Z' },
    { userId: 2, titleId: 2, firstPlayed: '2026-10-02T00:00:00Z' },
  );
});
afterEach(() => db.close());

const VERSION =
  'id origin createdBy notes isCurrent users { name } weights { signal weight } parent { id origin }';
const FAILURE = '... on Failure { code message path remedy }';
const CREATE = `mutation ($input: CreateWeightsInput!) {
  createWeights(input: $input) { ... on CreatedWeights { version { ${VERSION} } } ${FAILURE} } }`;
const APPLY = `mutation ($input: ApplyWeightsInput!) {
  applyWeights(input: $input) { ... on AppliedWeights { version { ${VERSION} } } ${FAILURE} } }`;
const REVERT = `mutation ($input: RevertWeightsInput!) {
  revertWeights(input: $input) { ... on RevertedWeights { version { ${VERSION} } } ${FAILURE} } }`;
const CURRENT = `{ currentWeights { ${VERSION} } }`;
const PREVIEW = `query ($input: PreviewRecommendationsInput!) {
  previewRecommendations(input: $input) {
    user { name } keptCount newCount
    picks { rank previousRank score series { name } } dropped { previousRank series { name } } } }`;

async function create(weight: number, notes = ''): Promise<string> {
  const answer = await api.query(CREATE, { input: { weights: [{ signal: 'RATING', weight }], notes } });
  return String(at(answer.data, 'createWeights', 'version', 'id'));
}
const apply = (versionId: string, userIds?: string[]) => api.query(APPLY, { input: { versionId, userIds } });
const current = async () => at((await api.query(CURRENT)).data, 'currentWeights');
const generate = () => generateSeriesRecommendations(testContext(db, {}));
const setVersions = async () =>
  (
    await db.rows<{ weights_id: number | null }>(sql`
    select weights_id from recommendation_sets where is_current order by user_id`)
  ).map((row) => row.weights_id);

describe('versions of the weights', () => {
  it('begin with the weights as shipped, every signal at 1', async () => {
    expect(await current()).toMatchObject({
      origin: 'SHIPPED',
      isCurrent: true,
      parent: null,
      weights: SIGNAL_NAMES.map((signal) => ({ signal, weight: 1 })),
    });
  });

  it('are kept with their notes and maker, and are in force for nobody until applied', async () => {
    const id = await create(2, 'Ratings matter here.');
    const list = await api.query(
      `{ weightsVersions(first: 1) { totalCount pageInfo { hasNextPage endCursor } nodes { ${VERSION} } } }`,
    );
    expect(at(list.data, 'weightsVersions', 'nodes', 0)).toMatchObject({
      id,
      origin: 'TUNED',
      createdBy: 'ADMIN key',
      notes: 'Ratings matter here.',
      isCurrent: false,
      parent: { origin: 'SHIPPED' },
    });
    expect(at(list.data, 'weightsVersions', 'totalCount')).toBe(2);
    const after = at(list.data, 'weightsVersions', 'pageInfo', 'endCursor');
    const next = await api.query(
      'query ($after: String) { weightsVersions(after: $after) { nodes { origin } } }',
      { after },
    );
    expect(at(next.data, 'weightsVersions', 'nodes')).toEqual([{ origin: 'SHIPPED' }]);
    const node = await api.query('query ($id: ID!) { node(id: $id) { ... on WeightsVersion { notes } } }', {
      id,
    });
    expect(at(node.data, 'node', 'notes')).toBe('Ratings matter here.');
  });

  it('are tried by chosen users first, then apply to everybody, and each set says what it was made with', async () => {
    await generate();
    const id = await create(2);
    expect(at((await apply(id, [gid('User', 2)])).data, 'applyWeights', 'version')).toMatchObject({
      isCurrent: false,
      users: [{ name: 'ben' }],
    });
    expect(await generate()).toMatchObject({ sets: 1, unchanged: 1 });
    expect(await setVersions()).toEqual([null, 2]);
    expect(at((await apply(id)).data, 'applyWeights', 'version')).toMatchObject({
      isCurrent: true,
      users: [],
    });
    expect(await generate()).toMatchObject({ sets: 1, unchanged: 1 });
    expect(await setVersions()).toEqual([2, 2]);
    const set = await api.query(
      `{ users { nodes { recommendations { weightsVersion weights { notes origin } } } } }`,
    );
    expect(at(set.data, 'users', 'nodes', 0, 'recommendations')).toMatchObject({
      weightsVersion: expect.stringMatching(/\+weights-2$/),
      weights: { origin: 'TUNED' },
    });
  });

  it('go back one after the other, in the end to the weights as shipped', async () => {
    const [first, second] = [await create(2), await create(0.5)];
    await apply(first);
    await apply(second);
    await apply(second);
    const back = async () => at((await api.query(REVERT, { input: {} })).data, 'revertWeights');
    expect(await back()).toMatchObject({ version: { id: first, isCurrent: true } });
    expect(await back()).toMatchObject({ version: { origin: 'SHIPPED', isCurrent: true } });
    expect(await back()).toMatchObject({ code: 'CONFLICT', path: ['input'], remedy: expect.any(String) });
    await apply(first);
    expect(await back()).toMatchObject({ version: { origin: 'SHIPPED' } });
  });

  it('end a trial for its users alone', async () => {
    const id = await create(2);
    const input = { userIds: [gid('User', 2)] };
    await apply(id, input.userIds);
    expect(at((await api.query(REVERT, { input })).data, 'revertWeights')).toMatchObject({
      version: { origin: 'SHIPPED' },
    });
    expect(at((await api.query(REVERT, { input })).data, 'revertWeights')).toMatchObject({
      code: 'CONFLICT',
    });
  });

  it('refuse weights that cannot be, naming the place', async () => {
    const bad = async (weights: { signal: string; weight: number }[]) =>
      at((await api.query(CREATE, { input: { weights } })).data, 'createWeights');
    expect(await bad([{ signal: 'RATING', weight: -1 }])).toMatchObject({
      code: 'BAD_INPUT',
      path: ['input', 'weights', '0', 'weight'],
    });
    expect(await bad([{ signal: 'LUCK', weight: 1 }])).toMatchObject({
      code: 'BAD_INPUT',
      path: ['input', 'weights', '0', 'signal'],
    });
    expect(await bad(SIGNAL_NAMES.map((signal) => ({ signal, weight: 0 })))).toMatchObject({
      code: 'BAD_INPUT',
      path: ['input', 'weights'],
    });
    expect(await db.rows(sql`select 1 from weights_versions`)).toEqual([]);
  });

  it('refuse users and versions that are not there', async () => {
    const id = await create(2);
    expect(at((await apply(id, [gid('User', 1), gid('User', 9)])).data, 'applyWeights')).toMatchObject({
      code: 'NOT_FOUND',
      path: ['input', 'userIds', '1'],
    });
    expect(at((await apply(gid('WeightsVersion', 99))).data, 'applyWeights')).toMatchObject({
      code: 'NOT_FOUND',
      path: ['input', 'versionId'],
    });
    expect(at((await apply(id, [])).data, 'applyWeights')).toMatchObject({ code: 'BAD_INPUT' });
    expect(await current()).toMatchObject({ origin: 'SHIPPED' });
  });
});

describe('previewRecommendations', () => {
  const ids = [gid('User', 1), gid('User', 2)];

  it('changes nothing with the weights in force', async () => {
    const { data } = await api.query(PREVIEW, { input: { userIds: ids, weights: [], first: 5 } });
    for (const preview of [0, 1]) {
      expect(at(data, 'previewRecommendations', preview)).toMatchObject({
        keptCount: 5,
        newCount: 0,
        dropped: [],
      });
    }
    expect(at(data, 'previewRecommendations', 1, 'user', 'name')).toBe('ben');
  });

  it('shows what other weights would bring and drop, and stores nothing', async () => {
    await generate();
    const stored = () => db.rows(sql`select xmin::text, title_id, rank from picks order by set_id, rank`);
    const before = await stored();
    const weights = SIGNAL_NAMES.map((signal) => ({ signal, weight: signal === 'RATING' ? 3 : 0 }));
    const { data } = await api.query(PREVIEW, { input: { userIds: ids.slice(0, 1), weights, first: 5 } });
    const preview = at(data, 'previewRecommendations', 0);
    expect(at(preview, 'picks', 0, 'series', 'name')).toMatch(/^Series \d*[49]$/);
    expect(Number(at(preview, 'keptCount')) + Number(at(preview, 'newCount'))).toBe(5);
    expect(at(preview, 'newCount')).toBeGreaterThan(0);
    expect(at(preview, 'dropped')).toHaveLength(Number(at(preview, 'newCount')));
    expect(await stored()).toEqual(before);
    expect(await db.rows(sql`select 1 from weights_versions`)).toEqual([]);
  });

  it('refuses no users, too many and unknown ones', async () => {
    const refused = async (userIds: string[]) =>
      at((await api.query(PREVIEW, { input: { userIds, weights: [] } })).errors, 0, 'extensions');
    expect(await refused([])).toMatchObject({ code: 'BAD_INPUT', field: 'input.userIds' });
    const many = Array.from({ length: 21 }, (_, index) => gid('User', index + 1));
    expect(await refused(many)).toMatchObject({ code: 'BAD_INPUT', field: 'input.userIds' });
    expect(await refused([gid('User', 9)])).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('who may tune', () => {
  it('lets operators look and preview, admins change, viewers neither', async () => {
    const code = async (document: string, variables: object, role: 'VIEWER' | 'OPERATOR') =>
      at((await api.query(document, { ...variables }, caller(role, 1))).errors, 0, 'extensions', 'code');
    const input = { userIds: [gid('User', 1)], weights: [] };
    expect(await code(PREVIEW, { input }, 'OPERATOR')).toBeUndefined();
    expect(await code(CURRENT, {}, 'OPERATOR')).toBeUndefined();
    expect(await code(PREVIEW, { input }, 'VIEWER')).toBe('FORBIDDEN');
    expect(await code(CURRENT, {}, 'VIEWER')).toBe('FORBIDDEN');
    expect(await code('{ weightsVersions { nodes { id } } }', {}, 'VIEWER')).toBe('FORBIDDEN');
    expect(await code('{ recommendationOutcomes { shown } }', {}, 'VIEWER')).toBe('FORBIDDEN');
    expect(await code('{ latestEvaluation { id } }', {}, 'VIEWER')).toBe('FORBIDDEN');
    for (const [document, given] of [
      [CREATE, { weights: [] }],
      [APPLY, { versionId: gid('WeightsVersion', 1) }],
      [REVERT, {}],
    ] as const)
      expect(await code(document, { input: given }, 'OPERATOR')).toBe('FORBIDDEN');
  });

  it('turns learning off and on', async () => {
    const set = (retrain: boolean) =>
      api.query(
        `mutation ($input: UpdateTuningSettingsInput!) {
          updateTuningSettings(input: $input) { ... on UpdatedTuningSettings { settings { retrain } } ${FAILURE} } }`,
        { input: { retrain } },
      );
    const read = async () => at((await api.query('{ tuningSettings { retrain } }')).data, 'tuningSettings');
    expect(await read()).toEqual({ retrain: true });
    expect(at((await set(false)).data, 'updateTuningSettings', 'settings')).toEqual({ retrain: false });
    expect(await read()).toEqual({ retrain: false });
  });
});
