import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineJob } from '../../../src/jobs/job-definition.ts';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startEngine } from '../../support/engine.ts';

const job = (name: string) =>
  defineJob({
    name,
    description: name,
    resources: [],
    params: z.object({}),
    run: async () => ({ [name]: 1 }),
  });

const JOBS = [job('sync-series'), job('sync-users')];

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

  const find = async (id: string) => (await engine.schedules()).find((schedule) => schedule.id === id);

  it('begin with the defaults whose jobs exist, due in the future', async () => {
    expect((await engine.schedules()).map((schedule) => schedule.id)).toEqual(['nightly-sync', 'users']);
    expect(await find('nightly-sync')).toMatchObject({
      jobs: ['sync-series'],
      every: '0 2 * * *',
      timeZone: 'UTC',
      enabled: true,
      lastRunAt: null,
    });
    const next = (await find('nightly-sync'))?.nextRunAt;
    expect(next?.getTime()).toBeGreaterThan(Date.now());
    expect(next?.toISOString()).toMatch(/T02:00:00.000Z$/);
  });

  it('are edited for good: a restart keeps every change', async () => {
    const edited = await engine.saveSchedule({
      id: 'nightly-sync',
      jobs: ['sync-series'],
      every: '30 4 * * *',
      timeZone: 'Europe/Berlin',
      enabled: false,
    });
    expect(edited).toMatchObject({ enabled: false, nextRunAt: null });
    await engine.stop(0);
    engine = await startEngine(db, JOBS);
    expect(await find('nightly-sync')).toMatchObject({
      every: '30 4 * * *',
      timeZone: 'Europe/Berlin',
      enabled: false,
      nextRunAt: null,
    });
  });

  it('are due again when they are enabled', async () => {
    const spec = { id: 'users', jobs: ['sync-users'], every: '2 hours', timeZone: 'UTC' };
    await engine.saveSchedule({ ...spec, enabled: false });
    const enabled = await engine.saveSchedule({ ...spec, enabled: true });
    expect(enabled.nextRunAt?.getTime()).toBeGreaterThan(Date.now());
  });

  it('refuse nonsense and change nothing', async () => {
    const before = await find('users');
    const save = (change: { every?: string; timeZone?: string }) =>
      engine.saveSchedule({
        id: 'users',
        jobs: ['sync-users'],
        every: '1 hour',
        timeZone: 'UTC',
        enabled: true,
        ...change,
      });
    await expect(save({ every: 'gibberish' })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'every' });
    await expect(save({ timeZone: 'Nowhere' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      field: 'timeZone',
    });
    expect(await find('users')).toEqual(before);
  });
});
