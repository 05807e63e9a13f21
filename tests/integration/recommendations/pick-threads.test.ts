import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeGeneratedServer } from '../../../bench/recommend/generated-server.ts';
import type { Database } from '../../../src/platform/database.ts';
import type { PickResult, PickTask } from '../../../src/recommendations/pick-batch.ts';
import { defaultThreads, picksOf } from '../../../src/recommendations/picker.ts';
import {
  type LoadedFacts,
  loadRecommendationFacts,
} from '../../../src/recommendations/recommendation-facts.ts';
import { picksOfThreads } from '../../../src/recommendations/thread-picker.ts';
import { userSet } from '../../../src/recommendations/user-recommendations.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';

const VIEWERS = 12;

let db: Database;
let loaded: LoadedFacts;

beforeAll(async () => {
  db = await createTestDatabase();
  await storeGeneratedServer(db, 300, VIEWERS);
  loaded = await loadRecommendationFacts(testContext(db, {}), undefined);
});
afterAll(() => db.close());

/** One task for each user, changed by `change`. */
async function* tasks(change: (task: PickTask) => PickTask = (task) => task): AsyncGenerator<PickTask> {
  for (const user of loaded.facts.users) {
    const { picking } = userSet(loaded.facts, user, 5, new Date('2026-11-20T12:00:00Z'));
    yield change({ userId: user.id, pools: picking.pools, options: picking.options });
  }
}

async function byUser(results: AsyncGenerator<PickResult>): Promise<Map<number, PickResult>> {
  const found = new Map<number, PickResult>();
  for await (const result of results) found.set(result.userId, result);
  return found;
}

describe('picks made in worker threads', () => {
  const { signal } = new AbortController();

  it.each([1, 2, 3])('are those made in this thread, with %i of them', async (threads) => {
    const here = await byUser(picksOf(loaded, tasks(), 0, signal));
    const there = await byUser(picksOfThreads(loaded, tasks(), threads, signal));
    expect(here.size).toBe(VIEWERS);
    expect([...there.keys()].sort()).toEqual([...here.keys()].sort());
    for (const [userId, result] of here) expect(there.get(userId)).toEqual(result);
  });

  it('spare the other users when one fails', async () => {
    const broken = (task: PickTask) =>
      task.userId === 3 ? { ...task, options: { ...task.options, count: Number.NaN } } : task;
    for (const results of [
      await byUser(picksOf(loaded, tasks(broken), 0, signal)),
      await byUser(picksOfThreads(loaded, tasks(broken), 2, signal)),
    ]) {
      const failed = [...results.values()].filter((result) => 'error' in result);
      expect(failed).toEqual([{ userId: 3, error: expect.any(Error) }]);
      expect(results.size).toBe(VIEWERS);
    }
  });

  it('stop with the reason as soon as the run is cancelled', async () => {
    const controller = new AbortController();
    const results = picksOfThreads(loaded, tasks(), 2, controller.signal);
    expect((await results.next()).done).toBe(false);
    const reason = new Error('cancelled');
    controller.abort(reason);
    await expect(byUser(results)).rejects.toBe(reason);
  });

  it('do not begin in a run that is cancelled already', async () => {
    const reason = new Error('cancelled');
    await expect(byUser(picksOfThreads(loaded, tasks(), 1, AbortSignal.abort(reason)))).rejects.toBe(reason);
  });

  it('take the tasks as they get to them, and none that there is not', async () => {
    async function* none(): AsyncGenerator<PickTask> {}
    expect(await byUser(picksOf(loaded, none(), 0, signal))).toEqual(new Map());
    expect(await byUser(picksOfThreads(loaded, none(), 1, signal))).toEqual(new Map());
  });

  it('use one to four threads by default', () => {
    expect(defaultThreads()).toBeGreaterThanOrEqual(1);
    expect(defaultThreads()).toBeLessThanOrEqual(4);
  });
});
