import { z } from 'zod';
import { mapAsync } from '../src/jobs/map-async.ts';
import { formatWorkflowCursor } from '../src/jobs/workflow-feed.ts';
import { builder, ROOT_SCOPES } from './builder.ts';
import { parseInput } from './input.ts';
import { JobEvent, toJobEvent } from './job-events.ts';
import { globalUuid } from './job-ids.ts';
import { JobRun } from './job-objects.ts';
import { OPERATOR } from './job-types.ts';

builder.subscriptionType({
  description: 'Everything that can be followed live, over WebSocket or server-sent events.',
  authScopes: ROOT_SCOPES,
});

const RunArguments = z.object({
  runId: globalUuid('JobRun'),
  after: z
    .string()
    .regex(/^\d{1,9}$/, 'This is no cursor of a run.')
    .transform(Number)
    .nullish(),
});

const WorkflowArguments = z.object({ id: globalUuid('WorkflowRun'), after: z.string().max(60).nullish() });

builder.subscriptionFields((t) => ({
  jobRunEvents: t.field({
    type: JobEvent,
    description:
      'A run: first a snapshot, then every event after the cursor in order and without gaps, with live progress in between. Ends after the final state.',
    authScopes: OPERATOR,
    args: {
      runId: t.arg.id({ required: true, description: 'Id of a JobRun.' }),
      after: t.arg.string({
        description: 'Cursor of the last event that was seen; from the first one when left out.',
      }),
    },
    subscribe: (_root, args, { jobs, now }) => {
      const { runId, after } = parseInput(RunArguments, args);
      return mapAsync(jobs.runFeed(runId, after ?? undefined), (item) =>
        toJobEvent(item, now(), (_runId, seq) => String(seq)),
      );
    },
    resolve: (event) => event,
  }),
  workflowRunEvents: t.field({
    type: JobEvent,
    description:
      'A workflow: the workflow itself, then the events of its runs one after the other as one ordered stream. Ends with the workflow.',
    authScopes: OPERATOR,
    args: {
      id: t.arg.id({ required: true, description: 'Id of a WorkflowRun.' }),
      after: t.arg.string({
        description: 'Cursor of the last event that was seen; from the first one when left out.',
      }),
    },
    subscribe: (_root, args, { jobs, now }) => {
      const { id, after } = parseInput(WorkflowArguments, args);
      return mapAsync(jobs.workflowFeed(id, after ?? undefined), (item) =>
        toJobEvent(item, now(), (runId, seq) => formatWorkflowCursor({ runId, seq })),
      );
    },
    resolve: (event) => event,
  }),
  jobRunUpdates: t.field({
    type: JobRun,
    description:
      'All runs: those that have not ended at first, then the newest state of each run that has news. States in between may be left out, the last one never is.',
    authScopes: OPERATOR,
    subscribe: (_root, _args, { jobs }) => jobs.runListFeed(),
    resolve: (run) => run,
  }),
}));
