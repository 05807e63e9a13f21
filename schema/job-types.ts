import type { RunState, RunTrigger, WorkflowState as WorkflowStateName } from '../drizzle/tables/jobs.ts';
import type { JobDefinition } from '../src/jobs/job-definition.ts';
import { JOBS } from '../src/jobs/job-list.ts';
import type { RunStepView } from '../src/jobs/run-event.ts';
import { findRun, type JobRun as JobRunRow } from '../src/jobs/runs.repo.ts';
import type { Schedule as ScheduleRow } from '../src/jobs/scheduler.ts';
import { stepRates } from '../src/jobs/step-rates.ts';
import { WORKFLOWS } from '../src/jobs/workflow-list.ts';
import { readWorkflowWithRuns, type WorkflowWithRuns } from '../src/jobs/workflows.repo.ts';
import type { ErrorRecord } from '../src/platform/errors.ts';
import { builder } from './builder.ts';
import { encodeGlobalId } from './global-id.ts';
import { isUuid } from './job-ids.ts';
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

const WorkflowState = builder.enumType('WorkflowState', {
  description:
    'Where a workflow stands; all states but RUNNING are final, though a retry can take it up again.',
  values: {
    RUNNING: { description: 'Has steps to do.' },
    SUCCEEDED: { description: 'All its runs succeeded.' },
    PARTIAL: { description: 'All its runs are done, but some items of some run failed.' },
    FAILED: { description: 'A run failed, and the runs after it were not begun.' },
    CANCELLED: { description: 'A run was cancelled, and the runs after it were not begun.' },
  } satisfies Record<WorkflowStateName, { description: string }>,
});

const TriggerKind = builder.enumType('TriggerKind', {
  description: 'What started a run.',
  values: {
    MANUAL: { description: 'A person or program, with an API key.' },
    SCHEDULE: { description: 'A schedule that was due.' },
    WORKFLOW: { description: 'The workflow that it is a step of.' },
    RETRY: { description: 'Somebody who wanted a finished run again.' },
  } satisfies Record<RunTrigger['kind'], { description: string }>,
});

const Trigger = builder.objectRef<JobRunRow['trigger']>('Trigger').implement({
  description: 'What started a run or workflow.',
  fields: (t) => ({
    kind: t.expose('kind', { type: TriggerKind, description: 'What it was.' }),
    key: t.exposeString('key', { nullable: true, description: 'Name of the API key, for MANUAL and RETRY.' }),
    schedule: t.exposeString('schedule', {
      nullable: true,
      description: 'Id of the schedule, for SCHEDULE.',
    }),
  }),
});

const Count = builder.objectRef<{ name: string; value: number }>('Count').implement({
  description: 'One figure of a result, such as `seriesAdded: 12`.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What was counted.' }),
    value: t.exposeInt('value', { description: 'How many.' }),
  }),
});

/** The figures of a result as a list, because their names depend on the job. */
export function toCounts(result: Record<string, number> | null) {
  return result && Object.entries(result).map(([name, value]) => ({ name, value }));
}

export const CountRef = Count;

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

