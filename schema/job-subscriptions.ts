import { z } from 'zod';
import { mapAsync } from '../src/jobs/map-async.ts';
import { foreignCursor, parseRunCursor } from '../src/jobs/run-cursor.ts';
import { builder, ROOT_SCOPES } from './builder.ts';
import { parseInput } from './input.ts';
import { JobEvent, toJobEvent } from './job-events.ts';
import { globalUuid } from './job-ids.ts';
import { JobRunFilter, runFilter } from './job-run-filter.ts';
import { JobRunListEvent, toListEvent } from './job-run-list-events.ts';
import { OPERATOR } from './job-types.ts';

builder.subscriptionType({
  description: 'Everything that can be followed live, over WebSocket or server-sent events.',
  authScopes: ROOT_SCOPES,
});

const cursorText = z.string().max(60).nullish();
const RunArguments = z.object({ runId: globalUuid('JobRun'), after: cursorText });
const WorkflowArguments = z.object({ id: globalUuid('WorkflowRun'), after: cursorText });
const ListArguments = z.object({
  filter: runFilter,
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'This is no cursor of the list of runs.')
    .transform(Number)
    .nullish(),
});

/** Number of the event that a cursor names; a number alone, such as 0 for the beginning, is one of the run asked for. */
function seqIn(runId: string, after: string): number {
  if (/^\d{1,9}$/.test(after)) return Number(after);
  const cursor = parseRunCursor(after);
  if (cursor?.runId !== runId) throw foreignCursor('run', after);
  return cursor.seq;
}

const AFTER = 'Cursor of the last event that was seen; from the first one when left out.';

builder.subscriptionFields((t) => ({
  jobRunEvents: t.field({
    type: JobEvent,
    description:
      'A run: first a snapshot, then every event after the cursor in order and without gaps, with live progress in between and heartbeats where nothing happens. Completes after the final state; a stream that ends otherwise is not over and goes on with the cursor of its last event.',
    authScopes: OPERATOR,
    args: {
      runId: t.arg.id({ required: true, description: 'Id of a JobRun.' }),
      after: t.arg.string({ description: AFTER }),
    },
    subscribe: (_root, args, { jobs, now }) => {
      const { runId, after } = parseInput(RunArguments, args);
      const seq = typeof after === 'string' ? seqIn(runId, after) : undefined;
      return mapAsync(jobs.runFeed(runId, seq), (item) => toJobEvent(item, now()));
    },
    resolve: (event) => event,
  }),
  workflowRunEvents: t.field({
    type: JobEvent,
    description:
      'A workflow: the workflow itself, then the events of its runs one after the other as one ordered stream, with heartbeats where nothing happens. Completes with the workflow.',
    authScopes: OPERATOR,
    args: {
      id: t.arg.id({ required: true, description: 'Id of a WorkflowRun.' }),
      after: t.arg.string({ description: AFTER }),
    },
    subscribe: (_root, args, { jobs, now }) => {
      const { id, after } = parseInput(WorkflowArguments, args);
      return mapAsync(jobs.workflowFeed(id, after ?? undefined), (item) => toJobEvent(item, now()));
    },
    resolve: (event) => event,
  }),
  jobRuns: t.field({
    type: JobRunListEvent,
    description:
      'The list of runs as it changes: a snapshot, then the newest state of each run that has news. States in between may be left out, the last one never is. After a resume an item may come again.',
    authScopes: OPERATOR,
    args: {
      filter: t.arg({ type: JobRunFilter, description: 'Which runs; all when left out.' }),
      after: t.arg.string({
        description: 'Cursor of the last item that was seen; begins with a snapshot when left out.',
      }),
    },
    subscribe: (_root, args, { jobs, now }) => {
      const { filter, after } = parseInput(ListArguments, args);
      return mapAsync(jobs.runListFeed(filter, after ?? undefined), (item) => toListEvent(item, now()));
    },
    resolve: (event) => event,
  }),
}));
