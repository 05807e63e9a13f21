import { z } from 'zod';
import type { RunTrigger } from '../drizzle/tables/jobs.ts';
import type { RunRequestResult } from '../src/jobs/job-engine.ts';
import type { JobRun as JobRunRow } from '../src/jobs/runs.repo.ts';
import type { Schedule as ScheduleRow } from '../src/jobs/scheduler.ts';
import { runsOfWorkflow, type WorkflowWithRuns } from '../src/jobs/workflows.repo.ts';
import { ShowrunnerError } from '../src/platform/errors.ts';
import { builder } from './builder.ts';
import type { ApiContext } from './context.ts';
import { BadInputError, failing, failureType, NotFoundError } from './failures.ts';
import { globalId } from './global-id.ts';
import { parseInput, text } from './input.ts';
import { globalUuid } from './job-ids.ts';
import { JobRun, Schedule, WorkflowRun } from './job-objects.ts';
import { JobName, OPERATOR, WorkflowName } from './job-types.ts';

const ConflictError = failureType(
  'CONFLICT',
  'ConflictError',
  'The state of things does not allow it, such as cancelling a run that has ended.',
);
const PrerequisiteMissingError = failureType(
  'PREREQUISITE_MISSING',
  'PrerequisiteMissingError',
  'A job that must come first has never succeeded. `force` runs this one all the same.',
);

const RunJobInput = builder.inputType('RunJobInput', {
  description: 'A job and its parameters. `Job.parameters` tells which ones a job takes; others are refused.',
  fields: (t) => ({
    job: t.field({ type: JobName, required: true, description: 'The job.' }),
    userIds: t.idList({ description: 'Ids of the Users to work on; all enabled ones when left out.' }),
    libraryIds: t.idList({ description: 'Ids of the Libraries to work on; all enabled ones when left out.' }),
    count: t.int({ description: 'Picks for each user, 1 to 100.' }),
    limit: t.int({ description: 'Titles to work on at most.' }),
    force: t.boolean({
      description: 'Do it again even where nothing has changed, and without prerequisites.',
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
    count: z.number().nullish(),
    limit: z.number().nullish(),
    force: z.boolean().nullish(),
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

const StartedWorkflow = builder
  .objectRef<{ workflow: WorkflowWithRuns; alreadyActive: boolean }>('StartedWorkflow')
  .implement({
    description: 'The workflow that was asked for.',
    fields: (t) => ({
      workflow: t.expose('workflow', { type: WorkflowRun, description: 'The workflow.' }),
      alreadyActive: t.exposeBoolean('alreadyActive', {
        description: 'Whether this workflow was running already: then that one is given.',
      }),
    }),
  });

const UpdateScheduleInput = builder.inputType('UpdateScheduleInput', {
  description: 'What to change of a schedule; what is left out stays.',
  fields: (t) => ({
    id: t.string({ required: true, description: 'Id of one of `schedules`.' }),
    every: t.string({
      description: 'Five-field cron such as "0 2 * * *", or an interval such as "2 hours".',
    }),
    timeZone: t.string({ description: 'IANA name such as "Europe/Berlin".' }),
    enabled: t.boolean({ description: 'Whether it is in force.' }),
  }),
});

const UpdateScheduleArguments = z.object({
  input: z.object({
    id: text(100),
    every: text(100).nullish(),
    timeZone: text(100).nullish(),
    enabled: z.boolean().nullish(),
  }),
});

const UpdatedSchedule = builder.objectRef<{ schedule: ScheduleRow }>('UpdatedSchedule').implement({
  description: 'The schedule as it is now.',
  fields: (t) => ({ schedule: t.expose('schedule', { type: Schedule, description: 'The schedule.' }) }),
});

builder.mutationFields((t) => ({
  runJob: t.field({
    type: StartedRun,
    description: 'Queues a run of a job. The same job with the same parameters is never queued twice.',
    authScopes: OPERATOR,
    args: { input: t.arg({ type: RunJobInput, required: true, description: 'The job and its parameters.' }) },
    errors: { types: [BadInputError, NotFoundError, PrerequisiteMissingError] },
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
        return context.jobs.runJob({
          job,
          params,
          trigger: manual(context),
          ...(given.force && { force: true }),
        });
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
    errors: { types: [BadInputError, NotFoundError, ConflictError] },
    resolve: (_root, args, context) =>
      failing(() => {
        const { runId } = parseInput(z.object({ runId: globalUuid('JobRun') }), args);
        return context.jobs.retryRun(runId, { kind: 'RETRY', key: keyName(context), retryOf: runId });
      }),
  }),
  runWorkflow: t.field({
    type: StartedWorkflow,
    description:
      'Runs the jobs of a workflow one after the other. A workflow that is running is never started twice.',
    authScopes: OPERATOR,
    args: { workflow: t.arg({ type: WorkflowName, required: true, description: 'The workflow.' }) },
    errors: { types: [BadInputError, NotFoundError] },
    resolve: (_root, args, context) =>
      failing(async () => {
        const { workflow, alreadyActive } = await context.jobs.runWorkflow(args.workflow, manual(context));
        return { workflow: { workflow, runs: await runsOfWorkflow(context.db, workflow.id) }, alreadyActive };
      }),
  }),
  updateSchedule: t.field({
    type: UpdatedSchedule,
    description: 'Changes when a schedule is due. Edited schedules survive restarts and upgrades.',
    authScopes: { role: 'ADMIN' },
    args: {
      input: t.arg({
        type: UpdateScheduleInput,
        required: true,
        description: 'The schedule and what to change of it.',
      }),
    },
    errors: { types: [BadInputError, NotFoundError] },
    resolve: (_root, args, { jobs }) =>
      failing(async () => {
        const { input } = parseInput(UpdateScheduleArguments, args);
        const present = (await jobs.schedules()).find((schedule) => schedule.id === input.id);
        if (!present)
          throw new ShowrunnerError('NOT_FOUND', `There is no schedule "${input.id}".`, {
            field: 'input.id',
            value: input.id,
            remedy: 'Pass the id of one of `schedules`.',
          });
        const schedule = await jobs.saveSchedule({
          id: present.id,
          jobs: present.jobs,
          every: input.every ?? present.every,
          timeZone: input.timeZone ?? present.timeZone,
          enabled: input.enabled ?? present.enabled,
        });
        return { schedule };
      }),
  }),
}));

function keyName({ principal }: ApiContext): string {
  return principal?.name ?? 'unknown';
}

function manual(context: ApiContext): RunTrigger {
  return { kind: 'MANUAL', key: keyName(context) };
}
