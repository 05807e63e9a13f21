import { type SQL, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { retrainWeights } from '../../../src/evaluation/retrain-weights.ts';
import type { Database } from '../../../src/platform/database.ts';
import { applyWeights } from '../../../src/recommendations/tuning/apply-weights.ts';
import { createWeights } from '../../../src/recommendations/tuning/create-weights.ts';
import { currentWeights } from '../../../src/recommendations/tuning/weights.repo.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { addBegun, addSeries, addSet, addUsers } from '../../support/shown-picks.ts';

const SCORER = 'series-lexical-1';
let db: Database;

beforeEach(async () => {
  db = await createTestDatabase();
  await addUsers(db, 'anna', 'ben');
  await addSeries(db, 500);
});
afterEach(() => db.close());

/** Sets of ten picks a week, each pick started by chance as `logit` of its two contributions says. */
async function addPastPicks(
  weeks: number,
  logit: (content: number, rating: number, week: number) => number,
): Promise<void> {
  const random = seededRandom(11);
  const value = () => random.below(4_001) / 1_000 - 2;
  for (let week = 0; week < weeks; week += 1) {
    for (const userId of [1, 2]) {
      const at = new Date(Date.UTC(2026, 3, 5 + week * 7));
      const picks = Array.from({ length: 10 }, (_, place) => ({
        titleId: 1 + week * 10 + place,
        parts: { CONTENT: value(), RATING: value() },
      }));
      await addSet(db, userId, at.toISOString(), picks);
      const next = new Date(at.getTime() + 86_400_000).toISOString();
      const started = picks.filter(({ parts }) =>
        random.happens(1 / (1 + Math.exp(-logit(parts.CONTENT, parts.RATING, week)))),
      );
      await addBegun(db, ...started.map(({ titleId }) => ({ userId, titleId, firstPlayed: next })));
    }
  }
}

function retrain(dryRun = false) {
  const context = testContext(db, {});
  return { context, counts: retrainWeights(context, { scorer: SCORER, dryRun }) };
}

const versions = () =>
  db.rows<{ origin: string; weights: Record<string, number>; measured: Record<string, number> | null }>(
    sql`select origin, weights, measured from weights_versions order by id`,
  );

describe('retrainWeights', () => {
  it('lowers a signal that misleads, and puts that in force', async () => {
    await addPastPicks(30, (content, rating) => content - rating - 0.5);
    const { context, counts } = retrain();
    expect(await counts).toMatchObject({ shown: 600, retrained: 1, applied: 1 });
    const { everybody } = await currentWeights(db);
    expect(everybody.weights.RATING).toBe(0);
    expect(everybody.weights.CONTENT).toBeGreaterThan(0.6);
    expect(everybody.weights.FRESHNESS).toBe(1);
    const [, version] = await versions();
    expect(version).toMatchObject({ origin: 'RETRAINED' });
    expect(version?.measured?.logLoss).toBeLessThan(version?.measured?.logLossBefore ?? 0);
    expect(version?.measured?.ndcg).toBeGreaterThan(version?.measured?.ndcgBefore ?? 1);
    expect(context.record.lines.map(({ message }) => message)).toEqual([
      expect.stringContaining('in force from now on'),
    ]);
  });

  it('keeps the version but does not put it in force when later picks say the opposite', async () => {
    await addPastPicks(30, (content, rating, week) => content + (week < 21 ? -2 : 2) * rating - 0.5);
    expect(await retrain().counts).toMatchObject({ retrained: 1, applied: 0 });
    expect((await currentWeights(db)).everybody).toEqual({ versionId: null, weights: {} });
    expect((await versions()).map(({ origin }) => origin)).toEqual(['SHIPPED', 'RETRAINED']);
  });

  it('waits for enough picks and starts', async () => {
    await addPastPicks(9, (content) => content);
    const { context, counts } = retrain();
    expect(await counts).toMatchObject({ shown: 180, retrained: 0, applied: 0 });
    expect(context.record.lines[0]?.message).toContain('learnt from 200 picks and 30 starts on');
    expect(await versions()).toEqual([]);
  });

  it('makes no second version of the same weights', async () => {
    await addPastPicks(30, (content, rating) => content - rating - 0.5);
    await retrain().counts;
    expect(await retrain().counts).toMatchObject({ retrained: 0, applied: 0 });
    expect(await versions()).toHaveLength(2);
  });

  it('keeps the weight of a signal that past picks say nothing of, as one that was left out', async () => {
    await addPastPicks(30, (content, rating) => content - rating - 0.5);
    const changes = { db, now: () => new Date('2026-11-01T00:00:00Z'), by: 'test' };
    const versionId = await createWeights(changes, {
      weights: [
        { signal: 'ERA', weight: 0 },
        { signal: 'LENGTH', weight: 2.5 },
      ],
      notes: '',
    });
    await applyWeights(changes, { versionId, userIds: null });
    expect(await retrain().counts).toMatchObject({ retrained: 1, applied: 1 });
    expect((await currentWeights(db)).everybody.weights).toMatchObject({ ERA: 0, LENGTH: 2.5, RATING: 0 });
  });

  it('leaves in force what somebody put there while it learnt', async () => {
    await addPastPicks(30, (content, rating) => content - rating - 0.5);
    const changes = { db, now: () => new Date('2026-11-01T00:00:00Z'), by: 'test' };
    const versionId = await createWeights(changes, { weights: [{ signal: 'RATING', weight: 2 }], notes: '' });
    const learning = testContext(db, {
      db: {
        ...db,
        rows: async <Row extends Record<string, unknown>>(statement: SQL) => {
          const rows = await db.rows<Row>(statement);
          // The last thing it reads before it learns.
          if (JSON.stringify(statement).includes("origin = 'RETRAINED'"))
            await applyWeights(changes, { versionId, userIds: null });
          return rows;
        },
      },
    });
    expect(await retrainWeights(learning, { scorer: SCORER, dryRun: false })).toMatchObject({
      retrained: 1,
      applied: 0,
    });
    expect((await currentWeights(db)).everybody.versionId).toBe(versionId);
  });

  it('writes nothing in a dry run and tells the same counts', async () => {
    await addPastPicks(30, (content, rating) => content - rating - 0.5);
    const dry = await retrain(true).counts;
    expect(await versions()).toEqual([]);
    expect(await retrain().counts).toEqual(dry);
  });

  it('learns only from picks of the same scorer whose outcome is known', async () => {
    await addSet(db, 1, '2026-11-19T00:00:00Z', [
      { titleId: 1, parts: { CONTENT: 1 } },
      { titleId: 2, parts: { CONTENT: 1 } },
    ]);
    await addSet(db, 2, '2026-10-01T00:00:00Z', [{ titleId: 3, parts: { CONTENT: 1 } }], { name: 'other-1' });
    await addBegun(db, { userId: 1, titleId: 2, firstPlayed: '2026-11-19T20:00:00Z' });
    expect(await retrain().counts).toMatchObject({ shown: 1, started: 1 });
  });

  it('leaves users alone who try a version of their own', async () => {
    await addPastPicks(30, (content, rating) => content - rating - 0.5);
    const changes = { db, now: () => new Date('2026-11-01T00:00:00Z'), by: 'test' };
    const versionId = await createWeights(changes, { weights: [{ signal: 'RATING', weight: 2 }], notes: '' });
    await applyWeights(changes, { versionId, userIds: [2] });
    await retrain().counts;
    const current = await currentWeights(db);
    expect(current.users.get(2)).toEqual({ versionId, weights: { RATING: 2 } });
    expect(current.everybody.weights.RATING).toBe(0);
  });
});
