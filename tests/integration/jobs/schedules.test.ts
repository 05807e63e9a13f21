import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createRegistry, defineJob } from '../../../src/jobs/job-definition.ts';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import { JOBS as ALL_JOBS } from '../../../src/jobs/job-list.ts';
import { DEFAULT_SCHEDULES, type DefaultSchedule, isRunnable } from '../../../src/jobs/schedule-list.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startEngine } from '../../support/engine.ts';
import { scheduleRecords } from '../../support/schedule-records.ts';

const job = (name: string) =>
  defineJob({
    name,
    description: name,
    resources: [],
    params: z.object({ full: z.boolean().default(false) }),
    run: async () => ({ [name]: 1 }),
  });

const JOBS = [job('sync-series'), job('sync-users'), job('sync-series-watch-history')];

const usersEvery = (every: string): DefaultSchedule => ({
  id: 'users',
  steps: [{ job: 'sync-users', params: {} }],
  every,
  whenMissed: 'SKIP',
});

describe('schedules', () => {
  let db: TestDatabase;
  let engine: JobEngine;

  beforeEach(async () => {
    db = await createTestDatabase();
    engine = await startEngine(db, JOBS);
  });

  afterEach(async () => {
    await engine.stop(0);
    await db.close();
  });

  const find = async (id: string) => (await engine.schedules.list()).find((schedule) => schedule.id === id);
  const restart = async (defaultSchedules?: readonly DefaultSchedule[], jobs = JOBS) => {
    await engine.stop(0);
    engine = await startEngine(db, jobs, { ...(defaultSchedules && { defaultSchedules }) });
  };

  it('begin with the defaults whose jobs exist, due in the future', async () => {
    expect((await engine.schedules.list()).map((schedule) => schedule.id)).toEqual([
      'history',
      'nightly-sync',
      'users',
    ]);
    expect(await find('nightly-sync')).toMatchObject({
      steps: [{ job: 'sync-series', params: {} }],
      every: '0 2 * * *',
      timeZone: 'UTC',
      enabled: true,
      edited: false,
      whenMissed: 'RUN_ONCE',
    });
    const next = (await find('nightly-sync'))?.nextRunAt;
    expect(next?.getTime()).toBeGreaterThan(Date.now());
    expect(next?.toISOString()).toMatch(/T02:00:00.000Z$/);
  });

  it('of a new installation run every job, make up for a missed night or week, and not for what is due again soon', () => {
    const told = DEFAULT_SCHEDULES.map(({ id, steps, every, whenMissed }) => {
      const jobs = steps.map(({ job: name, params }) => (params.full === true ? `${name} (full)` : name));
      return [id, [every, jobs.join(', then '), whenMissed]];
    });
    expect(Object.fromEntries(told)).toEqual({
      'nightly-sync': ['0 2 * * *', 'sync-series', 'RUN_ONCE'],
      'weekly-evaluation': ['30 3 * * 0', 'evaluate-recommendations', 'RUN_ONCE'],
      'nightly-history': [
        '0 3 * * *',
        'sync-series-watch-history (full), then generate-series-embeddings',
        'RUN_ONCE',
      ],
      'weekly-recommendations': ['0 4 * * 0', 'generate-series-recommendations', 'RUN_ONCE'],
      'weekly-libraries': ['0 5 * * 0', 'sync-series-libraries', 'RUN_ONCE'],
      'monthly-cleaning': ['0 6 1 * *', 'clean-embeddings', 'RUN_ONCE'],
      history: ['2 hours', 'sync-series-watch-history', 'SKIP'],
      metadata: ['6 hours', 'enrich-metadata', 'SKIP'],
      users: ['30 minutes', 'sync-users', 'SKIP'],
    });
    const registry = createRegistry(ALL_JOBS);
    expect(DEFAULT_SCHEDULES.filter((schedule) => !isRunnable(schedule, registry))).toEqual([]);
  });

  it('are edited for good: a restart keeps every change', async () => {
    const edited = await engine.schedules.update('nightly-sync', {
      every: '30 4 * * *',
      timeZone: 'Europe/Berlin',
      enabled: false,
      whenMissed: 'SKIP',
    });
    expect(edited).toMatchObject({ enabled: false, nextRunAt: null });
    await restart();
    expect(await find('nightly-sync')).toMatchObject({
      every: '30 4 * * *',
      timeZone: 'Europe/Berlin',
      enabled: false,
      whenMissed: 'SKIP',
      edited: true,
      nextRunAt: null,
    });
  });

  it('are not taken for edited when nothing of them is changed', async () => {
    expect(await engine.schedules.update('nightly-sync', {})).toMatchObject({ edited: false });
    expect(await find('nightly-sync')).toMatchObject({ edited: false });
  });

  it('are due again when they are enabled', async () => {
    await engine.schedules.update('users', { enabled: false });
    const enabled = await engine.schedules.update('users', { enabled: true });
    expect(enabled.nextRunAt?.getTime()).toBeGreaterThan(Date.now());
  });

  it('follow a default that has changed unless they were edited', async () => {
    await engine.schedules.update('nightly-sync', { enabled: false });
    await restart([
      usersEvery('45 minutes'),
      {
        id: 'nightly-sync',
        steps: [{ job: 'sync-series', params: { full: true } }],
        every: '1 day',
        whenMissed: 'SKIP',
      },
    ]);
    expect(await find('users')).toMatchObject({ every: '45 minutes', edited: false });
    expect(await find('nightly-sync')).toMatchObject({ every: '0 2 * * *', enabled: false, edited: true });
  });

  it('are not written again by a restart that changes nothing', async () => {
    const before = await engine.schedules.list();
    await restart();
    expect(await engine.schedules.list()).toEqual(before);
  });

  it('go when their default is gone, unless they were edited', async () => {
    await engine.schedules.update('history', { every: '3 hours' });
    await restart([usersEvery('30 minutes')]);
    expect((await engine.schedules.list()).map(({ id }) => id)).toEqual(['history', 'users']);
    expect(await scheduleRecords(db, 'nightly-sync')).toEqual([]);
    await expect(engine.schedules.reset('history')).rejects.toMatchObject({ code: 'CONFLICT', field: 'id' });
  });

  it('are not listed when their job is gone, even if they were edited', async () => {
    await engine.schedules.update('users', { every: '3 hours' });
    await restart(undefined, [job('sync-series')]);
    expect((await engine.schedules.list()).map(({ id }) => id)).toEqual(['nightly-sync']);
    await engine.schedules.fire('users');
    expect(await db.rows(sql`select id from job_runs`)).toEqual([]);
    await restart();
    expect(await find('users')).toMatchObject({ every: '3 hours', edited: true });
  });

  it('return to their default, and follow it again', async () => {
    await engine.schedules.update('users', { every: '3 hours', enabled: false, timeZone: 'Asia/Tokyo' });
    expect(await engine.schedules.reset('users')).toMatchObject({
      every: '30 minutes',
      timeZone: 'UTC',
      enabled: true,
      edited: false,
    });
    await restart([usersEvery('45 minutes')]);
    expect(await find('users')).toMatchObject({ every: '45 minutes' });
  });

  it.each([
    ['every', { every: 'gibberish' }],
    ['every', { every: '0 minutes' }],
    ['every', { every: '* * * * * *' }],
    ['timeZone', { timeZone: 'Nowhere' }],
  ])('refuse nonsense as %s and change nothing: %j', async (field, change) => {
    const before = await find('users');
    await expect(engine.schedules.update('users', change)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      field,
    });
    expect(await find('users')).toEqual(before);
  });

  it('that do not exist cannot be changed or reset', async () => {
    const missing = { code: 'NOT_FOUND', field: 'id', value: 'nobody' };
    await expect(engine.schedules.update('nobody', { enabled: false })).rejects.toMatchObject(missing);
    await expect(engine.schedules.reset('nobody')).rejects.toMatchObject(missing);
    expect(await scheduleRecords(db, 'nobody')).toEqual([]);
  });
});
