import { z } from 'zod';
import { RUN_STATES, TRIGGER_KINDS } from '../drizzle/tables/jobs.ts';
import { builder } from './builder.ts';
import { text } from './input.ts';
import { globalUuid } from './job-ids.ts';
import { JobName, JobRunState, TriggerKind } from './job-types.ts';

export const JobRunFilter = builder.inputType('JobRunFilter', {
  description: 'Which runs: all that is given must hold; of a list any value may match.',
  fields: (t) => ({
    jobs: t.field({ type: [JobName], description: 'Runs of these jobs.' }),
    states: t.field({ type: [JobRunState], description: 'Runs in these states.' }),
    triggers: t.field({ type: [TriggerKind], description: 'Runs that were started so.' }),
    schedule: t.string({ description: 'Runs that the schedule with this id started.' }),
    workflowRunId: t.id({ description: 'Runs that are steps of this WorkflowRun.' }),
    queuedFrom: t.field({ type: 'DateTime', description: 'Runs asked for at this time or later.' }),
    queuedBefore: t.field({ type: 'DateTime', description: 'Runs asked for before this time.' }),
    text: t.string({
      description:
        'Runs with this text in their error, their log, an item that failed, or the name of what started them; upper and lower case are the same.',
    }),
  }),
});

/** Parses a `JobRunFilter`. */
export const runFilter = z
  .object({
    jobs: z.array(z.string()).nullish(),
    states: z.array(z.enum(RUN_STATES)).nullish(),
    triggers: z.array(z.enum(TRIGGER_KINDS)).nullish(),
    schedule: text(100).nullish(),
    workflowRunId: globalUuid('WorkflowRun').nullish(),
    queuedFrom: z.date().nullish(),
    queuedBefore: z.date().nullish(),
    text: text(200).nullish(),
  })
  .nullish()
  .transform((filter) => filter ?? {});
