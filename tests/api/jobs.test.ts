import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobEngine } from '../../src/jobs/job-engine.ts';
import { JOBS } from '../../src/jobs/job-list.ts';
import { claimRun } from '../../src/jobs/run-lifecycle.ts';
import { at, createApi, gid } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startEngine } from '../support/engine.ts';

const FAILURE = '... on Failure { code message path remedy }';
const RUN = 'run { id state parameters { name value } trigger { kind key retryOf } }';
const RUN_JOB = `mutation ($input: RunJobInput!) { runJob(input: $input) {
  __typename ... on StartedRun { alreadyActive ${RUN} } ${FAILURE} } }`;
const RETRY = `mutation ($id: ID!) { retryRun(runId: $id) {
  __typename ... on StartedRun { alreadyActive ${RUN} } ${FAILURE} } }`;
const RETRY_FAILED = `mutation ($id: ID!) { retryFailedItems(runId: $id) { __typename ${FAILURE} } }`;
const CANCEL = `mutation ($id: ID!) { cancelRun(runId: $id) {
  __typename ... on CancelledRun { run { state cancelRequestedBy } } ${FAILURE} } }`;

/** The parameters of each job beside `force`, which overrides prerequisites of any job. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  SYNC_USERS: ['dryRun'],
  SYNC_SERIES: ['libraryIds', 'full', 'limit', 'dryRun', 'allowLargeRemoval'],
  ENRICH_METADATA: ['titleIds', 'limit', 'dryRun'],
  GENERATE_SERIES_EMBEDDINGS: ['titleIds', 'limit', 'dryRun'],
  SYNC_SERIES_WATCH_HISTORY: ['userIds', 'full', 'dryRun'],
  GENERATE_SERIES_RECOMMENDATIONS: ['userIds', 'count', 'dryRun'],
  SYNC_SERIES_LIBRARIES: ['userIds', 'limit', 'dryRun'],
  EVALUATE_RECOMMENDATIONS: ['retrain', 'dryRun'],
  CLEAN_EMBEDDINGS: ['keepDays', 'dryRun'],
};

/** A value of each parameter, and how it is stored. */
const VALUES: Readonly<Record<string, readonly [given: unknown, stored: string]>> = {
  userIds: [[gid('User', 3), gid('User', 4)], '[3,4]'],
  libraryIds: [[gid('Library', 5)], '[5]'],
  titleIds: [[gid('Series', 6)], '[6]'],
  full: [true, 'true'],
  count: [7, '7'],
  limit: [8, '8'],
  keepDays: [9, '9'],
  retrain: [false, 'false'],
  dryRun: [true, 'true'],
  allowLargeRemoval: [true, 'true'],
};

let db: TestDatabase;
/** Takes requests and executes nothing, so that every state stays for as long as it is looked at. */
let engine: JobEngine;
let api: ReturnType<typeof createApi>;

beforeAll(async () => {
  db = await createTestDatabase();
  engine = await startEngine(db, JOBS, { isWorker: false });
  api = createApi(db, engine);
});

beforeEach(() => db.rows(sql`truncate workflow_runs, job_runs cascade`));

afterAll(async () => {
  await engine.stop(0);
  await db.close();
});

const query = async (document: string, variables: Record<string, unknown> = {}) => {
  const { data, errors } = await api.query(document, variables);
  expect(errors).toBeUndefined();
  return data ?? {};
};
const runJob = async (input: Record<string, unknown>) => (await query(RUN_JOB, { input })).runJob;
const stored = async () => ({
  runs: await db.rows(sql`select * from job_runs order by id`),
  events: await db.rows(sql`select run_id, seq, type from job_events order by run_id, seq`),
});

