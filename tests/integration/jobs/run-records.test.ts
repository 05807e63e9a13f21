import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { encodeGlobalId } from '../../../schema/global-id.ts';
import { defineJob } from '../../../src/jobs/job-definition.ts';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import { parseRunCursor } from '../../../src/jobs/run-cursor.ts';
import type { JobRun } from '../../../src/jobs/runs.repo.ts';
import { ShowrunnerError } from '../../../src/platform/errors.ts';
import { at, caller, createApi } from '../../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { collect, startEngine } from '../../support/engine.ts';

const trigger = { kind: 'MANUAL', key: 'tests' } as const;

/** Works on users 1 to 4, of which the odd ones fail unless it is told that they are mended. */
const perUser = defineJob({
  name: 'generate-series-recommendations',
  description: 'Does something for each user.',
  resources: [],
  params: z.object({
    userIds: z.array(z.number().int()).default([1, 2, 3, 4]),
    dryRun: z.boolean().default(false),
  }),
  results: { users: 'Users done.', sets: 'Sets made.' },
  run: async ({ progress }, _services, { userIds }) => {
    progress.step('users', userIds.length, 'users');
    for (const id of userIds) {
      progress.log(id === 2 ? 'warn' : 'info', `user ${id} is 100% done`);
      if (id % 2 === 1 && !isMended)
        progress.fail(
          `user ${id}`,
          new ShowrunnerError('MEDIA_SERVER_BAD_ANSWER', 'No history.', { remedy: 'Look at the user.' }),
          { kind: 'user', id },
        );
      progress.advance();
    }
    return { users: userIds.length, sets: userIds.length };
  },
});

const untargeted = defineJob({
  name: 'sync-series',
  description: 'Fails an item that cannot be done alone.',
  resources: [],
  params: z.object({}),
  run: async ({ progress }) => {
    progress.fail('a folder', new Error('It is odd.'));
    return {};
  },
});

const waits = defineJob({
  name: 'sync-users',
  description: 'Waits until it is told to stop.',
  resources: [],
  params: z.object({}),
  run: async ({ signal }) => {
    await sleep(600_000, undefined, { signal });
    return {};
  },
});

let isMended = false;
let db: TestDatabase;
let engine: JobEngine;
let query: ReturnType<typeof createApi>['query'];

const idOf = (run: JobRun) => encodeGlobalId('JobRun', run.id);

async function finished(job: string, params = {}): Promise<JobRun> {
  const { run } = await engine.runJob({ job, params, trigger, force: true });
  const items = await collect(engine.runFeed(run.id));
  expect(items.at(-1)?.kind).toBe('event');
  return run;
}

beforeAll(async () => {
  db = await createTestDatabase();
  engine = await startEngine(db, [perUser, untargeted, waits]);
  ({ query } = createApi(db, engine));
});

afterAll(async () => {
  await engine.stop(0);
  await db.close();
});

