import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JobEngine } from '../../src/jobs/job-engine.ts';
import { JOBS } from '../../src/jobs/job-list.ts';
import { claimRun } from '../../src/jobs/run-lifecycle.ts';
import { caller, createApi, gid } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startEngine } from '../support/engine.ts';

const FAILURE = '... on Failure { code message path remedy }';
const MISSING = '... on PrerequisiteMissingError { prerequisites { job reason lastSucceededAt changedAt } }';
const WORKFLOW = `id name state position fractionDone canContinue durationMs finishedAt
  trigger { kind key } error { code }
  steps { job onPartial state parameters { name value } run { job state trigger { kind } } }`;
const RUN_WORKFLOW = `mutation($workflow: WorkflowName!, $force: Boolean) { runWorkflow(workflow: $workflow, force: $force) {
  __typename ... on StartedWorkflow { alreadyActive workflow { ${WORKFLOW} } } ${FAILURE} ${MISSING} } }`;
const CONTINUE = `mutation($id: ID!) { continueWorkflow(id: $id) {
  __typename ... on ContinuedWorkflow { workflow { ${WORKFLOW} } } ${FAILURE} } }`;
const CANCEL = `mutation($id: ID!) { cancelWorkflow(id: $id) {
  __typename ... on CancelledWorkflow { workflow { ${WORKFLOW} } } ${FAILURE} } }`;
const RUN_JOB = `mutation($job: JobName!, $force: Boolean) { runJob(input: { job: $job, force: $force }) {
  __typename ... on StartedRun { run { id state waitingFor { job } } } ${FAILURE} ${MISSING} } }`;
const LIST = `query($first: Int, $after: String, $filter: WorkflowRunFilter) {
  workflowRuns(first: $first, after: $after, filter: $filter) {
    pageInfo { hasNextPage endCursor } nodes { id name state steps { state } } } }`;

const Page = z.object({
  pageInfo: z.object({ endCursor: z.string().nullable() }),
  nodes: z.array(z.object({ id: z.string(), name: z.string() })),
});
const page = (found: unknown) => Page.parse(found);

const NOBODY = gid('WorkflowRun', '00000000-0000-4000-8000-000000000000');

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

async function startedId(workflow: string): Promise<string> {
  await query(RUN_WORKFLOW, { workflow, force: true });
  const [row] = await db.rows<{ id: string }>(
    sql`select id from workflow_runs order by started_at desc limit 1`,
  );
  return gid('WorkflowRun', row?.id ?? '');
}

describe('runWorkflow', () => {
  it('tells the prerequisites that its steps lack, in order, and force overrides', async () => {
    const refused = await query(RUN_WORKFLOW, { workflow: 'RECOMMENDATION_CYCLE' });
    const never = { reason: 'NEVER_RAN', lastSucceededAt: null, changedAt: null };
    expect(refused.runWorkflow).toMatchObject({
      __typename: 'PrerequisiteMissingError',
      code: 'PREREQUISITE_MISSING',
      path: ['workflow'],
      prerequisites: [
        { job: 'SYNC_SERIES', ...never },
        { job: 'GENERATE_SERIES_EMBEDDINGS', ...never },
        { job: 'SYNC_SERIES_WATCH_HISTORY', ...never },
      ],
    });
    const started = await query(RUN_WORKFLOW, { workflow: 'RECOMMENDATION_CYCLE', force: true });
    expect(started.runWorkflow).toMatchObject({
      __typename: 'StartedWorkflow',
      alreadyActive: false,
      workflow: { name: 'RECOMMENDATION_CYCLE', state: 'RUNNING' },
    });
    const again = await query(RUN_WORKFLOW, { workflow: 'RECOMMENDATION_CYCLE' });
    expect(again.runWorkflow).toMatchObject({ alreadyActive: true });
  });

  it('shows every step with its parameters, its state and its run', async () => {
    const { runWorkflow } = await query(RUN_WORKFLOW, { workflow: 'FULL_REFRESH' });
    expect(runWorkflow).toMatchObject({
      workflow: {
        position: 0,
        fractionDone: 0,
        canContinue: false,
        error: null,
        trigger: { kind: 'MANUAL', key: 'ADMIN key' },
        steps: [
          { job: 'SYNC_SERIES', state: 'QUEUED', run: { job: 'SYNC_SERIES', trigger: { kind: 'WORKFLOW' } } },
          { job: 'ENRICH_METADATA', state: null, run: null },
          { job: 'GENERATE_SERIES_EMBEDDINGS', state: null, run: null },
          {
            job: 'SYNC_SERIES_WATCH_HISTORY',
            onPartial: 'CONTINUE',
            parameters: expect.arrayContaining([{ name: 'full', value: 'true' }]),
          },
          { job: 'GENERATE_SERIES_RECOMMENDATIONS', state: null },
          { job: 'SYNC_SERIES_LIBRARIES', state: null },
        ],
      },
    });
  });

  it('is for operators', async () => {
    const { errors } = await api.query(RUN_WORKFLOW, { workflow: 'FULL_REFRESH' }, caller('VIEWER', 1));
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect(await db.rows(sql`select 1 from workflow_runs`)).toEqual([]);
  });
});

