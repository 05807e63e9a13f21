import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineJob } from '../../../src/jobs/job-definition.ts';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import { lastFirings } from '../../../src/jobs/schedule-firings.repo.ts';
import type { DefaultSchedule } from '../../../src/jobs/schedule-list.ts';
import { openPostgresDatabase } from '../../../src/platform/postgres-database.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startEngine } from '../../support/engine.ts';
import { duplicateRecord, pretendDue, scheduleRecords } from '../../support/schedule-records.ts';

const DAY_MS = 86_400_000;
const ago = (ms: number) => new Date(Date.now() - ms);
const wait = { timeout: 20_000, interval: 20 };

let held: Promise<void> = Promise.resolve();
const job = (name: string) =>
  defineJob({
    name,
    description: name,
    resources: [],
    params: z.object({ full: z.boolean().default(false) }),
    run: async () => {
      await held;
      return { done: 1 };
    },
  });
const JOBS = [job('first'), job('second')];

const schedule = (change: Partial<DefaultSchedule> = {}): DefaultSchedule => ({
  id: 'tested',
  steps: [{ job: 'first', params: { full: true } }],
  every: '1 day',
  whenMissed: 'RUN_ONCE',
  ...change,
});

describe('a schedule that is due', () => {
  let db: TestDatabase;
  let open: TestDatabase[] = [];
  let engines: JobEngine[] = [];

  beforeEach(async () => {
    held = Promise.resolve();
    db = await createTestDatabase();
  });

  afterEach(async () => {
    await Promise.all(engines.map((engine) => engine.stop(0)));
    await Promise.all(open.map((other) => other.close()));
    engines = [];
    open = [];
    await db.close();
  });

  /** Engines that share only the stores, started at the same time; the embedded database has one process. */
  async function startAll(count: number, defaults: DefaultSchedule): Promise<void> {
    const processes = db.url ? count : 1;
    const started = Array.from({ length: processes }, async () => {
      const own = db.url ? await openPostgresDatabase({ url: db.url, max: 3 }) : db;
      const database = { ...own, schedulerStore: db.schedulerStore, url: db.url };
      if (db.url) open.push(database);
      const engine = await startEngine(database, JOBS, { defaultSchedules: [defaults] });
      await engine.schedules.list();
      return engine;
    });
    engines.push(...(await Promise.all(started)));
  }

  async function stopAll(): Promise<void> {
    await Promise.all(engines.splice(0).map((engine) => engine.stop(0)));
  }

  const runs = () =>
    db.rows<{ state: string; params: unknown }>(
      sql`select state, params from job_runs where trigger->>'schedule' = 'tested' order by queued_at`,
    );
  const expectRuns = (count: number) =>
    vi.waitFor(async () => {
      expect((await runs()).map(({ state }) => state)).toEqual(Array(count).fill('SUCCEEDED'));
    }, wait);
  /** The scheduler has woken somebody for every record, and all of them wait for another time. */
  const expectWoken = () =>
    vi.waitFor(async () => {
      for (const record of await scheduleRecords(db, 'tested')) {
        expect(record.lastRunAt).not.toBeNull();
        expect(record.nextRunAt?.getTime()).toBeGreaterThan(Date.now());
      }
    }, wait);

  it('has one record, however many processes start at once on an empty store', async () => {
    await startAll(4, schedule());
    expect(await scheduleRecords(db, 'tested')).toHaveLength(1);
  });

  it('runs once with its parameters, not once a process, each time that it is due', async () => {
    await startAll(3, schedule());
    for (const round of [1, 2, 3]) {
      await pretendDue(db, 'tested', { since: ago(DAY_MS), nextRunAt: new Date() });
      await expectRuns(round);
      await expectWoken();
      await Promise.all(engines.map((engine) => engine.schedules.fire('tested')));
      expect(await runs()).toHaveLength(round);
    }
    expect((await runs())[0]?.params).toEqual({ full: true });
  }, 60_000);

  it('runs once when every process is woken in the same moment', async () => {
    await startAll(3, schedule());
    await pretendDue(db, 'tested', { since: ago(DAY_MS), nextRunAt: new Date(Date.now() + DAY_MS) });
    await Promise.all(
      Array.from({ length: 9 }, (_, n) => engines[n % engines.length]?.schedules.fire('tested')),
    );
    await expectRuns(1);
  });

  it('was missed for days while nothing ran: runs once when several processes start', async () => {
    await startAll(1, schedule({ every: '0 2 * * *' }));
    await stopAll();
    await pretendDue(db, 'tested', { since: ago(5 * DAY_MS), nextRunAt: ago(4 * DAY_MS) });
    await startAll(3, schedule({ every: '0 2 * * *' }));
    await expectRuns(1);
    await expectWoken();
    expect(await runs()).toHaveLength(1);
  }, 60_000);

  it('was missed and is to be skipped: does not run, and is due again later', async () => {
    const skipping = schedule({ every: '2 hours', whenMissed: 'SKIP' });
    await startAll(1, skipping);
    await stopAll();
    await pretendDue(db, 'tested', { since: ago(5 * DAY_MS - 60_000), nextRunAt: ago(4 * DAY_MS) });
    await startAll(3, skipping);
    await expectWoken();
    expect(await runs()).toEqual([]);
    const [record] = await scheduleRecords(db, 'tested');
    await pretendDue(db, 'tested', { since: ago(2 * 3_600_000), nextRunAt: new Date() });
    await expectRuns(1);
    expect(record?.nextRunAt?.getTime()).toBeGreaterThan(Date.now());
  }, 60_000);

  it('runs though the process that was woken for it died before it did anything', async () => {
    await startAll(1, schedule({ every: '0 2 * * *' }));
    await stopAll();
    await pretendDue(db, 'tested', { since: ago(DAY_MS), nextRunAt: new Date(Date.now() + DAY_MS) });
    await startAll(2, schedule({ every: '0 2 * * *' }));
    await expectRuns(1);
  });

  it('starts nothing while what it started before is unfinished', async () => {
    let release = () => {};
    held = new Promise((resolve) => {
      release = resolve;
    });
    await startAll(2, schedule());
    for (let due = 0; due < 3; due += 1) {
      await pretendDue(db, 'tested', { since: ago(DAY_MS), nextRunAt: new Date(Date.now() + DAY_MS) });
      await engines[0]?.schedules.fire('tested');
    }
    expect(await runs()).toHaveLength(1);
    release();
    await expectRuns(1);
  });

  it('does not run when it was disabled, or moved to another time, after a process was told of it', async () => {
    await startAll(1, schedule());
    const [engine] = engines;
    await pretendDue(db, 'tested', { since: ago(DAY_MS), nextRunAt: new Date(Date.now() + DAY_MS) });
    await engine?.schedules.update('tested', { enabled: false });
    await engine?.schedules.fire('tested');
    await engine?.schedules.update('tested', { enabled: true, every: '2 days' });
    await engine?.schedules.fire('tested');
    expect(await runs()).toEqual([]);
  });

  it('remembers what it last did', async () => {
    await startAll(1, schedule());
    expect((await lastFirings(db)).get('tested')?.firedAt ?? null).toBeNull();
    await pretendDue(db, 'tested', { since: ago(DAY_MS), nextRunAt: new Date() });
    await expectRuns(1);
    const last = (await lastFirings(db)).get('tested');
    expect(last).toMatchObject({ run: { job: 'first', state: 'SUCCEEDED' }, workflow: null });
    expect(last?.firedAt?.getTime()).toBeGreaterThan(Date.now() - DAY_MS);
  });

  it('of several jobs runs them one after the other, and remembers the workflow', async () => {
    const steps = [
      { job: 'first', params: { full: true } },
      { job: 'second', params: {} },
    ];
    await startAll(2, schedule({ steps }));
    await pretendDue(db, 'tested', { since: ago(DAY_MS), nextRunAt: new Date() });
    await vi.waitFor(async () => {
      expect((await lastFirings(db)).get('tested')).toMatchObject({
        run: null,
        workflow: {
          workflow: { workflow: 'schedule:tested', state: 'SUCCEEDED' },
          runs: [
            { job: 'first', params: { full: true } },
            { job: 'second', params: { full: false } },
          ],
        },
      });
    }, wait);
    expect(await db.rows(sql`select id from workflow_runs`)).toHaveLength(1);
  });

  it.runIf(process.env.MONGODB_URI)('runs once even with a second record of it in MongoDB', async () => {
    await startAll(2, schedule());
    await duplicateRecord(db, 'tested');
    await pretendDue(db, 'tested', { since: ago(DAY_MS), nextRunAt: new Date() });
    await expectRuns(1);
    await expectWoken();
    expect(await scheduleRecords(db, 'tested')).toHaveLength(2);
    expect(await runs()).toHaveLength(1);
  });
});
