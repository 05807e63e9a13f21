import type { RunState, RunTrigger, WorkflowState as WorkflowStateName } from '../drizzle/tables/jobs.ts';
import { JOBS } from '../src/jobs/job-list.ts';
import type { RunStepView } from '../src/jobs/run-event.ts';
import type { JobRun as JobRunRow } from '../src/jobs/runs.repo.ts';
import { stepRates } from '../src/jobs/step-rates.ts';
import { WORKFLOWS } from '../src/jobs/workflow-list.ts';
import type { ErrorRecord } from '../src/platform/errors.ts';
import { builder } from './builder.ts';
import { encodeGlobalId } from './global-id.ts';
import { enumName } from './job-names.ts';

/** Jobs, runs, schedules and workflows are the operators' business. */
export const OPERATOR = { role: 'OPERATOR' } as const;

export const JobName = builder.enumType('JobName', {
  description: 'The jobs there are.',
  values: Object.fromEntries(
    JOBS.map((job) => [enumName(job.name), { value: job.name, description: job.description }]),
  ),
});

export const WorkflowName = builder.enumType('WorkflowName', {
  description: 'The workflows there are.',
  values: Object.fromEntries(
    WORKFLOWS.map((workflow) => [
      enumName(workflow.name),
      { value: workflow.name, description: workflow.description },
    ]),
  ),
});

export const JobRunState = builder.enumType('JobRunState', {
  description: 'Where a run stands. SUCCEEDED, PARTIAL, FAILED and CANCELLED are final.',
  values: {
    QUEUED: {
      description: 'Waits for its turn, for a resource that another run holds, or for its next attempt.',
    },
    RUNNING: { description: 'Is being executed.' },
    STOPPING: { description: 'Was cancelled and has not let go yet.' },
    INTERRUPTED: { description: 'Its process died; it will be queued again.' },
    SUCCEEDED: { description: 'Did everything.' },
    PARTIAL: { description: 'Did everything but some items, which are listed as failures.' },
    FAILED: { description: 'Ended with an error.' },
    CANCELLED: { description: 'Ended because somebody cancelled it.' },
  } satisfies Record<RunState, { description: string }>,
});

export const WorkflowState = builder.enumType('WorkflowState', {
  description:
    'Where a workflow stands. All states but RUNNING are final, but `continueWorkflow` takes up one that has stopped.',
  values: {
    RUNNING: { description: 'Has steps to do.' },
    SUCCEEDED: { description: 'All its runs succeeded.' },
    PARTIAL: {
      description:
        'Some items of some run failed. It has done all its steps, or stopped at one that says so.',
    },
    FAILED: { description: 'A run failed, and the runs after it were not begun.' },
    CANCELLED: { description: 'A run was cancelled, and the runs after it were not begun.' },
  } satisfies Record<WorkflowStateName, { description: string }>,
});

export const TriggerKind = builder.enumType('TriggerKind', {
  description: 'What started a run.',
  values: {
    MANUAL: { description: 'A person or program, with an API key.' },
    SCHEDULE: { description: 'A schedule that was due.' },
    WORKFLOW: { description: 'The workflow that it is a step of.' },
    RETRY: { description: 'Somebody who wanted a finished run again.' },
    WEBHOOK: { description: 'A playback webhook of the media server.' },
  } satisfies Record<RunTrigger['kind'], { description: string }>,
});

export const Trigger = builder.objectRef<JobRunRow['trigger']>('Trigger').implement({
  description: 'What started a run or workflow.',
  fields: (t) => ({
    kind: t.expose('kind', { type: TriggerKind, description: 'What it was.' }),
    key: t.exposeString('key', { nullable: true, description: 'Name of the API key, for MANUAL and RETRY.' }),
    schedule: t.exposeString('schedule', {
      nullable: true,
      description: 'Id of the schedule, for SCHEDULE.',
    }),
    userId: t.id({
      nullable: true,
      description:
        'Id of the User that the API key belongs to, if it belongs to one; for WEBHOOK of the User who played.',
      resolve: ({ userId }) => (userId === undefined ? null : encodeGlobalId('User', userId)),
    }),
    retryOf: t.id({
      nullable: true,
      description: 'Id of the JobRun that is done again, for RETRY.',
      resolve: (trigger) => trigger.retryOf && encodeGlobalId('JobRun', trigger.retryOf),
    }),
  }),
});

export const JobError = builder
  .objectRef<Omit<ErrorRecord, 'code'> & { readonly code: string }>('JobError')
  .implement({
    description: 'Why a run, or one item of it, failed.',
    fields: (t) => ({
      code: t.exposeString('code', { description: 'Machine-readable kind, stable across releases.' }),
      message: t.exposeString('message', { description: 'What went wrong, for people.' }),
      remedy: t.exposeString('remedy', { nullable: true, description: 'What to do about it.' }),
      field: t.exposeString('field', { nullable: true, description: 'The setting or input at fault.' }),
      value: t.exposeString('value', { nullable: true, description: 'Its value; secrets are masked.' }),
    }),
  });

export const JobStep = builder.objectRef<RunStepView>('JobStep').implement({
  description: 'One step of a run.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What the step does.' }),
    unit: t.exposeString('unit', { nullable: true, description: 'What is counted, such as "episodes".' }),
    done: t.exposeInt('done', { description: 'Units done so far.' }),
    total: t.exposeInt('total', { nullable: true, description: 'Units there are; null while unknown.' }),
    message: t.exposeString('message', { nullable: true, description: 'What it is at right now.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
    fraction: t.float({
      nullable: true,
      description: 'Share done, 0..1; null while the total is unknown.',
      resolve: (step, _args, { now }) => stepRates(step, now()).fraction,
    }),
    ratePerSecond: t.float({
      nullable: true,
      description: 'Units per second since the step began.',
      resolve: (step, _args, { now }) => stepRates(step, now()).ratePerSecond,
    }),
    timeLeftMs: t.int({
      nullable: true,
      description: 'Time left in ms at that rate; null while it cannot be told.',
      resolve: (step, _args, { now }) => stepRates(step, now()).timeLeftMs,
    }),
  }),
});

export const Parameter = builder.objectRef<{ name: string; value: string }>('Parameter').implement({
  description: 'A parameter of a run or a field of a log line.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    value: t.exposeString('value', { description: 'Its value as JSON.' }),
  }),
});

/** Free-form fields as a list of names and JSON texts. */
export function toParameters(fields: Record<string, unknown> | null) {
  return Object.entries(fields ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: JSON.stringify(value) }],
  );
}
