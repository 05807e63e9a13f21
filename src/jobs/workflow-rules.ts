import type { RunState, WorkflowState } from '../../drizzle/tables/jobs.ts';
import type { WorkflowRun } from './workflows.repo.ts';

type Progress = Pick<WorkflowRun, 'state' | 'steps' | 'position' | 'stepRuns'>;

/**
 * What follows the end of a workflow's current step: the next step, the end of the whole, or a stop in between, which
 * is the state that the workflow gets. `DONE` leaves open whether an earlier step makes the whole PARTIAL.
 */
export function afterStep(
  workflow: Pick<Progress, 'steps' | 'position'>,
  ended: RunState,
): 'NEXT' | 'DONE' | Exclude<WorkflowState, 'RUNNING' | 'SUCCEEDED'> {
  if (ended === 'CANCELLED') return 'CANCELLED';
  if (ended !== 'SUCCEEDED' && ended !== 'PARTIAL') return 'FAILED';
  if (isLast(workflow)) return 'DONE';
  const stops = ended === 'PARTIAL' && workflow.steps[workflow.position]?.onPartial === 'STOP';
  return stops ? 'PARTIAL' : 'NEXT';
}

/** Whether a workflow ended before its last step was done, so that it can be continued. */
export function hasStopped(workflow: Pick<Progress, 'state' | 'steps' | 'position'>): boolean {
  if (workflow.state === 'FAILED' || workflow.state === 'CANCELLED') return true;
  return workflow.state === 'PARTIAL' && !isLast(workflow);
}

/** The newest run of each step that was begun, by the step's index. */
export function newestRunOfStep({ stepRuns }: Pick<Progress, 'stepRuns'>): Map<number, string> {
  return new Map(stepRuns.map(({ position, runId }) => [position, runId]));
}

/** Share of a workflow's steps that are done, 0..1. */
export function fractionDone(workflow: Progress): number {
  const isWhole = workflow.state !== 'RUNNING' && !hasStopped(workflow);
  return isWhole ? 1 : workflow.position / workflow.steps.length;
}

function isLast({ steps, position }: Pick<Progress, 'steps' | 'position'>): boolean {
  return position >= steps.length - 1;
}
