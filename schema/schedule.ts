import { z } from 'zod';
import { type LastFiring, lastFirings } from '../src/jobs/schedule-firings.repo.ts';
import type { Schedule as StoredSchedule, ScheduleStep as StoredStep } from '../src/jobs/scheduler.ts';
import { builder } from './builder.ts';
import type { ApiContext } from './context.ts';
import { BadInputError, failing, NotFoundError } from './failures.ts';
import { parseInput, text } from './input.ts';
import { ConflictError, insideInput, SchedulerUnavailableError } from './job-failures.ts';
import { JobRun } from './job-objects.ts';
import { JobName, OPERATOR, Parameter, toParameters } from './job-types.ts';
import { WorkflowRun } from './workflow-objects.ts';

/** A schedule and what it last did. */
interface ScheduleRow extends StoredSchedule {
  readonly last: LastFiring | undefined;
}

const WhenMissed = builder.enumType('WhenMissed', {
  description: 'What is done about times that passed while no process was running.',
  values: {
    RUN_ONCE: { description: 'One run for all of them, as soon as a process is there.' },
    SKIP: { description: 'Nothing: the next time is waited for.' },
  } satisfies Record<StoredSchedule['whenMissed'], { description: string }>,
});

const ScheduleStep = builder.objectRef<StoredStep>('ScheduleStep').implement({
  description: 'One job of a schedule.',
  fields: (t) => ({
    job: t.field({ type: JobName, description: 'The job.', resolve: ({ job }) => job }),
    parameters: t.field({
      type: [Parameter],
      description: 'The parameters it runs with; the defaults of the job where none are given.',
      resolve: ({ params }) => toParameters(params),
    }),
  }),
});

const Schedule = builder.objectRef<ScheduleRow>('Schedule').implement({
  description: 'When jobs run by themselves.',
  authScopes: OPERATOR,
  fields: (t) => ({
    id: t.exposeString('id', { description: 'Its name.' }),
    jobs: t.field({
      type: [JobName],
      description: 'Jobs it runs, one after the other.',
      resolve: ({ steps }) => steps.map(({ job }) => job),
    }),
    steps: t.field({
      type: [ScheduleStep],
      description: 'The same jobs with their parameters.',
      resolve: ({ steps }) => [...steps],
    }),
    every: t.exposeString('every', { description: 'Five-field cron, or an interval such as "2 hours".' }),
    timeZone: t.exposeString('timeZone', { description: 'IANA time zone of the cron fields.' }),
    enabled: t.exposeBoolean('enabled', { description: 'Whether it is in force.' }),
    whenMissed: t.expose('whenMissed', {
      type: WhenMissed,
      description: 'What is done about times that passed while no process was running.',
    }),
    edited: t.exposeBoolean('edited', {
      description: 'Whether it was changed by `updateSchedule`: then it no longer follows its default.',
    }),
    nextRunAt: t.expose('nextRunAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is due next; null while it is disabled.',
    }),
    lastRunAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it last started something.',
      resolve: ({ last }) => last?.firedAt ?? null,
    }),
    lastRun: t.field({
      type: JobRun,
      nullable: true,
      description: 'The newest run it started; null for a schedule of several jobs.',
      resolve: ({ last }) => last?.run ?? null,
    }),
    lastWorkflowRun: t.field({
      type: WorkflowRun,
      nullable: true,
      description: 'The newest workflow it started; null for a schedule of one job.',
      resolve: ({ last }) => last?.workflow ?? null,
    }),
    lastOutcome: t.string({
      nullable: true,
      description: 'State of what it last started: a JobRunState, or a WorkflowState for several jobs.',
      resolve: ({ last }) => last?.workflow?.workflow.state ?? last?.run?.state ?? null,
    }),
  }),
});

const SchedulerStatus = builder
  .objectRef<{ available: boolean; since: Date; error: string | null }>('SchedulerStatus')
  .implement({
    description:
      'Whether the store of schedules and waiting jobs answers. While it does not, nothing can be started or scheduled; running jobs go on, and all comes back by itself.',
    authScopes: OPERATOR,
    fields: (t) => ({
      available: t.exposeBoolean('available', { description: 'Whether it answers now.' }),
      since: t.expose('since', { type: 'DateTime', description: 'When that last changed.' }),
      error: t.exposeString('error', {
        nullable: true,
        description: 'What it answered instead; null while it is available.',
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
    whenMissed: t.field({
      type: WhenMissed,
      description: 'What is done about times that passed while no process was running.',
    }),
  }),
});

const UpdateScheduleArguments = z.object({
  input: z.object({
    id: text(100),
    every: text(100).nullish(),
    timeZone: text(100).nullish(),
    enabled: z.boolean().nullish(),
    whenMissed: z.enum(['RUN_ONCE', 'SKIP']).nullish(),
  }),
});

const UpdatedSchedule = builder.objectRef<{ schedule: ScheduleRow }>('UpdatedSchedule').implement({
  description: 'The schedule as it is now.',
  fields: (t) => ({ schedule: t.expose('schedule', { type: Schedule, description: 'The schedule.' }) }),
});

builder.queryFields((t) => ({
  schedules: t.field({
    type: [Schedule],
    description: 'All schedules whose jobs this program has, by id.',
    authScopes: OPERATOR,
    resolve: async (_root, _args, { db, jobs }) => {
      const schedules = await jobs.schedules.list();
      const last = await lastFirings(db);
      return schedules.map((schedule) => ({ ...schedule, last: last.get(schedule.id) }));
    },
  }),
  scheduler: t.field({
    type: SchedulerStatus,
    description: 'Whether jobs can be started and schedules read now.',
    authScopes: OPERATOR,
    resolve: (_root, _args, { jobs }) => jobs.schedules.storeStatus(),
  }),
}));

builder.mutationFields((t) => ({
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
    errors: { types: [BadInputError, NotFoundError, SchedulerUnavailableError] },
    resolve: (_root, args, context) =>
      failing(async () => {
        const { id, ...given } = parseInput(UpdateScheduleArguments, args).input;
        const { every, timeZone, enabled, whenMissed } = given;
        const change = {
          ...(typeof every === 'string' && { every }),
          ...(typeof timeZone === 'string' && { timeZone }),
          ...(typeof enabled === 'boolean' && { enabled }),
          ...(whenMissed && { whenMissed }),
        };
        return withLast(context, await insideInput(context.jobs.schedules.update(id, change)));
      }),
  }),
  resetSchedule: t.field({
    type: UpdatedSchedule,
    description: 'Returns a schedule to its default, which it follows from then on, upgrades included.',
    authScopes: { role: 'ADMIN' },
    args: { id: t.arg.string({ required: true, description: 'Id of one of `schedules`.' }) },
    errors: { types: [BadInputError, NotFoundError, ConflictError, SchedulerUnavailableError] },
    resolve: (_root, args, context) =>
      failing(async () => {
        const { id } = parseInput(z.object({ id: text(100) }), args);
        return withLast(context, await context.jobs.schedules.reset(id));
      }),
  }),
}));

async function withLast({ db }: ApiContext, schedule: StoredSchedule): Promise<{ schedule: ScheduleRow }> {
  return { schedule: { ...schedule, last: (await lastFirings(db)).get(schedule.id) } };
}
