import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evaluateRecommendations } from '../../src/evaluation/evaluate-recommendations.ts';
import type { Database } from '../../src/platform/database.ts';
import { at, createApi } from '../support/api.ts';
import { testContext } from '../support/context.ts';
import { createTestDatabase } from '../support/database.ts';
import { addBegun, addSeries, addSet, addUsers } from '../support/shown-picks.ts';

let db: Database;
let api: ReturnType<typeof createApi>;

beforeEach(async () => {
  db = await createTestDatabase();
  api = createApi(db);
  await addUsers(db, 'anna');
  await addSeries(db, 30);
});
afterEach(() => db.close());

const LATEST = `{ latestEvaluation { id evaluatedAt weightsVersion model userCount heldOutCount titleCount
  weights { id } parameters { holdOutShare shortList longList }
  results { scorer cohort userCount ndcg ndcgError recall hitRate coverage novelty diversity } } }`;

describe('evaluations', () => {
  it('are none before the first', async () => {
    expect((await api.query(LATEST)).data).toEqual({ latestEvaluation: null });
    const list = await api.query('{ evaluations { totalCount nodes { id } } }');
    expect(list.data).toEqual({ evaluations: { totalCount: 0, nodes: [] } });
  });

  it('tell the figures of every scorer and cohort, all viewers first, in one statement', async () => {
    await addBegun(
      db,
      ...[1, 3, 5, 7].map((titleId) => ({
        userId: 1,
        titleId,
        firstPlayed: `2026-10-0${titleId}T00:00:00Z`,
      })),
    );
    await evaluateRecommendations(testContext(db, {}));
    await evaluateRecommendations(testContext(db, {}));
    const { data, statements } = await api.query(LATEST);
    expect(statements).toBe(1);
    expect(at(data, 'latestEvaluation')).toMatchObject({
      evaluatedAt: '2026-11-20T12:00:00.000Z',
      weights: null,
      userCount: 1,
      heldOutCount: 1,
      titleCount: 30,
      parameters: { holdOutShare: 0.2, shortList: 10, longList: 20 },
      results: ['ALL', 'FROM_3'].flatMap((cohort) =>
        ['RECOMMENDER', 'POPULARITY', 'CONTENT'].map((scorer) => ({
          cohort,
          scorer,
          userCount: 1,
          ndcgError: null,
        })),
      ),
    });
    const page = await api.query(
      '{ evaluations(first: 1) { totalCount pageInfo { endCursor } nodes { id } } }',
    );
    expect(at(page.data, 'evaluations', 'nodes', 0, 'id')).toBe(at(data, 'latestEvaluation', 'id'));
    const after = at(page.data, 'evaluations', 'pageInfo', 'endCursor');
    const next = await api.query('query ($after: String) { evaluations(after: $after) { nodes { id } } }', {
      after,
    });
    expect(at(next.data, 'evaluations', 'nodes')).toHaveLength(1);
  });

  it('refuse a page of nonsense', async () => {
    const answer = await api.query('{ evaluations(first: 0) { nodes { id } } }');
    expect(at(answer.errors, 0, 'extensions')).toMatchObject({ code: 'BAD_INPUT', field: 'first' });
  });
});

describe('recommendationOutcomes', () => {
  it('tells what became of picks, in the groups asked for', async () => {
    await addSet(db, 1, '2026-10-01T00:00:00Z', [
      { titleId: 1, parts: { CONTENT: 1 } },
      { titleId: 2, parts: { RATING: 1 } },
    ]);
    await addBegun(db, { userId: 1, titleId: 2, firstPlayed: '2026-10-03T00:00:00Z', episodes: 3 });
    const query = `query ($groupBy: [OutcomeGroup!], $since: DateTime) {
      recommendationOutcomes(groupBy: $groupBy, since: $since) {
        weightsVersion weightsVersionId rank signal week shown inLibrary started finished kept startedShare } }`;
    const ask = async (variables: Record<string, unknown>) =>
      at((await api.query(query, variables)).data, 'recommendationOutcomes');
    expect(await ask({})).toEqual([
      {
        weightsVersion: 'series-lexical-1',
        weightsVersionId: null,
        rank: null,
        signal: null,
        week: null,
        shown: 2,
        inLibrary: 0,
        started: 1,
        finished: 0,
        kept: 1,
        startedShare: 0.5,
      },
    ]);
    expect(await ask({ groupBy: ['SIGNAL', 'WEEK'] })).toMatchObject([
      { signal: 'CONTENT', week: '2026-09-28', started: 0 },
      { signal: 'RATING', week: '2026-09-28', started: 1 },
    ]);
    expect(await ask({ groupBy: [], since: '2026-10-02T00:00:00Z' })).toMatchObject([
      { shown: 0, startedShare: 0 },
    ]);
  });
});
