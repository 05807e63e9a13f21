import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { continueWorkflow } from '../../../src/jobs/continue-workflow.ts';
import { engineTiming } from '../../../src/jobs/engine-timing.ts';
import { createRegistry } from '../../../src/jobs/job-definition.ts';
import { claimRun, finishRun, type LifecycleDeps, recoverRuns } from '../../../src/jobs/run-lifecycle.ts';
import { startWorkflow } from '../../../src/jobs/start-workflow.ts';
import { readWorkflowWithRuns, type WorkflowWithRuns } from '../../../src/jobs/workflows.repo.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { collect, startEngine } from '../../support/engine.ts';
import {
  cursorsIn,
  LIBRARIES,
  RECOMMENDATIONS,
  statesIn,
  workflowJobs,
} from '../../support/workflow-jobs.ts';

const trigger = { kind: 'MANUAL', key: 'tests' } as const;
const HOUR = 3_600_000;

let db: TestDatabase;
let deps: LifecycleDeps;
let clock: number;

beforeEach(async () => {
  db = await createTestDatabase();
  clock = Date.now() - HOUR;
  deps = { db, registry: createRegistry(workflowJobs(new Map())), now: () => new Date(clock) };
});

afterEach(() => db.close());

async function read(id: string): Promise<WorkflowWithRuns> {
  const found = await readWorkflowWithRuns(db, id);
  if (!found) throw new Error('The workflow is gone.');
  return found;
}

/** Claims the newest run of a workflow for a worker. */
async function claim(id: string, workerId: string) {
  const run = (await read(id)).runs.at(-1);
  const definition = run && deps.registry.get(run.job);
  if (!definition) throw new Error('There is no such run.');
  await claimRun(deps, definition, { runId: run.id, workerId });
  return { runId: run.id, attempt: run.attempt + 1, workerId };
}

const done = { kind: 'done', result: {}, failures: 0 } as const;

describe('a workflow whose process was killed', () => {
  it.each(['before its first step', 'during its first step', 'between its steps', 'during its last step'])(
    'ends as if nothing had happened when that was %s',
    async (moment) => {
      const { workflow } = await startWorkflow(deps, { name: 'recommendation-cycle', trigger });
      if (moment !== 'before its first step') {
        const owner = await claim(workflow.id, 'dead');
        if (moment !== 'during its first step') await finishRun(deps, owner, done, []);
        if (moment === 'during its last step') await claim(workflow.id, 'dead');
      }
      const isDuring = moment.startsWith('during');
      const engine = await startEngine(db, workflowJobs(new Map()), { timing: engineTiming(1_000) });
      try {
        const items = await collect(engine.workflowFeed(workflow.id));
        const states = statesIn(items);
        expect(states.filter((state) => state.endsWith('SUCCEEDED'))).toEqual([
          `${RECOMMENDATIONS} SUCCEEDED`,
          `${LIBRARIES} SUCCEEDED`,
        ]);
        expect(states.some((state) => state.endsWith('INTERRUPTED'))).toBe(isDuring);
        expect(items.at(-1)).toMatchObject({
          workflow: { state: 'SUCCEEDED', position: 1 },
          runs: [{ state: 'SUCCEEDED' }, { state: 'SUCCEEDED' }],
        });
        const cursors = cursorsIn(items);
        expect(new Set(cursors).size).toBe(cursors.length);
      } finally {
        await engine.stop(0);
      }
    },
  );

  it('takes a step twice from nobody: an end that comes too late changes nothing', async () => {
    const { workflow } = await startWorkflow(deps, { name: 'recommendation-cycle', trigger });
    const late = await claim(workflow.id, 'frozen');
    expect(await recoverRuns(deps, new Date(clock + 1))).toBe(1);
    const owner = await claim(workflow.id, 'alive');
    expect(await finishRun(deps, late, done, [])).toBeUndefined();
    expect((await read(workflow.id)).workflow.position).toBe(0);
    await finishRun(deps, owner, done, []);
    await finishRun(deps, owner, done, []);
    const { workflow: now, runs } = await read(workflow.id);
    expect(now).toMatchObject({ state: 'RUNNING', position: 1 });
    expect(runs.map(({ job, state }) => `${job} ${state}`)).toEqual([
      `${RECOMMENDATIONS} SUCCEEDED`,
      `${LIBRARIES} QUEUED`,
    ]);
  });
});

describe('the steps of a workflow', () => {
  it('keep their order when the clocks of the processes do not agree', async () => {
    const { workflow } = await startWorkflow(deps, { name: 'repair-recommendations', trigger });
    for (const offset of [HOUR, -HOUR, -2 * HOUR, HOUR]) {
      clock += HOUR / 2 + Math.abs(offset);
      const owner = await claim(workflow.id, 'worker');
      clock += offset - HOUR / 2 - Math.abs(offset);
      await finishRun(deps, owner, done, []);
    }
    const { workflow: ended, runs } = await read(workflow.id);
    expect(ended.state).toBe('SUCCEEDED');
    expect(runs.map(({ job }) => job)).toEqual(ended.steps.map(({ job }) => job));
    const times = runs.map(({ queuedAt }) => queuedAt.getTime());
    expect(times).not.toEqual([...times].sort((a, b) => a - b));
    const engine = await startEngine(db, workflowJobs(new Map()), { isWorker: false });
    try {
      const items = await collect(engine.workflowFeed(workflow.id));
      const told = items.flatMap((item) => (item.kind === 'snapshot' ? [item.run.id] : []));
      expect(told).toEqual(runs.map(({ id }) => id));
    } finally {
      await engine.stop(0);
    }
  });

  it('end the workflow as failed when a job is not known any more, and go on where it is known', async () => {
    const { workflow } = await startWorkflow(deps, { name: 'recommendation-cycle', trigger });
    const owner = await claim(workflow.id, 'worker');
    const known = deps.registry;
    const fewer = { ...deps, registry: new Map([...known].filter(([name]) => name !== LIBRARIES)) };
    await finishRun(fewer, owner, done, []);
    expect((await read(workflow.id)).workflow).toMatchObject({ state: 'FAILED', position: 1 });
    await expect(continueWorkflow(fewer, workflow.id, {})).rejects.toMatchObject({
      code: 'CONFLICT',
      message: `There is no job "${LIBRARIES}" any more.`,
    });
    const { run } = await continueWorkflow(deps, workflow.id, {});
    expect(run).toMatchObject({ job: LIBRARIES, trigger: { kind: 'RETRY' } });
    expect((await read(workflow.id)).workflow).toMatchObject({ state: 'RUNNING', position: 1 });
  });
});