describe('cancelWorkflow and continueWorkflow', () => {
  it('end a workflow, and take it up again at the same step', async () => {
    const id = await startedId('INITIAL_SETUP');
    expect((await query(CONTINUE, { id })).continueWorkflow).toMatchObject({
      __typename: 'ConflictError',
      message: 'The workflow is running.',
    });
    expect((await query(CANCEL, { id })).cancelWorkflow).toMatchObject({
      __typename: 'CancelledWorkflow',
      workflow: {
        state: 'CANCELLED',
        canContinue: true,
        fractionDone: 0,
        steps: [{ state: 'CANCELLED' }, {}, {}, {}, {}, {}],
      },
    });
    expect((await query(CANCEL, { id })).cancelWorkflow).toMatchObject({ __typename: 'ConflictError' });
    expect((await query(CONTINUE, { id })).continueWorkflow).toMatchObject({
      __typename: 'ContinuedWorkflow',
      workflow: {
        id,
        state: 'RUNNING',
        finishedAt: null,
        steps: [{ state: 'QUEUED', run: { trigger: { kind: 'RETRY' } } }, {}, {}, {}, {}, {}],
      },
    });
  });

  it.each([
    ['an unknown one', NOBODY, 'NotFoundError'],
    ['the id of something else', gid('JobRun', '00000000-0000-4000-8000-000000000000'), 'BadInputError'],
    ['no id at all', 'nonsense', 'BadInputError'],
  ])('refuse %s', async (_what, id, __typename) => {
    for (const document of [CANCEL, CONTINUE])
      expect(Object.values(await query(document, { id }))).toMatchObject([
        { __typename, path: ['id'], remedy: expect.any(String) },
      ]);
  });
});

describe('workflowRuns', () => {
  it('pages through all of them, the newest first, and filters by name and state', async () => {
    const ids: string[] = [];
    for (const workflow of ['INITIAL_SETUP', 'FULL_REFRESH', 'POST_UPDATE', 'INITIAL_SETUP']) {
      const id = await startedId(workflow);
      ids.unshift(id);
      if (ids.length < 4) await query(CANCEL, { id });
    }
    await db.rows(
      sql`update workflow_runs set started_at = '2026-11-20T10:00:00Z' where workflow = 'initial-setup'`,
    );
    const found: unknown[] = [];
    let after: unknown = null;
    for (let index = 0; index < 4; index += 1) {
      const { workflowRuns } = await query(LIST, { first: 1, after });
      expect(workflowRuns).toMatchObject({ nodes: [{}], pageInfo: { hasNextPage: index < 3 } });
      const { nodes, pageInfo } = page(workflowRuns);
      found.push(...nodes.map((node) => node.id));
      after = pageInfo.endCursor;
    }
    expect([...found].sort()).toEqual([...ids].sort());
    expect(found.slice(0, 2)).toEqual([ids[1], ids[2]]);
    const counted = await query('{ workflowRuns(first: 1, filter: { states: [CANCELLED] }) { totalCount } }');
    expect(counted.workflowRuns).toEqual({ totalCount: 3 });
    const names = (await list({ workflows: ['INITIAL_SETUP'] })).map(({ name }) => name);
    expect(names).toEqual(['INITIAL_SETUP', 'INITIAL_SETUP']);
    expect(await list({ states: ['RUNNING'], workflows: ['FULL_REFRESH'] })).toEqual([]);
    expect(await list({ workflows: ['schedule:none'] })).toEqual([]);
  });

  it('takes the same number of statements however many there are', async () => {
    await startedId('INITIAL_SETUP');
    const one = await api.query(LIST, { first: 10 });
    await startedId('FULL_REFRESH');
    await startedId('POST_UPDATE');
    const many = await api.query(LIST, { first: 10 });
    expect([one.statements, many.statements]).toEqual([2, 2]);
  });

  it.each([
    ['an unknown workflow', { filter: { workflows: ['MOVIES'] } }],
    ['no size', { first: 0 }],
    ['a cursor of something else', { after: 'bm90aGluZw' }],
  ])('refuses %s', async (_what, variables) => {
    const { errors } = await api.query(LIST, variables);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_INPUT' });
  });

  async function list(filter: Record<string, unknown>) {
    return page((await query(LIST, { filter })).workflowRuns).nodes;
  }
});

