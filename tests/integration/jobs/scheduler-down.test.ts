import { once } from 'node:events';
import { createServer } from 'node:net';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineJob } from '../../../src/jobs/job-definition.ts';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import type { SchedulerStore } from '../../../src/jobs/scheduler-store.ts';
import { createApi, gid } from '../../support/api.ts';
import { type CuttableProxy, openCuttableProxy } from '../../support/cuttable-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { collect, startEngine } from '../../support/engine.ts';

const wait = { timeout: 20_000, interval: 50 };
const unavailable = {
  code: 'SCHEDULER_UNAVAILABLE',
  retryable: true,
  remedy: expect.stringContaining('runs'),
};

let held: Promise<void> = Promise.resolve();
const JOBS = ['sync-series', 'sync-users'].map((name) =>
  defineJob({
    name,
    description: name,
    resources: [],
    params: z.object({ limit: z.number().optional() }),
    run: async (context) => {
      const cancelled = new Promise((_resolve, reject) => {
        context.signal.addEventListener('abort', () => reject(context.signal.reason));
      });
      await Promise.race([held, cancelled]);
      return { done: 1 };
    },
  }),
);

/** The embedded store lives in the process: there is nothing between them that could be cut. */
describe.runIf(process.env.MONGODB_URI ?? process.env.DATABASE_URL)(
  'a store of schedules that is down',
  () => {
    let db: TestDatabase;
    let proxy: CuttableProxy | undefined;
    let engine: JobEngine;

    beforeEach(async () => {
      held = Promise.resolve();
      db = await createTestDatabase();
    });

    afterEach(async () => {
      await engine.stop(0);
      await proxy?.close();
      proxy = undefined;
      await db.close();
    });

    const manual = { kind: 'MANUAL' } as const;
    const run = (limit?: number) =>
      engine.runJob({ job: 'sync-series', params: limit ? { limit } : {}, trigger: manual, force: true });
    const rows = async () => ({
      runs: await db.rows(sql`select id, state, last_seq from job_runs order by id`),
      workflows: await db.rows(sql`select id, state from workflow_runs order by id`),
    });
    const startBehindProxy = async () => {
      proxy = await openCuttableProxy(storeUrl(db.schedulerStore));
      engine = await startEngine({ ...db, schedulerStore: through(db.schedulerStore, proxy.url) }, JOBS);
      await engine.schedules.list();
      return proxy;
    };
    const expectNothingStarts = async () => {
      const before = await rows();
      await expect(run(7)).rejects.toMatchObject(unavailable);
      await expect(engine.runWorkflow('initial-setup', manual, true)).rejects.toMatchObject(unavailable);
      await expect(engine.schedules.list()).rejects.toMatchObject(unavailable);
      await expect(engine.schedules.update('users', { enabled: false })).rejects.toMatchObject(unavailable);
      await expect(engine.schedules.reset('users')).rejects.toMatchObject(unavailable);
      expect(await rows()).toEqual(before);
    };
    const expectAllWorks = async () => {
      await vi.waitFor(() => engine.schedules.list(), wait);
      expect(await engine.schedules.storeStatus()).toMatchObject({ available: true, error: null });
      expect(await engine.schedules.list()).toMatchObject([
        { id: 'nightly-sync', enabled: true },
        { id: 'users', enabled: true },
      ]);
      const { run: started } = await run(8);
      expect((await collect(engine.runFeed(started.id))).at(-1)).toMatchObject({
        event: { body: { type: 'STATE', state: 'SUCCEEDED' } },
      });
    };

    it('from the start delays nothing, and all comes by itself when it is up', async () => {
      const port = await freePort();
      const store = through(db.schedulerStore, `http://127.0.0.1:${port}`);
      engine = await startEngine({ ...db, schedulerStore: store }, JOBS);
      await expectNothingStarts();
      expect(await engine.schedules.storeStatus()).toMatchObject({
        available: false,
        error: expect.stringContaining('ECONNREFUSED'),
      });
      proxy = await openCuttableProxy(storeUrl(db.schedulerStore), port);
      await expectAllWorks();
    }, 30_000);

    it('later refuses new work, writes nothing, and all comes back by itself', async () => {
      const way = await startBehindProxy();
      way.block();
      await expectNothingStarts();
      expect(await engine.schedules.storeStatus()).toMatchObject({ available: false });
      way.unblock();
      await expectAllWorks();
    }, 30_000);

    it('is told within seconds when it hangs instead of refusing', async () => {
      const way = await startBehindProxy();
      way.silence();
      await expect(run()).rejects.toMatchObject(unavailable);
      expect((await rows()).runs).toEqual([]);
    });

    it('does not touch what runs: it is read, followed, cancelled and finished', async () => {
      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      const way = await startBehindProxy();
      const [first, second] = [(await run(1)).run, (await run(2)).run];
      const state = async (id: string) =>
        (await db.rows<{ state: string }>(sql`select state from job_runs where id = ${id}`))[0]?.state;
      await vi.waitFor(async () => {
        expect([await state(first.id), await state(second.id)]).toEqual(['RUNNING', 'RUNNING']);
      }, wait);
      way.block();
      await expectNothingStarts();
      const followed = collect(engine.runFeed(first.id));
      await engine.cancelRun(second.id, 'test');
      await vi.waitFor(async () => expect(await state(second.id)).toBe('CANCELLED'), wait);
      release();
      expect((await followed).at(-1)).toMatchObject({ event: { body: { state: 'SUCCEEDED' } } });
      await expect(engine.retryRun(first.id, manual)).rejects.toMatchObject(unavailable);
      await expect(engine.retryFailedItems(first.id, manual)).rejects.toMatchObject(unavailable);
      way.unblock();
      await expectAllWorks();
    }, 30_000);

    it('is a typed failure of every mutation of the API, while everything else is answered', async () => {
      const way = await startBehindProxy();
      const ended = (await run(1)).run;
      await collect(engine.runFeed(ended.id));
      way.block();
      const api = createApi(db, engine);
      const failure = '__typename ... on Failure { code remedy }';
      const answer = await api.query(
        `mutation ($run: ID!) {
        runJob(input: { job: SYNC_SERIES, limit: 3, force: true }) { ${failure} }
        retryRun(runId: $run) { ${failure} }
        retryFailedItems(runId: $run) { ${failure} }
        runWorkflow(workflow: INITIAL_SETUP, force: true) { ${failure} }
        updateSchedule(input: { id: "users", enabled: false }) { ${failure} }
        resetSchedule(id: "users") { ${failure} }
      }`,
        { run: gid('JobRun', ended.id) },
      );
      expect(answer.errors).toBeUndefined();
      expect(Object.values(answer.data ?? {})).toHaveLength(6);
      for (const payload of Object.values(answer.data ?? {}))
        expect(payload).toEqual({
          __typename: 'SchedulerUnavailableError',
          code: 'SCHEDULER_UNAVAILABLE',
          remedy: expect.stringContaining('nothing was changed'),
        });
      const read = await api.query(
        '{ seriesConnection(first: 1) { totalCount } scheduler { available error } }',
      );
      expect(read).toMatchObject({
        data: {
          seriesConnection: { totalCount: 0 },
          scheduler: { available: false, error: expect.any(String) },
        },
      });
      const schedules = await api.query('{ schedules { id } }');
      expect(schedules.errors?.[0]?.extensions).toMatchObject({ code: 'SCHEDULER_UNAVAILABLE' });
    });

    it('does not hold up the end of the process', async () => {
      const way = await startBehindProxy();
      way.silence();
      await engine.stop(0);
      engine = await startEngine(db, JOBS);
    }, 15_000);
  },
);

function storeUrl(store: SchedulerStore): string {
  if (store.kind === 'embedded') throw new TypeError('The embedded store has no address.');
  return store.kind === 'mongodb' ? store.uri : store.url;
}

/** The same store by way of the host and port of `address`. */
function through(store: SchedulerStore, address: string): SchedulerStore {
  const url = new URL(storeUrl(store));
  url.host = new URL(address).host;
  return store.kind === 'mongodb' ? { kind: 'mongodb', uri: url.href } : { kind: 'postgres', url: url.href };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
