import type { Database } from '../platform/database.ts';
import { noSuchWorkflow } from './continue-workflow.ts';
import type { FeedSignals } from './feed.ts';
import { foreignCursor, parseRunCursor } from './run-cursor.ts';
import { FINAL_STATES } from './run-event.ts';
import { type RunFeedDeps, type RunFeedItem, watchRun } from './run-feed.ts';
import { readWorkflowWithRuns, type WorkflowWithRuns } from './workflows.repo.ts';

/** One item of a workflow's subscription: the workflow itself at its start, at each change of step and at its end. */
export type WorkflowFeedItem = RunFeedItem | ({ readonly kind: 'workflow' } & WorkflowWithRuns);

/**
 * A workflow from now on: the workflow, then the feeds of its runs one after the other, as one stream that ends when
 * the workflow does. Steps never overlap and the next one is stored together with the end of the last, so the order
 * of the whole is the order of its parts. A workflow that is continued has more runs behind its old end: whoever comes
 * back with a cursor gets them.
 *
 * @throws ShowrunnerError `NOT_FOUND` for an unknown workflow run, `BAD_INPUT` for a cursor of another one
 */
export async function* watchWorkflow(
  deps: RunFeedDeps,
  input: { workflowRunId: string; after?: string } & FeedSignals,
): AsyncGenerator<WorkflowFeedItem, void> {
  const { workflowRunId, after, signal, ending } = input;
  let read = await readWorkflow(deps.db, workflowRunId);
  const cursor = after === undefined ? undefined : parseRunCursor(after);
  const begin = cursor && read.workflow.stepRuns.findIndex(({ runId }) => runId === cursor.runId);
  if (after !== undefined && (begin === undefined || begin < 0)) throw foreignCursor('workflow', after);
  let index = begin ?? 0;
  // Only where the caller left off events may not be missing; what of later runs was pruned is told there.
  let seq = cursor?.seq;
  while (!signal.aborted) {
    yield { kind: 'workflow', ...read };
    const next = read.workflow.stepRuns[index];
    if (!next) return;
    const run = read.runs.find(({ id }) => id === next.runId);
    if (run && (seq !== run.lastSeq || !FINAL_STATES.includes(run.state)))
      yield* watchRun(deps, { runId: run.id, ...(seq !== undefined && { after: seq }), signal, ending });
    index += 1;
    seq = undefined;
    read = await readWorkflow(deps.db, workflowRunId);
  }
}

async function readWorkflow(db: Database, id: string): Promise<WorkflowWithRuns> {
  const read = await readWorkflowWithRuns(db, id);
  if (read) return read;
  throw noSuchWorkflow(id);
}
