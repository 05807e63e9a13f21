import { ShowrunnerError } from '../platform/errors.ts';
import { noSuchWorkflow } from './continue-workflow.ts';
import { type LifecycleDeps, requestCancel } from './run-lifecycle.ts';
import type { JobRun } from './runs.repo.ts';
import { findWorkflowRun } from './workflows.repo.ts';

const TRIES = 10;

/**
 * Cancels a workflow by cancelling its current run, whose end ends the workflow in the same transaction: so the
 * workflow ends exactly once, and never before its job has let go.
 *
 * @returns the run that was told to stop
 * @throws ShowrunnerError `NOT_FOUND`, or `CONFLICT` when it has ended
 */
export async function cancelWorkflow(deps: LifecycleDeps, id: string, by: string): Promise<JobRun> {
  // The current run may end, and the next one begin, between the look and the request.
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const workflow = await findWorkflowRun(deps.db, id);
    if (!workflow) throw noSuchWorkflow(id);
    const runId = workflow.stepRuns.at(-1)?.runId;
    if (workflow.state !== 'RUNNING' || !runId)
      throw new ShowrunnerError('CONFLICT', `The workflow has ended already: it is ${workflow.state}.`, {
        field: 'id',
        value: id,
        remedy:
          'Nothing needs to be done; start it again with runWorkflow or continueWorkflow if you want it.',
      });
    const cancelled = await requestCancel(deps, runId, by);
    if (cancelled) return cancelled;
  }
  throw new ShowrunnerError('CONFLICT', 'The workflow goes from step to step too fast to be cancelled.', {
    field: 'id',
    value: id,
    remedy: 'Cancel it again.',
    retryable: true,
  });
}
