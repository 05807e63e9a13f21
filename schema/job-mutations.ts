import { z } from 'zod';
import type { RunRequestResult } from '../src/jobs/job-engine.ts';
import type { JobRun as JobRunRow } from '../src/jobs/runs.repo.ts';
import { builder } from './builder.ts';
import { BadInputError, failing, NotFoundError } from './failures.ts';
import { globalId } from './global-id.ts';
import { parseInput } from './input.ts';
import {
  ConflictError,
  insideInput,
  PrerequisiteMissingError,
  SchedulerUnavailableError,
} from './job-failures.ts';
import { globalUuid } from './job-ids.ts';
import { JobRun } from './job-objects.ts';
import { JobName, OPERATOR } from './job-types.ts';
import { keyName, manual, retryOf } from './trigger.ts';

const RunJobInput = builder.inputType('RunJobInput', {
  description: 'A job and its parameters. `Job.parameters` tells which ones a job takes; others are refused.',
  fields: (t) => ({
    job: t.field({ type: JobName, required: true, description: 'The job.' }),
    userIds: t.idList({ description: 'Ids of the Users to work on; all enabled ones when left out.' }),
    libraryIds: t.idList({ description: 'Ids of the Libraries to work on; all enabled ones when left out.' }),
    titleIds: t.idList({ description: 'Ids of the Series to work on; all when left out.' }),
    full: t.boolean({ description: 'Read everything, not only what is new since the last time.' }),
    count: t.int({ description: 'Picks for each user, 1 to 100.' }),
    limit: t.int({ description: 'Titles to work on at most.' }),
    keepDays: t.int({ description: 'Days for which what is no longer in use is kept; default 30.' }),
    force: t.boolean({
      description: 'Do it again even where nothing has changed, and without prerequisites.',
    }),
    retrain: t.boolean({
      description: 'Learn weights from what became of past picks; as the setting says when left out.',
    }),
    dryRun: t.boolean({ description: 'Say what would be done and write nothing.' }),
    allowLargeRemoval: t.boolean({
      description: 'Believe the server when a large part of a library is gone.',
    }),
  }),
});

const RunJobArguments = z.object({
  input: z.object({
    job: z.string(),
    userIds: z.array(globalId('User')).max(1_000).nullish(),
    libraryIds: z.array(globalId('Library')).max(1_000).nullish(),
    titleIds: z.array(globalId('Series')).max(10_000).nullish(),
    full: z.boolean().nullish(),
    count: z.number().nullish(),
    limit: z.number().nullish(),
    keepDays: z.number().nullish(),
    force: z.boolean().nullish(),
    retrain: z.boolean().nullish(),
    dryRun: z.boolean().nullish(),
    allowLargeRemoval: z.boolean().nullish(),
  }),
});

const StartedRun = builder.objectRef<RunRequestResult>('StartedRun').implement({
  description: 'The run that was asked for.',
  fields: (t) => ({
    run: t.expose('run', { type: JobRun, description: 'The run.' }),
    alreadyActive: t.exposeBoolean('alreadyActive', {
      description:
        'Whether this job with these parameters was queued or running already: then that run is given.',
    }),
  }),
});

const CancelledRun = builder.objectRef<{ run: JobRunRow }>('CancelledRun').implement({
  description: 'The cancel request was taken; a running run is STOPPING until its job has let go.',
  fields: (t) => ({ run: t.expose('run', { type: JobRun, description: 'The run.' }) }),
});

builder.mutationFields((t) => ({
  runJob: t.field({
    type: StartedRun,
    description: 'Queues a run of a job. The same job with the same parameters is never queued twice.',
    authScopes: OPERATOR,
    args: { input: t.arg({ type: RunJobInput, required: true, description: 'The job and its parameters.' }) },
    errors: { types: [BadInputError, NotFoundError, PrerequisiteMissingError, SchedulerUnavailableError] },
    resolve: (_root, args, context) =>
      failing(() => {
        const { job, ...given } = parseInput(RunJobArguments, args).input;
        const definition = context.jobs.registry.get(job);
        const params = Object.fromEntries(
          Object.entries(given).filter(
            ([name, value]) =>
              value !== null &&
              value !== undefined &&
              (name !== 'force' || definition?.parameters.includes(name)),
          ),
        );
        const trigger = manual(context);
        return insideInput(
          context.jobs.runJob({ job, params, trigger, ...(given.force && { force: true }) }),
        );
      }),
  }),
  cancelRun: t.field({
    type: CancelledRun,
    description: 'Cancels a run, on whichever process it runs.',
    authScopes: OPERATOR,
    args: { runId: t.arg.id({ required: true, description: 'Id of a JobRun.' }) },
    errors: { types: [BadInputError, NotFoundError, ConflictError] },
    resolve: (_root, args, context) =>
      failing(async () => {
        const { runId } = parseInput(z.object({ runId: globalUuid('JobRun') }), args);
        return { run: await context.jobs.cancelRun(runId, keyName(context)) };
      }),
  }),
  retryRun: t.field({
    type: StartedRun,
    description:
      'Runs the job of a finished run again with its parameters. Where that run stopped a workflow, the workflow goes on.',
    authScopes: OPERATOR,
    args: { runId: t.arg.id({ required: true, description: 'Id of a JobRun that has ended.' }) },
    errors: { types: [BadInputError, NotFoundError, ConflictError, SchedulerUnavailableError] },
    resolve: (_root, args, context) =>
      failing(() => {
        const { runId } = parseInput(z.object({ runId: globalUuid('JobRun') }), args);
        return context.jobs.retryRun(runId, retryOf(context, runId));
      }),
  }),
  retryFailedItems: t.field({
    type: StartedRun,
    description: 'Runs the job of a finished run again for those items only that failed in its last attempt.',
    authScopes: OPERATOR,
    args: { runId: t.arg.id({ required: true, description: 'Id of a JobRun that has ended.' }) },
    errors: { types: [BadInputError, NotFoundError, ConflictError, SchedulerUnavailableError] },
    resolve: (_root, args, context) =>
      failing(() => {
        const { runId } = parseInput(z.object({ runId: globalUuid('JobRun') }), args);
        return context.jobs.retryFailedItems(runId, retryOf(context, runId));
      }),
  }),
}));
