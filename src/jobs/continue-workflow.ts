import type { RunTrigger } from '../../drizzle/tables/jobs.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { LifecycleDeps } from './run-lifecycle.ts';
import { findRun, type JobRun } from './runs.repo.ts';
import { hasStopped } from './workflow-rules.ts';
import { queueStep } from './workflow-steps.ts';
import {
  findActiveWorkflow,
  findWorkflowRun,
  lockWorkflowName,
  lockWorkflowRun,
  type WorkflowRun,
} from './workflows.repo.ts';

/**
 * Continues a workflow that has stopped from the step at which it stopped, with a new run of that step.
 *
 * @param caller who wants it: the run's trigger says so, and which run it does again
 * @throws ShowrunnerError `NOT_FOUND`, or `CONFLICT` for one that runs or is done, or when another one of its name runs
 */
export async function continueWorkflow(
  deps: LifecycleDeps,
  id: string,
  caller: Pick<RunTrigger, 'key' | 'userId'>,
): Promise<{ workflow: WorkflowRun; run: JobRun }> {
  const known = await findWorkflowRun(deps.db, id);
  if (!known) throw noSuchWorkflow(id);
  return deps.db.transaction(async (tx) => {
    await lockWorkflowName(tx, known.workflow);
    const workflow = await lockWorkflowRun(tx, id);
    if (!workflow) throw noSuchWorkflow(id);
    if (!hasStopped(workflow)) throw notStopped(workflow);
    if (await findActiveWorkflow(tx, workflow.workflow))
      throw new ShowrunnerError('CONFLICT', 'A newer run of this workflow is going on.', {
        field: 'id',
        value: id,
        remedy: 'Wait for it, or cancel it with cancelWorkflow first.',
      });
    const { position } = workflow;
    const retryOf = workflow.stepRuns.findLast((run) => run.position === position)?.runId;
    const trigger: RunTrigger = { kind: 'RETRY', ...caller, ...(retryOf && { retryOf }) };
    const queued = await queueStep(tx, deps.registry, workflow, { position, trigger, now: deps.now() });
    if (queued) return queued;
    throw new ShowrunnerError('CONFLICT', `There is no job "${workflow.steps[position]?.job}" any more.`, {
      field: 'id',
      value: id,
      remedy: 'Start a workflow anew with runWorkflow.',
    });
  });
}

/**
 * Continues the workflow that stopped at this run. Somebody who asks once more gets the run that is doing it again.
 *
 * @returns undefined when no workflow stopped at this run
 */
export async function continueWorkflowAt(
  deps: LifecycleDeps,
  run: JobRun,
  caller: Pick<RunTrigger, 'key' | 'userId'>,
): Promise<{ run: JobRun; alreadyActive: boolean } | undefined> {
  const workflow = run.workflowRunId ? await findWorkflowRun(deps.db, run.workflowRunId) : undefined;
  const newest = workflow?.stepRuns.at(-1);
  if (!workflow || !newest) return undefined;
  if (newest.runId === run.id && hasStopped(workflow))
    return { run: (await continueWorkflow(deps, workflow.id, caller)).run, alreadyActive: false };
  const active = workflow.state === 'RUNNING' ? await findRun(deps.db, newest.runId) : undefined;
  return active?.trigger.retryOf === run.id ? { run: active, alreadyActive: true } : undefined;
}

/** The error for an id that no workflow run has. */
export function noSuchWorkflow(id: string): ShowrunnerError {
  return new ShowrunnerError('NOT_FOUND', 'There is no such workflow run.', {
    field: 'id',
    value: id,
    remedy: 'It may have been pruned; list them with workflowRuns.',
  });
}

function notStopped({ id, state }: WorkflowRun): ShowrunnerError {
  const details = { field: 'id', value: id };
  if (state === 'RUNNING')
    return new ShowrunnerError('CONFLICT', 'The workflow is running.', {
      ...details,
      remedy: 'Follow it with workflowRunEvents.',
    });
  return new ShowrunnerError('CONFLICT', `All steps of the workflow are done: it is ${state}.`, {
    ...details,
    remedy:
      state === 'PARTIAL'
        ? 'Do the items that failed again with retryFailedItems, or start the workflow anew with runWorkflow.'
        : 'Start it anew with runWorkflow.',
  });
}
