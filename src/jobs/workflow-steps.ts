import { randomUUID } from 'node:crypto';
import type { RunState, RunTrigger } from '../../drizzle/tables/jobs.ts';
import type { Queryable } from '../platform/database.ts';
import type { JobRegistry } from './job-definition.ts';
import { dedupeKey } from './run-states.ts';
import { insertRun, type JobRun } from './runs.repo.ts';
import { hasPartialRun, lockWorkflowRun, updateWorkflowRun, type WorkflowRun } from './workflows.repo.ts';

/** Queues the run of a workflow's step at `position`; part of the transaction that made the step due. */
export async function queueStep(
  tx: Queryable,
  registry: JobRegistry,
  workflow: Pick<WorkflowRun, 'id' | 'jobs'>,
  position: number,
  now: Date,
): Promise<JobRun | undefined> {
  const name = workflow.jobs[position];
  const definition = name === undefined ? undefined : registry.get(name);
  if (!definition) return undefined;
  const params = definition.parse({});
  const trigger: RunTrigger = { kind: 'WORKFLOW' };
  return insertRun(tx, {
    id: randomUUID(),
    job: definition.name,
    params,
    dedupeKey: dedupeKey(definition.name, params, workflow.id),
    trigger,
    workflowRunId: workflow.id,
    maxAttempts: definition.maxAttempts,
    now,
  });
}

/**
 * Moves a workflow on after one of its runs ended, in the transaction that ended it, so that no crash falls between
 * two steps: the next step is queued after success or partial success, anything else ends the workflow.
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
  if (ended.state !== 'SUCCEEDED' && ended.state !== 'PARTIAL') {
    const state = ended.state === 'CANCELLED' ? 'CANCELLED' : 'FAILED';
    await updateWorkflowRun(tx, workflow.id, { state, position: workflow.position, finishedAt: now });
    return undefined;
  }
  const position = workflow.position + 1;
  const next = await queueStep(tx, registry, workflow, position, now);
  if (next) {
    await updateWorkflowRun(tx, workflow.id, { state: 'RUNNING', position, finishedAt: null });
    return next;
  }
  const state = (await hasPartialRun(tx, workflow.id)) ? 'PARTIAL' : 'SUCCEEDED';
  await updateWorkflowRun(tx, workflow.id, { state, position: workflow.position, finishedAt: now });
  return undefined;
}
