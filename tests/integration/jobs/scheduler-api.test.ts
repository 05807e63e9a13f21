import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineJob } from '../../../src/jobs/job-definition.ts';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import { at, caller, createApi } from '../../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startEngine } from '../../support/engine.ts';
import { pretendDue } from '../../support/schedule-records.ts';

const JOBS = ['sync-series-watch-history', 'generate-series-embeddings', 'sync-users'].map((name) =>
  defineJob({
    name,
    description: name,
    resources: [],
    params: z.object({ full: z.boolean().default(false) }),
    run: async () => ({}),
  }),
);

describe('schedules in the API', () => {
  let db: TestDatabase;
  let engine: JobEngine;
  let api: ReturnType<typeof createApi>;

  beforeEach(async () => {
    db = await createTestDatabase();
    engine = await startEngine(db, JOBS);
    await engine.schedules.list();
    api = createApi(db, engine);
  });

  afterEach(async () => {
    await engine.stop(0);
    await db.close();
  });

  const read = () =>
    api.query(`{ schedules {
      id every timeZone enabled edited whenMissed jobs steps { job parameters { name value } }
      nextRunAt lastRunAt lastOutcome lastRun { job state } lastWorkflowRun { name state runs { job } }
    } }`);
  const update = (input: Record<string, unknown>) =>
    api.query(
      `mutation ($input: UpdateScheduleInput!) { updateSchedule(input: $input) {
        __typename
        ... on UpdatedSchedule { schedule { id every enabled edited whenMissed } }
        ... on Failure { code path remedy }
      } }`,
      { input },
    );

  it('show the full history at night and the changed one by day', async () => {
    expect(at((await read()).data, 'schedules')).toMatchObject([
      {
        id: 'history',
        every: '2 hours',
        whenMissed: 'SKIP',
        steps: [{ job: 'SYNC_SERIES_WATCH_HISTORY', parameters: [] }],
      },
      {
        id: 'nightly-history',
        every: '0 3 * * *',
        whenMissed: 'RUN_ONCE',
        jobs: ['SYNC_SERIES_WATCH_HISTORY', 'GENERATE_SERIES_EMBEDDINGS'],
        steps: [
          { job: 'SYNC_SERIES_WATCH_HISTORY', parameters: [{ name: 'full', value: 'true' }] },
          { job: 'GENERATE_SERIES_EMBEDDINGS', parameters: [] },
        ],
        lastRunAt: null,
        lastOutcome: null,
        lastRun: null,
        lastWorkflowRun: null,
      },
      { id: 'users' },
    ]);
  });

  it('tell what each of them last did, in one statement for all', async () => {
    const since = new Date(Date.now() - 90_000_000);
    for (const id of ['users', 'nightly-history'])
      await pretendDue(db, id, { since, nextRunAt: new Date(Date.now() + 90_000_000) });
    await engine.schedules.update('users', { whenMissed: 'RUN_ONCE' });
    await pretendDue(db, 'users', { since, nextRunAt: new Date(Date.now() + 90_000_000) });
    await engine.schedules.fire('users');
    await engine.schedules.fire('nightly-history');
    const answer = await vi.waitFor(
      async () => {
        const current = await read();
        expect(at(current.data, 'schedules')).toMatchObject([
          { id: 'history', lastOutcome: null },
          {
            id: 'nightly-history',
            lastOutcome: 'SUCCEEDED',
            lastRun: null,
            lastWorkflowRun: {
              name: 'schedule:nightly-history',
              runs: [{ job: 'SYNC_SERIES_WATCH_HISTORY' }, { job: 'GENERATE_SERIES_EMBEDDINGS' }],
            },
          },
          {
            id: 'users',
            lastRunAt: expect.any(String),
            lastOutcome: 'SUCCEEDED',
            lastRun: { job: 'SYNC_USERS', state: 'SUCCEEDED' },
            lastWorkflowRun: null,
          },
        ]);
        return current;
      },
      { timeout: 20_000, interval: 50 },
    );
    expect(answer.statements).toBe(1);
  });

  it('are changed and reset by an administrator', async () => {
    expect(at((await update({ id: 'users', every: '1 hour', whenMissed: 'RUN_ONCE' })).data)).toEqual({
      updateSchedule: {
        __typename: 'UpdatedSchedule',
        schedule: { id: 'users', every: '1 hour', enabled: true, edited: true, whenMissed: 'RUN_ONCE' },
      },
    });
    const reset =
      'mutation { resetSchedule(id: "users") { ... on UpdatedSchedule { schedule { every edited } } } }';
    const refused = await api.query(reset, {}, caller('OPERATOR'));
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect((await api.query(reset)).data).toEqual({
      resetSchedule: { schedule: { every: '30 minutes', edited: false } },
    });
  });

  it.each([
    [{ id: 'users', every: '61 * * * *' }, 'BAD_INPUT', ['input', 'every']],
    [{ id: 'users', every: '0 hours' }, 'BAD_INPUT', ['input', 'every']],
    [{ id: 'users', every: '' }, 'BAD_INPUT', ['input', 'every']],
    [{ id: 'users', timeZone: '' }, 'BAD_INPUT', ['input', 'timeZone']],
    [{ id: 'users', timeZone: 'Mars/Olympus' }, 'BAD_INPUT', ['input', 'timeZone']],
    [{ id: 'nobody', enabled: false }, 'NOT_FOUND', ['input', 'id']],
  ])('refuse %j with a typed failure and stay as they are', async (input, code, path) => {
    const before = (await read()).data;
    expect(at((await update(input)).data, 'updateSchedule')).toMatchObject({
      code,
      path,
      remedy: expect.stringMatching(/\w/),
    });
    expect((await read()).data).toEqual(before);
  });

  it('tell whether their store answers', async () => {
    expect((await api.query('{ scheduler { available error } }')).data).toEqual({
      scheduler: { available: true, error: null },
    });
    const refused = await api.query('{ scheduler { available } }', {}, caller('VIEWER'));
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });
});