describe('runJob', () => {
  it.each(Object.entries(TAKES))(
    'gives %s its parameters and refuses those of other jobs',
    async (job, taken) => {
      for (const [name, [value, asStored]] of Object.entries(VALUES)) {
        await db.rows(sql`truncate job_runs cascade`);
        const answer = await runJob({ job, force: true, [name]: value });
        if (taken.includes(name))
          expect(answer, name).toMatchObject({
            run: { parameters: expect.arrayContaining([{ name, value: asStored }]) },
          });
        else {
          expect(answer, name).toMatchObject({
            __typename: 'BadInputError',
            code: 'BAD_INPUT',
            path: ['input', name],
            remedy: expect.stringMatching(`^Parameters of .*: .*${taken[0]}`),
          });
          expect(await stored(), name).toEqual({ runs: [], events: [] });
        }
      }
      expect(await runJob({ job, force: true })).toMatchObject({ __typename: 'StartedRun' });
    },
  );

  it('takes what `Job.parameters` tells', async () => {
    const { jobs } = await query('{ jobs { name parameters } }');
    const told = JOBS.map((_, index) => {
      const parameters = at(jobs, index, 'parameters');
      const names = Array.isArray(parameters) ? parameters.map(String) : [];
      return [at(jobs, index, 'name'), names.filter((name) => name !== 'force').sort()];
    });
    expect(told).toEqual(Object.entries(TAKES).map(([job, names]) => [job, [...names].sort()]));
  });

  it.each([
    [{ job: 'SYNC_SERIES', limit: 0 }, ['input', 'limit']],
    [{ job: 'SYNC_SERIES_LIBRARIES', limit: 1_001 }, ['input', 'limit']],
    [{ job: 'GENERATE_SERIES_RECOMMENDATIONS', count: 101 }, ['input', 'count']],
    [{ job: 'SYNC_SERIES', libraryIds: [] }, ['input', 'libraryIds']],
    [{ job: 'SYNC_SERIES_WATCH_HISTORY', userIds: [] }, ['input', 'userIds']],
    [{ job: 'SYNC_SERIES', libraryIds: [gid('User', 1)] }, ['input', 'libraryIds', '0']],
    [{ job: 'SYNC_SERIES_WATCH_HISTORY', userIds: ['nonsense'] }, ['input', 'userIds', '0']],
  ])('refuses the value in %j with what to do', async (input, path) => {
    expect(await runJob({ ...input, force: true })).toMatchObject({
      __typename: 'BadInputError',
      code: 'BAD_INPUT',
      path,
      remedy: expect.stringMatching(/Change|Pass/),
    });
    expect(await stored()).toEqual({ runs: [], events: [] });
  });

  it.each([
    ['an unknown job', { job: 'SYNC_NOTHING' }, 'SYNC_SERIES_WATCH_HISTORY, SYNC_USERS.'],
    ['a text for a number', { job: 'SYNC_SERIES', limit: 'all' }, 'schema'],
    ['a fraction', { job: 'SYNC_SERIES', limit: 1.5 }, 'schema'],
    ['a text for a switch', { job: 'SYNC_SERIES', dryRun: 'yes' }, 'schema'],
    ['a parameter of no job', { job: 'SYNC_SERIES', loud: true }, 'schema'],
    ['no job', { dryRun: true }, 'schema'],
  ])('refuses %s before anything is looked at, with what to do', async (_what, input, remedy) => {
    const inVariables = await api.query(RUN_JOB, { input });
    expect(inVariables.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_INPUT',
      remedy: expect.stringContaining(remedy),
    });
    const fields = Object.entries(input).map(
      ([name, value]) => `${name}: ${name === 'job' ? value : JSON.stringify(value)}`,
    );
    const inDocument = await api.query(`mutation { runJob(input: { ${fields.join(' ')} }) { __typename } }`);
    expect(inDocument.errors?.[0]?.extensions).toMatchObject({
      code: 'GRAPHQL_VALIDATION_FAILED',
      remedy: expect.stringContaining(remedy),
    });
    expect(await stored()).toEqual({ runs: [], events: [] });
  });

  it('takes a dry run for another request than the real one', async () => {
    const dry = await runJob({ job: 'SYNC_SERIES', dryRun: true });
    const real = await runJob({ job: 'SYNC_SERIES' });
    expect([dry, real]).toMatchObject([{ alreadyActive: false }, { alreadyActive: false }]);
    expect(await runJob({ job: 'SYNC_SERIES', dryRun: true })).toMatchObject({
      alreadyActive: true,
      run: { id: at(dry, 'run', 'id') },
    });
    expect(await runJob({ job: 'SYNC_SERIES', dryRun: false })).toMatchObject({
      alreadyActive: true,
      run: { id: at(real, 'run', 'id') },
    });
  });
});

