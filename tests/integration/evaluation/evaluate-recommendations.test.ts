import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type EvaluateRecommendationsInput,
  evaluateRecommendations,
} from '../../../src/evaluation/evaluate-recommendations.ts';
import type { Database } from '../../../src/platform/database.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import { addBegun, addSeries, addUsers } from '../../support/shown-picks.ts';

let db: Database;

beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.close());

/** Anna, cara and eve watch crime (odd series), ben and dan baking (even ones); finn has begun one, gus none. */
async function addHousehold(): Promise<void> {
  await addUsers(db, 'anna', 'ben', 'cara', 'dan', 'eve', 'finn', 'gus');
  await addSeries(db, 60);
  const histories = [
    [1, 1, 12],
    [2, 2, 12],
    [3, 3, 12],
    [4, 4, 5],
    [5, 5, 2],
    [6, 7, 1],
  ] as const;
  const day = (number: number) => new Date(Date.UTC(2026, 0, number)).toISOString();
  await addBegun(
    db,
    ...histories.flatMap(([userId, first, count]) =>
      Array.from({ length: count }, (_, index) => ({
        userId,
        titleId: first + index * 2,
        firstPlayed: day(1 + index),
        state: 'CAUGHT_UP',
        episodes: 5,
      })),
    ),
  );
}

function run(input: EvaluateRecommendationsInput = {}) {
  const context = testContext(db, {});
  return { context, counts: evaluateRecommendations(context, input) };
}

const results = () =>
  db.rows<Record<string, number | string | null>>(
    sql`select r.* from evaluation_results r order by evaluation_id, cohort, scorer`,
  );

describe('evaluateRecommendations', () => {
  it('measures every scorer over every cohort there is, and stores it with its parameters', async () => {
    await addHousehold();
    const { context, counts } = run();
    expect(await counts).toEqual({
      users: 6,
      skipped: 1,
      heldOut: 2 + 2 + 2 + 1 + 1 + 1,
      evaluations: 1,
      shown: 0,
      started: 0,
      retrained: 0,
      applied: 0,
    });
    const stored = await results();
    const cohorts = ['ALL', 'FROM_1', 'FROM_10', 'FROM_3', 'NONE'];
    expect(stored.map((row) => [row.cohort, row.scorer])).toEqual(
      cohorts.flatMap((cohort) => ['CONTENT', 'POPULARITY', 'RECOMMENDER'].map((scorer) => [cohort, scorer])),
    );
    const all = stored.filter((row) => row.cohort === 'ALL');
    for (const row of all) {
      expect(row.user_count).toBe(6);
      for (const metric of ['ndcg', 'recall', 'hit_rate', 'coverage', 'diversity']) {
        expect(row[metric]).toBeGreaterThanOrEqual(0);
        expect(row[metric]).toBeLessThanOrEqual(1);
      }
    }
    const [evaluation] = await db.rows(sql`select user_count, parameters, weights_id from evaluations`);
    expect(evaluation).toEqual({
      user_count: 6,
      weights_id: null,
      parameters: { holdOutShare: 0.2, shortList: 10, longList: 20 },
    });
    expect(context.record.steps.map(({ name, done }) => [name, done])).toEqual([
      ['Load catalog and histories', 0],
      ['Learn from past picks', 0],
      ['Measure', 6],
    ]);
    const table = context.record.lines.map(({ message }) => message);
    expect(table.find((line) => line.startsWith('viewers'))).toContain('NDCG@10');
    expect(table.filter((line) => line.startsWith('all '))).toHaveLength(3);
  });

  it('finds some of what viewers of a long history watched next', async () => {
    await addHousehold();
    await run().counts;
    const found = await db.rows<{ scorer: string; recall: number }>(
      sql`select scorer, recall from evaluation_results where cohort = 'FROM_10' order by scorer`,
    );
    const recall = Object.fromEntries(found.map((row) => [row.scorer, row.recall]));
    expect(recall.RECOMMENDER).toBeGreaterThan(0);
    expect(recall.CONTENT).toBeGreaterThan(0);
  });

  it('gives the same figures for the same histories', async () => {
    await addHousehold();
    await run().counts;
    await run().counts;
    const stored = (await results()).map(({ evaluation_id: _id, ...row }) => row);
    expect(stored.slice(0, stored.length / 2)).toEqual(stored.slice(stored.length / 2));
  });

  it('lets the scorers see nothing of what is held out', async () => {
    await addUsers(db, 'anna', 'ben');
    await addSeries(db, 30);
    // Series 29 is held out of both, so nobody is known to have watched it; ben's other series are all popular.
    const day = (number: number) => new Date(Date.UTC(2026, 0, number)).toISOString();
    for (const userId of [1, 2])
      await addBegun(
        db,
        ...[2, 4, 6, 29].map((titleId, index) => ({ userId, titleId, firstPlayed: day(1 + index) })),
      );
    await run().counts;
    const [popularity] = await db.rows<{ novelty: number; ndcg: number }>(
      sql`select novelty, ndcg from evaluation_results where cohort = 'ALL' and scorer = 'POPULARITY'`,
    );
    // No candidate was watched by anybody: -log2(1 / 3) for each.
    expect(popularity?.novelty).toBeCloseTo(Math.log2(3), 9);
  });

  it('writes nothing in a dry run and tells the same counts', async () => {
    await addHousehold();
    const dry = await run({ dryRun: true }).counts;
    expect(await results()).toEqual([]);
    expect(await run().counts).toEqual(dry);
  });

  it('learns no weights where the setting or the caller says so', async () => {
    await addHousehold();
    await db.rows(sql`insert into weights_settings (id, retrain) values (1, false)`);
    const off = run();
    await off.counts;
    expect(off.context.record.steps.map(({ name }) => name)).not.toContain('Learn from past picks');
    const asked = run({ retrain: true });
    await asked.counts;
    expect(asked.context.record.steps.map(({ name }) => name)).toContain('Learn from past picks');
  });

  it('says what is missing without titles and without histories', async () => {
    await expect(run().counts).rejects.toMatchObject({ code: 'PREREQUISITE_MISSING' });
    await addUsers(db, 'anna');
    await addSeries(db, 5);
    await expect(run().counts).rejects.toMatchObject({
      code: 'PREREQUISITE_MISSING',
      message: expect.stringContaining('No viewer has begun a series'),
      remedy: expect.stringContaining('sync-series-watch-history'),
    });
  });

  it('stops before the next viewer when it is told to, and stores nothing', async () => {
    await addHousehold();
    const stop = new AbortController();
    const context = testContext(db, {});
    const progress = { ...context.progress, advance: () => stop.abort() };
    await expect(
      evaluateRecommendations({ ...context, progress, signal: stop.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(await results()).toEqual([]);
  });
});
