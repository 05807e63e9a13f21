import { z } from 'zod';
import type { Schedule as ScheduleRow } from '../src/jobs/scheduler.ts';
import { ShowrunnerError } from '../src/platform/errors.ts';
import { builder } from './builder.ts';
import { BadInputError, failing, NotFoundError } from './failures.ts';
import { parseInput, text } from './input.ts';
import { JobName, OPERATOR } from './job-types.ts';

const Schedule = builder.objectRef<ScheduleRow>('Schedule').implement({
  description: 'When jobs run by themselves.',
  authScopes: OPERATOR,
  fields: (t) => ({
    id: t.exposeString('id', { description: 'Its name.' }),
    jobs: t.field({
      type: [JobName],
      description: 'Jobs it runs, one after the other.',
      resolve: ({ jobs }) => [...jobs],
    }),
    every: t.exposeString('every', { description: 'Five-field cron, or an interval such as "2 hours".' }),
    timeZone: t.exposeString('timeZone', { description: 'IANA time zone of the cron fields.' }),
    enabled: t.exposeBoolean('enabled', { description: 'Whether it is in force.' }),
    nextRunAt: t.expose('nextRunAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is due next.',
    }),
    lastRunAt: t.expose('lastRunAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was due last.',
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

builder.queryFields((t) => ({
  schedules: t.field({
    type: [Schedule],
    description: 'All schedules, by id.',
    authScopes: OPERATOR,
    resolve: (_root, _args, { jobs }) => jobs.schedules(),
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