/** A queued run, or one that a process executes. */
async function aRun(state: 'QUEUED' | 'RUNNING'): Promise<string> {
  const id = String(at(await runJob({ job: 'SYNC_USERS' }), 'run', 'id'));
  const definition = engine.registry.get('sync-users');
  const [row] = await db.rows<{ id: string }>(sql`select id from job_runs`);
  if (!definition || !row) throw new Error('There is no run.');
  const deps = { db, registry: engine.registry, now: () => new Date() };
  if (state === 'RUNNING') await claimRun(deps, definition, { runId: row.id, workerId: 'tests' });
  return id;
}

describe('cancelRun', () => {
  it('ends a queued run at once, and refuses to do it again', async () => {
    const id = await aRun('QUEUED');
    const run = { state: 'CANCELLED', cancelRequestedBy: 'ADMIN key' };
    expect((await query(CANCEL, { id })).cancelRun).toMatchObject({ __typename: 'CancelledRun', run });
    const before = await stored();
    expect((await query(CANCEL, { id })).cancelRun).toMatchObject({
      __typename: 'ConflictError',
      code: 'CONFLICT',
      path: ['runId'],
      message: expect.stringContaining('CANCELLED'),
      remedy: expect.stringContaining('retryRun'),
    });
    expect(await stored()).toEqual(before);
  });

  it('asks a running run once, however often it is called', async () => {
    const id = await aRun('RUNNING');
    const asked = { __typename: 'CancelledRun', run: { state: 'STOPPING' } };
    expect((await query(CANCEL, { id })).cancelRun).toMatchObject(asked);
    const before = await stored();
    expect((await query(CANCEL, { id })).cancelRun).toMatchObject(asked);
    expect(await stored()).toEqual(before);
  });
});

describe('retryRun', () => {
  it.each(['QUEUED', 'RUNNING'] as const)('refuses a run that is %s, and changes nothing', async (state) => {
    const id = await aRun(state);
    const before = await stored();
    for (const answer of [
      (await query(RETRY, { id })).retryRun,
      (await query(RETRY_FAILED, { id })).retryFailedItems,
    ])
      expect(answer).toMatchObject({
        __typename: 'ConflictError',
        code: 'CONFLICT',
        path: ['runId'],
        message: expect.stringContaining(state),
        remedy: expect.stringContaining('cancel'),
      });
    expect(await stored()).toEqual(before);
  });

  it('runs the job again with its parameters, and tells which run it does again', async () => {
    const id = String(at(await runJob({ job: 'SYNC_SERIES', full: true, limit: 5 }), 'run', 'id'));
    await query(CANCEL, { id });
    const { retryRun } = await query(RETRY, { id });
    expect(retryRun).toMatchObject({
      alreadyActive: false,
      run: {
        state: 'QUEUED',
        parameters: expect.arrayContaining([
          { name: 'full', value: 'true' },
          { name: 'limit', value: '5' },
        ]),
        trigger: { kind: 'RETRY', key: 'ADMIN key', retryOf: id },
      },
    });
    expect((await query(RETRY, { id })).retryRun).toMatchObject({
      alreadyActive: true,
      run: { id: at(retryRun, 'run', 'id') },
    });
  });
});

it.each([
  ['an unknown run', gid('JobRun', '00000000-0000-4000-8000-000000000000'), 'NotFoundError'],
  ['the id of something else', gid('User', 1), 'BadInputError'],
  ['a run whose id is no UUID', gid('JobRun', 17), 'BadInputError'],
  ['no id at all', 'nonsense', 'BadInputError'],
])('every mutation of runs refuses %s, with what to do', async (_what, id, __typename) => {
  for (const document of [CANCEL, RETRY, RETRY_FAILED])
    expect(Object.values(await query(document, { id }))).toMatchObject([
      { __typename, path: ['runId'], remedy: expect.stringMatching(/\w/) },
    ]);
});

it.each([
  ['jobRuns(after: "nonsense") { nodes { id } }', 'after'],
  ['jobRuns(first: 101) { nodes { id } }', 'first'],
  ['jobRuns(filter: { jobs: [SYNC_USERS], workflowRunId: "x" }) { nodes { id } }', 'filter.workflowRunId'],
  [`jobRunLog(runId: "${gid('User', 1)}") { nodes { message } }`, 'runId'],
  ['jobRunLog(runId: "x") { nodes { message } }', 'runId'],
])('%s is refused, with what to do', async (field, argument) => {
  expect((await api.query(`{ ${field} }`)).errors?.[0]?.extensions).toMatchObject({
    code: 'BAD_INPUT',
    field: argument,
    remedy: expect.stringMatching(/\w/),
  });
});