describe('a run', () => {
  it('ends with the figures of its job as fields of a type of its own', async () => {
    const run = await finished('generate-series-recommendations', { dryRun: true });
    const { data } = await query(
      `query ($id: ID!) { jobRun(id: $id) { state failureCount result { __typename dryRun counts { name value }
        ... on GenerateSeriesRecommendationsResult { users sets picks } } } }`,
      { id: idOf(run) },
    );
    expect(data?.jobRun).toEqual({
      state: 'PARTIAL',
      failureCount: 2,
      result: {
        __typename: 'GenerateSeriesRecommendationsResult',
        dryRun: true,
        counts: [
          { name: 'users', value: 4 },
          { name: 'sets', value: 4 },
          { name: 'unchanged', value: 0 },
          { name: 'failed', value: 0 },
          { name: 'picks', value: 0 },
          { name: 'candidates', value: 0 },
          { name: 'explanationsWorded', value: 0 },
          { name: 'explanationsRefused', value: 0 },
          { name: 'explanationsLeft', value: 0 },
          { name: 'explanationTokens', value: 0 },
        ],
        users: 4,
        sets: 4,
        picks: 0,
      },
    });
  });

  it('has its log by level and its failed items with their remedies, a page at a time', async () => {
    const run = await finished('generate-series-recommendations');
    const log = `query ($id: ID!, $level: LogLevel, $after: String) {
      jobRunLog(runId: $id, minLevel: $level, first: 3, after: $after) {
        totalCount nodes { level message cursor } pageInfo { hasNextPage endCursor } } }`;
    const first = await query(log, { id: idOf(run) });
    expect(first.data?.jobRunLog).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true } });
    const cursor = String(at(first.data, 'jobRunLog', 'nodes', 0, 'cursor'));
    const stream = await collect(engine.runFeed(run.id));
    const line = stream.find((item) => item.kind === 'event' && item.event.body.type === 'LOG');
    expect(line).toMatchObject({ event: { seq: parseRunCursor(cursor)?.seq } });
    expect(parseRunCursor(cursor)?.runId).toBe(run.id);
    const second = await query(log, {
      id: idOf(run),
      after: at(first.data, 'jobRunLog', 'pageInfo', 'endCursor'),
    });
    expect(second.data?.jobRunLog).toMatchObject({
      nodes: [{ message: 'user 4 is 100% done' }],
      pageInfo: { hasNextPage: false },
    });
    const warnings = await query(log, { id: idOf(run), level: 'WARN' });
    expect(warnings.data?.jobRunLog).toMatchObject({ totalCount: 1, nodes: [{ level: 'warn' }] });
    const failures = await query(
      `query ($id: ID!) { jobRunFailures(runId: $id) { totalCount nodes { item canBeRetried error { code remedy } } } }`,
      { id: idOf(run) },
    );
    expect(failures.data?.jobRunFailures).toEqual({
      totalCount: 2,
      nodes: [1, 3].map((id) => ({
        item: `user ${id}`,
        canBeRetried: true,
        error: { code: 'MEDIA_SERVER_BAD_ANSWER', remedy: 'Look at the user.' },
      })),
    });
  });

  it('is found by state, trigger, time and words of its log, whatever their case', async () => {
    const run = await finished('sync-series');
    const find = async (filter: Record<string, unknown>) => {
      const { data, errors } = await query(
        'query ($filter: JobRunFilter) { jobRuns(filter: $filter, first: 100) { totalCount nodes { id } } }',
        { filter },
      );
      expect(errors).toBeUndefined();
      const nodes = z.array(z.object({ id: z.string() })).parse(at(data, 'jobRuns', 'nodes'));
      expect(at(data, 'jobRuns', 'totalCount')).toBe(nodes.length);
      return nodes.map(({ id }) => id);
    };
    expect(await find({ text: 'IT IS ODD' })).toEqual([idOf(run)]);
    expect(await find({ text: 'a FOLDER', jobs: ['SYNC_SERIES'], triggers: ['MANUAL'] })).toEqual([
      idOf(run),
    ]);
    expect(await find({ text: 'folder', triggers: ['SCHEDULE'] })).toEqual([]);
    expect(await find({ text: '100% done', states: ['PARTIAL'] })).toHaveLength(2);
    expect(await find({ text: '100_ done' })).toEqual([]);
    expect(await find({ queuedFrom: run.queuedAt.toISOString() })).toContain(idOf(run));
    expect(await find({ queuedBefore: run.queuedAt.toISOString() })).not.toContain(idOf(run));
    expect(await find({ schedule: 'nightly-sync' })).toEqual([]);
    const refused = await query('{ jobRuns(filter: { workflowRunId: "nonsense" }) { totalCount } }');
    expect(refused.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_INPUT',
      field: 'filter.workflowRunId',
    });
  });
});

describe('retryFailedItems', () => {
  const RETRY = `mutation ($id: ID!) { retryFailedItems(runId: $id) { __typename
    ... on Failure { code message path remedy }
    ... on StartedRun { run { id parameters { name value } trigger { kind key retryOf userId } } } } }`;

  it('does the items that failed and no others, as often as some fail', async () => {
    const run = await finished('generate-series-recommendations', { userIds: [1, 2, 3] });
    const { data } = await query(RETRY, { id: idOf(run) }, caller('OPERATOR', 7));
    expect(data?.retryFailedItems).toMatchObject({
      run: {
        parameters: [
          { name: 'dryRun', value: 'false' },
          { name: 'userIds', value: '[1,3]' },
        ],
        trigger: {
          kind: 'RETRY',
          key: 'OPERATOR key',
          retryOf: idOf(run),
          userId: encodeGlobalId('User', 7),
        },
      },
    });
    const again = await query('{ jobRuns(first: 1) { nodes { id } } }');
    const [retried] = z
      .array(z.object({ id: z.string() }))
      .parse(at(again.data, 'jobRuns', 'nodes'))
      .map(({ id }) => Buffer.from(id, 'base64url').toString().slice('JobRun:'.length));
    isMended = true;
    await collect(engine.runFeed(retried ?? ''));
    isMended = false;
  });

  it('refuses a run that has not ended, one without failures, and failures that cannot be done alone', async () => {
    const { run: running } = await engine.runJob({ job: 'sync-users', params: {}, trigger });
    const refusal = async (run: JobRun) => {
      const { data } = await query(RETRY, { id: idOf(run) });
      return data?.retryFailedItems;
    };
    expect(await refusal(running)).toMatchObject({
      __typename: 'ConflictError',
      path: ['runId'],
      remedy: expect.stringContaining('cancel'),
    });
    await engine.cancelRun(running.id, 'tests');
    await collect(engine.runFeed(running.id));
    expect(await refusal(running)).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('No item'),
    });
    const odd = await finished('sync-series');
    expect(await refusal(odd)).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('without the others'),
      remedy: expect.stringContaining('retryRun'),
    });
    const unknown = await query(RETRY, {
      id: encodeGlobalId('JobRun', '00000000-0000-4000-8000-000000000000'),
    });
    expect(unknown.data?.retryFailedItems).toMatchObject({ __typename: 'NotFoundError' });
  });
});
