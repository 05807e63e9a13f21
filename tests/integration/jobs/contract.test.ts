import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import type { Database } from '../../../src/platform/database.ts';
import { openPostgresDatabase } from '../../../src/platform/postgres-database.ts';
import { CONTRACT_JOBS, createMarks, marksOf } from '../../support/contract-jobs.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { collect, eventBodies, startEngine } from '../../support/engine.ts';
import { brokenRuns, unfinishedRuns } from '../../support/run-record.ts';

const trigger = { kind: 'MANUAL', key: 'tests' } as const;
/** The embedded database takes about 15 ms for each. */
const RUNS = process.env.DATABASE_URL ? 1_000 : 250;
const ASKED_AT_ONCE = 25;
/** Nothing in these tests may need a sweep: what is due is told. */
const timing = { leaseMs: 60_000, heartbeatMs: 5_000, sweepMs: 3_600_000 };

describe('the contract of every combination of stores', () => {
  let db: TestDatabase;
  let engines: JobEngine[];
  const open: Database[] = [];

  beforeEach(async () => {
    db = await createTestDatabase();
    await createMarks(db);
    engines = [];
    for (let engine = 0; engine < (db.kind === 'embedded' ? 1 : 3); engine += 1)
      engines.push(await startEngine(await anotherProcess(), CONTRACT_JOBS, { timing }));
  });

  afterEach(async () => {
    await Promise.all(engines.map((engine) => engine.stop(0)));
    for (const other of open.splice(0)) await other.close();
    await db.close();
  });

  /** Engines share nothing but the stores; the embedded database has one process. */
  async function anotherProcess(): Promise<TestDatabase> {
    const { schedulerStore, url } = db;
    if (!url) return db;
    const other = await openPostgresDatabase({ url, max: 5 });
    open.push(other);
    return { ...other, schedulerStore, url };
  }

  function engine(number: number): JobEngine {
    const chosen = engines[number % engines.length];
    if (!chosen) throw new Error('There is an engine.');
    return chosen;
  }

  async function settled(): Promise<void> {
    while ((await unfinishedRuns(db)) > 0) await sleep(20);
  }

  it(`executes ${RUNS} runs exactly once each, over all processes`, async () => {
    for (let first = 0; first < RUNS; first += ASKED_AT_ONCE) {
      const numbers = Array.from({ length: ASKED_AT_ONCE }, (_, index) => first + index);
      await Promise.all(
        numbers.map((number) => engine(number).runJob({ job: 'record', params: { number }, trigger })),
      );
    }
    await settled();
    const executed = (await marksOf(db, 'executed')).map(({ number }) => number);
    expect(executed.sort((a, b) => a - b)).toEqual(Array.from({ length: RUNS }, (_, number) => number));
    expect(
      await db.rows(sql`select state, attempt, count(*)::int as runs, count(distinct worker_id)::int as workers
        from job_runs group by 1, 2`),
    ).toEqual([{ state: 'SUCCEEDED', attempt: 1, runs: RUNS, workers: engines.length }]);
    expect(await brokenRuns(db)).toEqual([]);
  }, 180_000);

  it('makes one run of many equal requests at the same time', async () => {
    const asked = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        engine(index).runJob({ job: 'hold', params: { number: 1 }, trigger }),
      ),
    );
    expect(new Set(asked.map(({ run }) => run.id)).size).toBe(1);
    expect(asked.filter(({ alreadyActive }) => !alreadyActive)).toHaveLength(1);
    await engine(0).cancelRun(asked[0]?.run.id ?? '', 'tests');
    await settled();
    expect(await brokenRuns(db)).toEqual([]);
  });

  it('shows progress on another process while the run goes on, and cancels it from there', async () => {
    const { run } = await engine(0).runJob({ job: 'hold', params: { number: 7 }, trigger });
    const [subscriber, other] = [engine(1), engine(2)];
    let asked = 0;
    for await (const item of subscriber.runFeed(run.id)) {
      if (item.kind !== 'event' || item.event.body.type !== 'PROGRESS') continue;
      expect(item.event.body.step.done).toBe(1);
      asked = performance.now();
      await other.cancelRun(run.id, 'tests');
    }
    const took = Math.round(performance.now() - asked);
    process.stdout.write(`A run was cancelled from another process within ${took} ms.\n`);
    expect(took).toBeLessThan(5_000);
    expect(await marksOf(db, 'told')).toHaveLength(1);
    expect(eventBodies(await collect(subscriber.runFeed(run.id))).at(-1)).toMatchObject({
      state: 'CANCELLED',
    });
    expect(await brokenRuns(db)).toEqual([]);
  });

  it('never lets two runs that write the same thing overlap', async () => {
    const numbers = Array.from({ length: 24 }, (_, number) => number);
    await Promise.all(
      numbers.map((number) =>
        engine(number).runJob({
          job: number % 2 ? 'write-one' : 'write-other',
          params: { number },
          trigger,
        }),
      ),
    );
    await settled();
    const marks = await marksOf(db, 'writing', 'written');
    expect(marks.map(({ what }) => what)).toEqual(numbers.flatMap(() => ['writing', 'written']));
    for (let index = 0; index < marks.length; index += 2)
      expect(marks[index + 1]?.number).toBe(marks[index]?.number);
    expect(await brokenRuns(db)).toEqual([]);
  });

  it('comes back after a backoff without waiting for a sweep', async () => {
    const { run } = await engine(0).runJob({ job: 'flaky', params: {}, trigger });
    const states = eventBodies(await collect(engine(1).runFeed(run.id))).flatMap((body) =>
      body.type === 'STATE' ? [body.state] : [],
    );
    expect(states).toEqual(['QUEUED', 'RUNNING', 'QUEUED', 'RUNNING', 'SUCCEEDED']);
  });
});
