import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import { openPostgresDatabase } from '../../../src/platform/postgres-database.ts';
import { CONTRACT_JOBS, createMarks, marksOf } from '../../support/contract-jobs.ts';
import type { TestDatabase } from '../../support/database.ts';
import { collect, eventBodies, startEngine } from '../../support/engine.ts';
import { brokenRuns, unfinishedRuns } from '../../support/run-record.ts';
import { proxyStores, type StoreProxies } from '../../support/store-proxies.ts';
import { createStores, type TestStores } from '../../support/stores.ts';
import { spawnWorker, type WorkerProcess } from '../../support/worker-process.ts';

const trigger = { kind: 'MANUAL', key: 'tests' } as const;
const RUNS = 1_000;
const ASKED_AT_ONCE = 25;
/** Each starts several processes one after the other, or waits for a lease to end. */
vi.setConfig({ testTimeout: 180_000 });

/** The embedded database has one process: these tests need PostgreSQL, with or without MongoDB. */
describe.skipIf(!process.env.DATABASE_URL)('an API process and several worker processes', () => {
  let stores: TestStores;
  let proxies: StoreProxies;
  let folder: string;
  let db: TestDatabase;
  let api: JobEngine;
  const workers: WorkerProcess[] = [];

  const spawn = () => {
    const worker = spawnWorker({
      ...proxies.settings,
      SHOWRUNNER_DATA: folder,
      SHOWRUNNER_LEASE_SECONDS: '5',
    });
    workers.push(worker);
    return worker;
  };
  const start = async (count: number) => {
    const started = Array.from({ length: count }, spawn);
    await Promise.all(started.map((worker) => worker.ready));
    return started;
  };

  beforeEach(async () => {
    stores = await createStores();
    proxies = await proxyStores(stores.settings);
    folder = await mkdtemp(join(tmpdir(), 'showrunner-contract-'));
    const { DATABASE_URL: url = '', MONGODB_URI: mongo } = stores.settings;
    db = {
      ...(await openPostgresDatabase({ url, max: 5 })),
      url,
      schedulerStore: mongo ? { kind: 'mongodb', uri: mongo } : { kind: 'postgres', url },
    };
    await createMarks(db);
    api = await startEngine(db, CONTRACT_JOBS, { isWorker: false });
  });

  afterEach(async () => {
    await api.stop(0);
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    await db.close();
    await proxies.close();
    await stores.drop();
    await rm(folder, { recursive: true });
  });

  async function settled(): Promise<void> {
    while ((await unfinishedRuns(db)) > 0) await sleep(20);
  }

  it('execute 1,000 runs exactly once each', async () => {
    await start(3);
    for (let first = 0; first < RUNS; first += ASKED_AT_ONCE) {
      const numbers = Array.from({ length: ASKED_AT_ONCE }, (_, index) => first + index);
      await Promise.all(numbers.map((number) => api.runJob({ job: 'record', params: { number }, trigger })));
    }
    await settled();
    const executed = await marksOf(db, 'executed');
    expect(executed.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: RUNS }, (_, number) => number),
    );
    expect(new Set(executed.map(({ pid }) => pid))).toEqual(new Set(workers.map(({ pid }) => pid)));
    expect(
      await db.rows(sql`select state, attempt, count(*)::int as runs from job_runs group by 1, 2`),
    ).toEqual([{ state: 'SUCCEEDED', attempt: 1, runs: RUNS }]);
    expect(await brokenRuns(db)).toEqual([]);
  });

  it('show progress to a subscriber elsewhere while the run goes on, and stop when cancelled from there', async () => {
    const [worker] = await start(1);
    const { run } = await api.runJob({ job: 'hold', params: { number: 7 }, trigger });
    let asked = 0;
    for await (const item of api.runFeed(run.id)) {
      if (item.kind !== 'event' || item.event.body.type !== 'PROGRESS') continue;
      expect(item.event.body.step.done).toBe(1);
      asked = performance.now();
      await api.cancelRun(run.id, 'tests');
    }
    const took = Math.round(performance.now() - asked);
    process.stdout.write(`A run in another process was cancelled within ${took} ms.\n`);
    expect(took).toBeLessThan(5_000);
    expect((await marksOf(db, 'told')).map(({ pid }) => pid)).toEqual([worker?.pid]);
    expect(eventBodies(await collect(api.runFeed(run.id))).at(-1)).toMatchObject({ state: 'CANCELLED' });
    expect(await brokenRuns(db)).toEqual([]);
  });

  it('stop a run that kills its process after its attempts', async () => {
    const { run } = await api.runJob({ job: 'crash', params: {}, trigger });
    for (const attempt of [1, 2, 3]) expect(await spawn().exited, `attempt ${attempt}`).toBe(null);
    await start(1);
    expect(eventBodies(await collect(api.runFeed(run.id))).at(-1)).toMatchObject({
      state: 'FAILED',
      attempt: 3,
    });
    expect(await marksOf(db, 'crashing')).toHaveLength(3);
    expect(await brokenRuns(db)).toEqual([]);
  });

  it('lose a run when they are frozen past their lease, and write nothing of it when they wake up', async () => {
    const [frozen] = await start(1);
    const { run } = await api.runJob({ job: 'write-slowly', params: { number: 500 }, trigger });
    while ((await marksOf(db, 'locked')).length === 0) await sleep(5);
    process.kill(frozen?.pid ?? 0, 'SIGSTOP');
    const [next] = await start(1);
    expect(eventBodies(await collect(api.runFeed(run.id))).at(-1)).toMatchObject({ state: 'SUCCEEDED' });
    process.kill(frozen?.pid ?? 0, 'SIGCONT');
    expect(await frozen?.stop(), frozen?.complaints()).toBe(0);
    expect((await marksOf(db, 'committed')).map(({ pid }) => pid)).toEqual([next?.pid]);
    expect(await brokenRuns(db)).toEqual([]);
  });

  it.each([500, 8_000])('go on or are replaced after their database was away for %i ms', async (away) => {
    const [worker] = await start(1);
    const { run } = await api.runJob({ job: 'write-many', params: { number: 300 }, trigger });
    while ((await marksOf(db, 'row')).length < 30) await sleep(20);
    proxies.postgres?.block();
    await sleep(away);
    proxies.postgres?.unblock();
    expect(eventBodies(await collect(api.runFeed(run.id))).at(-1)).toMatchObject({ state: 'SUCCEEDED' });
    const rows = (await marksOf(db, 'row')).map(({ number }) => number);
    expect([...new Set(rows)]).toHaveLength(300);
    expect(await brokenRuns(db)).toEqual([]);
    // The process itself is as good as before.
    const { run: next } = await api.runJob({ job: 'record', params: {}, trigger });
    expect(eventBodies(await collect(api.runFeed(next.id))).at(-1)).toMatchObject({ state: 'SUCCEEDED' });
    expect((await marksOf(db, 'executed')).map(({ pid }) => pid)).toEqual([worker?.pid]);
  });
});
