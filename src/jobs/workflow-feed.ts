import type { Database } from '../platform/database.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { FINAL_STATES } from './run-event.ts';
import { type RunFeedItem, watchRun } from './run-feed.ts';
import type { RunHub } from './run-hub.ts';
import type { JobRun } from './runs.repo.ts';
import { findWorkflowRun, runsOfWorkflow, type WorkflowRun } from './workflows.repo.ts';

/** One item of a workflow's subscription: the workflow itself at its start, at each change of step and at its end. */
export type WorkflowFeedItem =
  | RunFeedItem
  | { readonly kind: 'workflow'; readonly workflow: WorkflowRun; readonly runs: readonly JobRun[] };

/** The place of an event in a workflow's stream: the run and the event's seq in it. */
export interface WorkflowCursor {
  readonly runId: string;
  readonly seq: number;
}

/** Writes a workflow cursor. */
export function formatWorkflowCursor(cursor: WorkflowCursor): string {
  return `${cursor.runId}:${cursor.seq}`;
}

function parseWorkflowCursor(text: string): WorkflowCursor {
  const match = /^([0-9a-f-]{36}):(\d{1,9})$/.exec(text);
  if (match?.[1] && match[2]) return { runId: match[1], seq: Number(match[2]) };
  throw badCursor(text);
}

function badCursor(text: string): ShowrunnerError {
  return new ShowrunnerError('BAD_INPUT', 'This cursor does not belong to this workflow.', {
    field: 'after',
    value: text,
    remedy: 'Pass a cursor of an event of this workflow, or leave it out.',
  });
}

/**
 * A workflow from now on: the workflow, then the feeds of its runs one after the other, as one stream that ends when
 * the workflow does. Steps never overlap and the next one is stored together with the end of the last, so the order
 * of the whole is the order of its parts.
 */
export async function* watchWorkflow(
  deps: { db: Database; hub: RunHub; now: () => Date },
  input: { workflowRunId: string; after?: string; signal: AbortSignal },
): AsyncGenerator<WorkflowFeedItem, void> {
  const cursor = input.after === undefined ? undefined : parseWorkflowCursor(input.after);
  let runs = await runsOfWorkflow(deps.db, input.workflowRunId);
  let position = cursor ? runs.findIndex((run) => run.id === cursor.runId) : 0;
  if (cursor && input.after && position < 0) throw badCursor(input.after);
  let seq = cursor?.seq ?? 0;
  while (!input.signal.aborted) {
    const workflow = await findWorkflowRun(deps.db, input.workflowRunId);
    if (!workflow)
      throw new ShowrunnerError('NOT_FOUND', 'There is no such workflow.', {
        field: 'id',
        value: input.workflowRunId,
      });
    runs = await runsOfWorkflow(deps.db, input.workflowRunId);
    yield { kind: 'workflow', workflow, runs };
    const run = runs[position];
    if (!run) return;
    if (seq < run.lastSeq || !FINAL_STATES.includes(run.state))
      yield* watchRun(deps, { runId: run.id, after: seq, signal: input.signal });
    position += 1;
    seq = 0;
  }
}
