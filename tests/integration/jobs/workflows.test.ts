import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import { findRun } from '../../../src/jobs/runs.repo.ts';
import { readWorkflowWithRuns } from '../../../src/jobs/workflows.repo.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { collect, startEngine } from '../../support/engine.ts';
import {
  type Behaviour,
  cursorsIn,
  EMBEDDINGS,
  HISTORY,
  LIBRARIES,
  lastRunIn,
  RECOMMENDATIONS,
  statesIn,
  workflowJobs,
} from '../../support/workflow-jobs.ts';

const trigger = { kind: 'MANUAL', key: 'tests' } as const;
const caller = { key: 'tests' };
const NOBODY = '00000000-0000-4000-8000-000000000000';

const behaviours = new Map<string, Behaviour>();
let db: TestDatabase;
let engine: JobEngine;

beforeEach(async () => {
  behaviours.clear();
  db = await createTestDatabase();
  engine = await startEngine(db, workflowJobs(behaviours));
});

afterEach(async () => {
  await engine.stop(0);
  await db.close();
});

const start = (name = 'recommendation-cycle') => engine.runWorkflow(name, trigger);
const follow = (id: string, after?: string) => collect(engine.workflowFeed(id, after));

/** Waits until the newest run of a workflow is in this state. */
async function whenCurrentIs(id: string, job: string, state: string): Promise<string> {
  for (;;) {
    const read = await readWorkflowWithRuns(db, id);
    const run = read?.runs.at(-1);
    if (run?.job === job && run.state === state) return run.id;
    await sleep(5);
  }
}

