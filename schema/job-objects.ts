import type { JobDefinition } from '../src/jobs/job-definition.ts';
import { formatRunCursor } from '../src/jobs/run-cursor.ts';
import { isDryRun } from '../src/jobs/run-states.ts';
import { findRun, type JobRun as JobRunRow } from '../src/jobs/runs.repo.ts';
import { builder } from './builder.ts';
import { encodeGlobalId } from './global-id.ts';
import { isUuid } from './job-ids.ts';
import { jobLoaders } from './job-loaders.ts';
import { JobResult } from './job-results.ts';
import {
  JobError,
  JobName,
  JobRunState,
  JobStep,
  OPERATOR,
  Parameter,
  Trigger,
  toParameters,
} from './job-types.ts';

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
      type: JobResult,
      nullable: true,
      description: 'What it did, in figures; null until it is done.',
      resolve: (run) => run.result && { job: run.job, dryRun: isDryRun(run.params), counts: run.result },
    }),
    error: t.field({
      type: JobError,
      nullable: true,
      description: 'Why it failed, or why its last attempt did.',
      resolve: (run) => run.error,
    }),
    heartbeatAt: t.expose('heartbeatAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Last sign of life of the process that executes it; null before its first attempt.',
    }),
    worker: t.exposeString('workerId', {
      nullable: true,
      description: 'Name of the process that executes it or did last; null while it waits.',
    }),
    failureCount: t.exposeInt('failureCount', { description: 'Items that failed, over all attempts.' }),
    cancelRequestedBy: t.exposeString('cancelRequestedBy', {
      nullable: true,
      description: 'Name of the API key that cancelled it.',
    }),
    cursor: t.string({
      description: 'Cursor of its newest event: pass it as `after` to be told only what comes next.',
      resolve: (run) => formatRunCursor(run.id, run.lastSeq),
    }),
    waitingFor: t.field({
      type: [jobRunRef],
      description: 'For a queued run: the runs that hold what it writes. Empty when it waits for none.',
      resolve: (run, _args, context) => jobLoaders(context).waitingFor(run),
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
        description: 'Jobs that must have run before; `readiness` tells which of them are missing now.',
        resolve: ({ definition }) => [...definition.prerequisites],
      }),
      lastRun: t.expose('lastRun', { type: JobRun, nullable: true, description: 'Its newest run.' }),
    }),
  });
