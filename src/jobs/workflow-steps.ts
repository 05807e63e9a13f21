import { randomUUID } from 'node:crypto';
import type { RunState, RunTrigger } from '../../drizzle/tables/jobs.ts';
import type { Queryable } from '../platform/database.ts';
import type { JobRegistry } from './job-definition.ts';
import { dedupeKey } from './run-states.ts';
import { insertRun, type JobRun } from './runs.repo.ts';
import { afterStep, newestRunOfStep } from './workflow-rules.ts';
import { hasPartialRun, lockWorkflowRun, updateWorkflowRun, type WorkflowRun } from './workflows.repo.ts';

/**
 * Queues a run of a workflow's step at `position` and makes it the current one; part of the transaction that made the
 * step due. The workflow's row must be locked or new.
 *
 * @param trigger what the run says it was started by
 * @returns the run and the workflow as it is now; undefined when this program does not know the step's job
 */
export async function queueStep(
  tx: Queryable,
  registry: JobRegistry,
  workflow: Pick<WorkflowRun, 'id' | 'steps' | 'stepRuns'>,
  input: { position: number; now: Date; trigger?: RunTrigger },
): Promise<{ run: JobRun; workflow: WorkflowRun } | undefined> {
  const { position, now } = input;
  const step = workflow.steps[position];
  const definition = step && registry.get(step.job);
  if (!definition) return undefined;
  const run = await insertRun(tx, {
    id: randomUUID(),
    job: definition.name,
    params: step.params,
    dedupeKey: dedupeKey(definition.name, step.params, workflow.id),
    trigger: input.trigger ?? { kind: 'WORKFLOW' },
    workflowRunId: workflow.id,
    maxAttempts: definition.maxAttempts,
    now,
  });
  if (!run) return undefined;
  const updated = await updateWorkflowRun(tx, workflow.id, {
    state: 'RUNNING',
    position,
    finishedAt: null,
    stepRuns: [...workflow.stepRuns, { runId: run.id, position }],
  });
  return updated && { run, workflow: updated };
}

/**
 * Moves a workflow on after one of its runs ended, in the transaction that ended it, so that no crash falls between
 * two steps: the next step is queued, or the workflow ends.
 *
 * @returns the run that was queued, if there was a next step
 */
export async function advanceWorkflow(
  tx: Queryable,
  registry: JobRegistry,
  ended: { workflowRunId: string; state: RunState },
  now: Date,
): Promise<JobRun | undefined> {
  const workflow = await lockWorkflowRun(tx, ended.workflowRunId);
  if (workflow?.state !== 'RUNNING') return undefined;
  const next = afterStep(workflow, ended.state);
  const position = next === 'NEXT' ? workflow.position + 1 : workflow.position;
  if (next === 'NEXT') {
    const queued = await queueStep(tx, registry, workflow, { position, now });
    if (queued) return queued.run;
  }
  await updateWorkflowRun(tx, workflow.id, {
    state: next === 'DONE' ? await endState(tx, workflow) : next === 'NEXT' ? 'FAILED' : next,
    position,
    finishedAt: now,
  });
  return undefined;
}

async function endState(tx: Queryable, workflow: WorkflowRun): Promise<'PARTIAL' | 'SUCCEEDED'> {
  const runIds = [...newestRunOfStep(workflow).values()];
  return (await hasPartialRun(tx, runIds)) ? 'PARTIAL' : 'SUCCEEDED';
}