describe('a workflow', () => {
  it('runs its jobs in order as one stream, goes on at PARTIAL and ends as PARTIAL', async () => {
    behaviours.set(RECOMMENDATIONS, 'partial');
    const { workflow } = await start();
    const items = await follow(workflow.id);
    expect(statesIn(items)).toEqual([
      `${RECOMMENDATIONS} QUEUED`,
      `${RECOMMENDATIONS} RUNNING`,
      `${RECOMMENDATIONS} PARTIAL`,
      `${LIBRARIES} QUEUED`,
      `${LIBRARIES} RUNNING`,
      `${LIBRARIES} SUCCEEDED`,
    ]);
    expect(items[0]).toMatchObject({ kind: 'workflow', workflow: { state: 'RUNNING', position: 0 } });
    expect(items.at(-1)).toMatchObject({ kind: 'workflow', workflow: { state: 'PARTIAL', position: 1 } });
    await expect(engine.continueWorkflow(workflow.id, caller)).rejects.toMatchObject({
      code: 'CONFLICT',
      remedy: expect.stringContaining('retryFailedItems'),
    });
  });

  it('can be followed on from any cursor, over the border between two runs', async () => {
    const { workflow } = await start();
    const whole = cursorsIn(await follow(workflow.id));
    for (const [index, cursor] of whole.entries())
      expect(cursorsIn(await follow(workflow.id, cursor))).toEqual(whole.slice(index + 1));
    await expect(follow(workflow.id, 'nonsense')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(follow(workflow.id, `${NOBODY}:1`)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    const beyond = `${whole[0]?.split(':')[0]}:9999`;
    await expect(follow(workflow.id, beyond)).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'after' });
    await expect(follow(NOBODY)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('gives each run the parameters of its step, as they stood when it began', async () => {
    const { workflow } = await start('repair-recommendations');
    await follow(workflow.id);
    const read = await readWorkflowWithRuns(db, workflow.id);
    expect(read?.runs.map(({ job, params }) => ({ job, params }))).toEqual([
      { job: EMBEDDINGS, params: { full: false, force: false } },
      { job: HISTORY, params: { full: true, force: false } },
      { job: RECOMMENDATIONS, params: { full: false, force: true } },
      { job: LIBRARIES, params: { full: false, force: false } },
    ]);
    expect(read?.workflow).toMatchObject({ state: 'SUCCEEDED', position: 3 });
  });

  it('stops at PARTIAL where its step says so, and does that step again when it is continued', async () => {
    behaviours.set(HISTORY, 'partial');
    const { workflow } = await start('repair-recommendations');
    const stopped = await follow(workflow.id);
    expect(stopped.at(-1)).toMatchObject({ workflow: { state: 'PARTIAL', position: 1 } });
    behaviours.clear();
    await engine.continueWorkflow(workflow.id, caller);
    const rest = await follow(workflow.id, cursorsIn(stopped).at(-1));
    expect(statesIn(rest).filter((state) => state.endsWith('SUCCEEDED'))).toEqual([
      `${HISTORY} SUCCEEDED`,
      `${RECOMMENDATIONS} SUCCEEDED`,
      `${LIBRARIES} SUCCEEDED`,
    ]);
    expect(rest.at(-1)).toMatchObject({ workflow: { state: 'SUCCEEDED', position: 3 } });
  });

  it('is not started twice, and is unknown by any other name', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.workflow.id).toBe(two.workflow.id);
    expect([one.alreadyActive, two.alreadyActive].sort()).toEqual([false, true]);
    await expect(engine.runWorkflow('nothing', trigger)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(engine.runWorkflow('initial-setup', trigger)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'job',
    });
  });
});

describe('a workflow that failed', () => {
  beforeEach(() => {
    behaviours.set(LIBRARIES, 'fails');
  });

  it('goes on from the failed step when it is continued; whoever comes back sees all of it in order', async () => {
    const { workflow } = await start();
    const failed = await follow(workflow.id);
    expect(failed.at(-1)).toMatchObject({ workflow: { state: 'FAILED', position: 1 } });
    // Fails once more: two runs of the step, then a third one that succeeds.
    await engine.continueWorkflow(workflow.id, caller);
    const again = await follow(workflow.id, cursorsIn(failed).at(-1));
    expect(statesIn(again).at(-1)).toBe(`${LIBRARIES} FAILED`);
    behaviours.clear();
    await engine.continueWorkflow(workflow.id, caller);
    const rest = await follow(workflow.id, cursorsIn(again).at(-1));
    expect(statesIn(rest).at(-1)).toBe(`${LIBRARIES} SUCCEEDED`);
    expect(rest.at(-1)).toMatchObject({ workflow: { state: 'SUCCEEDED' } });
    expect(lastRunIn(rest).trigger).toEqual({ kind: 'RETRY', key: 'tests', retryOf: lastRunIn(again).id });
    const whole = await follow(workflow.id);
    expect(cursorsIn(whole)).toEqual([failed, again, rest].flatMap(cursorsIn));
    expect(cursorsIn(await follow(workflow.id, cursorsIn(failed)[2]))).toEqual(cursorsIn(whole).slice(3));
  });

  it('goes on as well when its failed run is retried, once however often that is asked', async () => {
    const { workflow } = await start();
    const failed = await follow(workflow.id);
    behaviours.set(LIBRARIES, 'hangs');
    const { id } = lastRunIn(failed);
    const retry = () => engine.retryRun(id, { kind: 'RETRY', key: 'tests', retryOf: id });
    const first = await retry();
    expect(first).toMatchObject({ alreadyActive: false, run: { workflowRunId: workflow.id } });
    expect(await retry()).toMatchObject({ alreadyActive: true, run: { id: first.run.id } });
    await whenCurrentIs(workflow.id, LIBRARIES, 'RUNNING');
    await engine.cancelRun(first.run.id, 'tests');
    const rest = await follow(workflow.id, cursorsIn(failed).at(-1));
    expect(rest.at(-1)).toMatchObject({ workflow: { state: 'CANCELLED' } });
  });

  it('is continued once when two ask at the same time', async () => {
    const { workflow } = await start();
    await follow(workflow.id);
    const both = [1, 2].map(() => engine.continueWorkflow(workflow.id, caller));
    const answers = await Promise.allSettled(both);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'CONFLICT' },
    });
    await follow(workflow.id);
    expect((await readWorkflowWithRuns(db, workflow.id))?.runs).toHaveLength(3);
  });

  it('is not continued while another run of that workflow is going on, nor when there is none', async () => {
    const { workflow } = await start();
    await follow(workflow.id);
    behaviours.set(RECOMMENDATIONS, 'hangs');
    const newer = await start();
    const conflict = { code: 'CONFLICT', remedy: expect.stringContaining('cancelWorkflow') };
    await expect(engine.continueWorkflow(workflow.id, caller)).rejects.toMatchObject(conflict);
    const failed = lastRunIn(await follow(workflow.id));
    await expect(engine.retryRun(failed.id, { kind: 'RETRY' })).rejects.toMatchObject(conflict);
    await expect(engine.continueWorkflow(newer.workflow.id, caller)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'The workflow is running.',
    });
    await expect(engine.continueWorkflow(NOBODY, caller)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('cancelling a workflow', () => {
  it('stops its current run, ends it once and begins no further step', async () => {
    behaviours.set(RECOMMENDATIONS, 'hangs');
    const { workflow } = await start();
    const stream = follow(workflow.id);
    const runId = await whenCurrentIs(workflow.id, RECOMMENDATIONS, 'RUNNING');
    await Promise.all([1, 2, 3].map(() => engine.cancelWorkflow(workflow.id, 'tests').catch(() => {})));
    const items = await stream;
    expect(statesIn(items)).toEqual([
      `${RECOMMENDATIONS} QUEUED`,
      `${RECOMMENDATIONS} RUNNING`,
      `${RECOMMENDATIONS} STOPPING`,
      `${RECOMMENDATIONS} CANCELLED`,
    ]);
    expect(items.at(-1)).toMatchObject({ workflow: { state: 'CANCELLED', position: 0 } });
    expect(await findRun(db, runId)).toMatchObject({ cancelRequestedBy: 'tests' });
    await expect(engine.cancelWorkflow(workflow.id, 'tests')).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(engine.cancelWorkflow(NOBODY, 'tests')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    behaviours.clear();
    await engine.continueWorkflow(workflow.id, caller);
    const rest = await follow(workflow.id, cursorsIn(items).at(-1));
    expect(rest.at(-1)).toMatchObject({ workflow: { state: 'SUCCEEDED' } });
  });

  it('ends it at once while its current run still waits for a resource', async () => {
    behaviours.set(RECOMMENDATIONS, 'hangs');
    await engine.runJob({ job: RECOMMENDATIONS, params: {}, trigger });
    const { workflow } = await start();
    await engine.cancelWorkflow(workflow.id, 'tests');
    expect(await readWorkflowWithRuns(db, workflow.id)).toMatchObject({
      workflow: { state: 'CANCELLED' },
      runs: [{ state: 'CANCELLED', attempt: 0 }],
    });
  });
});