describe('what a run would wait for', () => {
  const JOBS_QUERY = `{ jobs { name readiness { ready prerequisites { job reason } conflicts { job state } } } }`;

  it('is told for every job in three statements beside that of the list', async () => {
    await query(RUN_JOB, { job: 'SYNC_USERS' });
    const { data, statements } = await api.query(JOBS_QUERY);
    const conflicts = [{ job: 'SYNC_USERS', state: 'QUEUED' }];
    const never = (job: string) => ({ job, reason: 'NEVER_RAN' });
    expect(data?.jobs).toEqual(
      expect.arrayContaining([
        { name: 'SYNC_SERIES', readiness: { ready: true, prerequisites: [], conflicts: [] } },
        { name: 'SYNC_USERS', readiness: { ready: false, prerequisites: [], conflicts } },
        {
          name: 'SYNC_SERIES_WATCH_HISTORY',
          readiness: { ready: false, prerequisites: [never('SYNC_SERIES')], conflicts },
        },
      ]),
    );
    const { statements: plain } = await api.query('{ jobs { name lastRun { id } } }');
    expect(statements - plain).toBe(3);
  });

  it('is the run that holds what a queued run writes, for a whole list in one statement', async () => {
    await query(RUN_JOB, { job: 'SYNC_USERS' });
    const definition = engine.registry.get('sync-users');
    const [users] = await db.rows<{ id: string }>(sql`select id from job_runs`);
    if (!definition || !users) throw new Error('There is no run.');
    const deps = { db, registry: engine.registry, now: () => new Date() };
    await claimRun(deps, definition, { runId: users.id, workerId: 'tests' });
    const { runJob } = await query(RUN_JOB, { job: 'SYNC_SERIES_WATCH_HISTORY', force: true });
    expect(runJob).toMatchObject({ run: { state: 'QUEUED', waitingFor: [{ job: 'SYNC_USERS' }] } });
    await query(RUN_JOB, { job: 'SYNC_SERIES' });
    const list = (field: string) => api.query(`{ jobRuns { nodes { job state ${field} } } }`);
    const { data, statements } = await list('waitingFor { job }');
    expect(data?.jobRuns).toEqual({
      nodes: expect.arrayContaining([
        { job: 'SYNC_USERS', state: 'RUNNING', waitingFor: [] },
        { job: 'SYNC_SERIES_WATCH_HISTORY', state: 'QUEUED', waitingFor: [{ job: 'SYNC_USERS' }] },
        { job: 'SYNC_SERIES', state: 'QUEUED', waitingFor: [] },
      ]),
    });
    expect(statements - (await list('id')).statements).toBe(1);
  });

  it('does not keep a job from being asked for, a missing prerequisite does', async () => {
    expect((await query(RUN_JOB, { job: 'SYNC_SERIES' })).runJob).toMatchObject({ __typename: 'StartedRun' });
    expect((await query(RUN_JOB, { job: 'GENERATE_SERIES_EMBEDDINGS' })).runJob).toMatchObject({
      __typename: 'PrerequisiteMissingError',
      path: ['input', 'job'],
      prerequisites: [{ job: 'SYNC_SERIES', reason: 'NEVER_RAN' }],
      remedy: expect.stringContaining('sync-series'),
    });
  });
});