const Parameter = builder.objectRef<{ name: string; value: string }>('Parameter').implement({
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

export const ParameterRef = Parameter;

const jobRunRef = builder.objectRef<JobRunRow>('JobRun');

export const JobRun = builder.node(jobRunRef, {
  description: 'One execution of a job, over all its attempts.',
  id: { resolve: ({ id }) => id },
  loadOne: (id, { db }) => (isUuid(id) ? findRun(db, id) : undefined),
  authScopes: OPERATOR,
  fields: (t) => ({
    job: t.field({ type: JobName, description: 'The job.', resolve: (run) => run.job }),
    state: t.expose('state', { type: JobRunState, description: 'Where it stands.' }),
    trigger: t.expose('trigger', { type: Trigger, description: 'What started it.' }),
    parameters: t.field({
      type: [Parameter],
      description: 'Its parameters.',
      resolve: (run) => toParameters(run.params),
    }),
    attempt: t.exposeInt('attempt', { description: 'Attempts begun so far; 0 while it has not begun.' }),
    maxAttempts: t.exposeInt('maxAttempts', { description: 'Attempts it has at most.' }),
    queuedAt: t.expose('queuedAt', { type: 'DateTime', description: 'When it was asked for.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its first attempt began.',
    }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
    durationMs: t.int({
      nullable: true,
      description: 'Time since it began, or that it took, in ms.',
      resolve: (run, _args, { now }) =>
        run.startedAt && (run.finishedAt ?? now()).getTime() - run.startedAt.getTime(),
    }),
    steps: t.field({
      type: [JobStep],
      description: 'Steps of the current or last attempt, as last stored.',
      resolve: (run) => [...run.steps],
    }),
    result: t.field({
      type: [Count],
      nullable: true,
      description: 'What it did, in figures; null until it is done.',
      resolve: (run) => toCounts(run.result),
    }),
    error: t.field({
      type: JobError,
      nullable: true,
      description: 'Why it failed, or why its last attempt did.',
      resolve: (run) => run.error,
    }),
    failureCount: t.exposeInt('failureCount', { description: 'Items that failed, over all attempts.' }),
    cancelRequestedBy: t.exposeString('cancelRequestedBy', {
      nullable: true,
      description: 'Name of the API key that cancelled it.',
    }),
    cursor: t.string({
      description: 'Cursor of its newest event: pass it as `after` to be told only what comes next.',
      resolve: (run) => String(run.lastSeq),
    }),
    workflowRunId: t.id({
      nullable: true,
      description: 'Id of the workflow run that it is a step of.',
      resolve: (run) => run.workflowRunId && encodeGlobalId('WorkflowRun', run.workflowRunId),
    }),
  }),
});

export const Job = builder
  .objectRef<{ definition: JobDefinition; lastRun: JobRunRow | null }>('Job')
  .implement({
    description: 'A job that can be run.',
    authScopes: OPERATOR,
    fields: (t) => ({
      name: t.field({
        type: JobName,
        description: 'Its name.',
        resolve: ({ definition }) => definition.name,
      }),
      description: t.string({
        description: 'What it does.',
        resolve: ({ definition }) => definition.description,
      }),
      resources: t.stringList({
        description: 'What it writes. Jobs that write the same never run at the same time.',
        resolve: ({ definition }) => [...definition.resources],
      }),
      parameters: t.stringList({
        description: 'Parameters of `runJob` that it takes.',
        resolve: ({ definition }) => [...definition.parameters],
      }),
      prerequisites: t.field({
        type: [JobName],
        description: 'Jobs that must have succeeded once before.',
        resolve: ({ definition }) => [...definition.prerequisites],
      }),
      lastRun: t.expose('lastRun', { type: JobRun, nullable: true, description: 'Its newest run.' }),
    }),
  });

export const Schedule = builder.objectRef<ScheduleRow>('Schedule').implement({
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

const workflowRunRef = builder.objectRef<WorkflowWithRuns>('WorkflowRun');

export const WorkflowRun = builder.node(workflowRunRef, {
  description: 'An ordered set of jobs that run one after the other.',
  id: { resolve: ({ workflow }) => workflow.id },
  loadOne: (id, { db }) => (isUuid(id) ? readWorkflowWithRuns(db, id) : undefined),
  authScopes: OPERATOR,
  fields: (t) => ({
    name: t.string({
      description: 'Name of the workflow, such as INITIAL_SETUP, or `schedule:` and the id of a schedule.',
      resolve: ({ workflow }) =>
        workflow.workflow.startsWith('schedule:') ? workflow.workflow : enumName(workflow.workflow),
    }),
    state: t.field({
      type: WorkflowState,
      description: 'Where it stands.',
      resolve: ({ workflow }) => workflow.state,
    }),
    jobs: t.field({
      type: [JobName],
      description: 'All its jobs in order.',
      resolve: ({ workflow }) => workflow.jobs,
    }),
    position: t.int({
      description: 'Index of the current job, from 0.',
      resolve: ({ workflow }) => workflow.position,
    }),
    trigger: t.field({
      type: Trigger,
      description: 'What started it.',
      resolve: ({ workflow }) => workflow.trigger,
    }),
    runs: t.field({
      type: [JobRun],
      description: 'Its runs so far, in order.',
      resolve: ({ runs }) => [...runs],
    }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When it began.',
      resolve: ({ workflow }) => workflow.startedAt,
    }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it ended.',
      resolve: ({ workflow }) => workflow.finishedAt,
    }),
  }),
});
