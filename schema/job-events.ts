import { formatRunCursor } from '../src/jobs/run-cursor.ts';
import type { RunEventBody, RunStepView } from '../src/jobs/run-event.ts';
import type { JobRun as JobRunRow } from '../src/jobs/runs.repo.ts';
import type { WorkflowFeedItem } from '../src/jobs/workflow-feed.ts';
import type { WorkflowWithRuns } from '../src/jobs/workflows.repo.ts';
import { builder } from './builder.ts';
import { encodeGlobalId } from './global-id.ts';
import { JobRun } from './job-objects.ts';
import { JobResult } from './job-results.ts';
import { JobError, JobRunState, JobStep, OPERATOR, Parameter, toParameters } from './job-types.ts';
import { WorkflowRun } from './workflow-objects.ts';

type Body<Type extends RunEventBody['type']> = Extract<RunEventBody, { type: Type }>;

interface EventBase {
  readonly at: Date;
  /** Null for items that are not stored and so cannot be resumed from. */
  readonly cursor: string | null;
  readonly runId: string | null;
}

/** One item of a subscription on a run or a workflow, as the API shows it. */
export type JobEventRow = EventBase &
  (
    | { readonly typename: 'JobRunSnapshot'; readonly run: JobRunRow }
    | { readonly typename: 'WorkflowSnapshot'; readonly workflow: WorkflowWithRuns }
    | { readonly typename: 'JobStateChanged'; readonly body: Body<'STATE'> }
    | { readonly typename: 'JobStepStarted'; readonly step: RunStepView }
    | { readonly typename: 'JobStepFinished'; readonly step: RunStepView }
    | { readonly typename: 'JobProgress'; readonly step: RunStepView }
    | { readonly typename: 'JobLogLine'; readonly body: Body<'LOG'> }
    | { readonly typename: 'JobItemFailed'; readonly body: Body<'ITEM_FAILED'> }
    | { readonly typename: 'JobResync'; readonly reason: string; readonly from: number; readonly to: number }
    | { readonly typename: 'JobHeartbeat'; readonly runHeartbeatAt: Date | null }
  );

export type Row<Typename extends JobEventRow['typename']> = Extract<JobEventRow, { typename: Typename }>;

const commonRows = new WeakMap<object, JobEventRow>();

/** A feed item as the API shows it: what goes to all subscribers is one object for all, so that it is executed once. */
export function toJobEvent(item: WorkflowFeedItem, now: Date): JobEventRow {
  const common = item.kind === 'event' ? item.event : item.kind === 'live' ? item.step : undefined;
  if (!common) return toRow(item, now);
  const row = commonRows.get(common) ?? toRow(item, now);
  commonRows.set(common, row);
  return row;
}

function toRow(item: WorkflowFeedItem, now: Date): JobEventRow {
  const unstored = { at: now, cursor: null };
  if (item.kind === 'workflow')
    return { ...unstored, typename: 'WorkflowSnapshot', runId: null, workflow: item };
  if (item.kind === 'snapshot')
    return { ...unstored, typename: 'JobRunSnapshot', runId: item.run.id, run: item.run };
  if (item.kind === 'heartbeat')
    return {
      ...unstored,
      typename: 'JobHeartbeat',
      runId: item.runId,
      runHeartbeatAt: item.runHeartbeatAt,
    };
  if (item.kind === 'live')
    return { typename: 'JobProgress', at: item.at, cursor: null, runId: item.runId, step: item.step };
  if (item.kind === 'resync') {
    const { runId, reason, from, to } = item;
    return { typename: 'JobResync', at: now, cursor: formatRunCursor(runId, to), runId, reason, from, to };
  }
  const { runId, seq, at, body } = item.event;
  const base = { at, runId, cursor: formatRunCursor(runId, seq) };
  if (body.type === 'STATE') return { ...base, typename: 'JobStateChanged', body };
  if (body.type === 'LOG') return { ...base, typename: 'JobLogLine', body };
  if (body.type === 'ITEM_FAILED') return { ...base, typename: 'JobItemFailed', body };
  if (body.type === 'PROGRESS') return { ...base, typename: 'JobProgress', step: body.step };
  if (body.type === 'STEP_STARTED') return { ...base, typename: 'JobStepStarted', step: body.step };
  return { ...base, typename: 'JobStepFinished', step: body.step };
}

export const JobEvent = builder.interfaceRef<JobEventRow>('JobEvent').implement({
  description: 'Something that happened to a run, or the state of things at the start of a subscription.',
  authScopes: OPERATOR,
  resolveType: (event) => event.typename,
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    cursor: t.exposeString('cursor', {
      nullable: true,
      description:
        'Names the run and the event in it: pass it as `after` to go on behind this event. Null for snapshots, heartbeats and progress that is shown but not stored.',
    }),
    runId: t.id({
      nullable: true,
      description: 'The run it happened to; null for a workflow.',
      resolve: ({ runId }) => runId && encodeGlobalId('JobRun', runId),
    }),
  }),
});

const interfaces = [JobEvent];

builder.objectRef<Row<'JobRunSnapshot'>>('JobRunSnapshot').implement({
  description: 'A run as it is when the subscription begins.',
  interfaces,
  fields: (t) => ({ run: t.expose('run', { type: JobRun, description: 'The run.' }) }),
});

builder.objectRef<Row<'WorkflowSnapshot'>>('WorkflowSnapshot').implement({
  description: 'A workflow as it is: at the start of the subscription, between its steps, and at its end.',
  interfaces,
  fields: (t) => ({ workflow: t.expose('workflow', { type: WorkflowRun, description: 'The workflow.' }) }),
});

builder.objectRef<Row<'JobStateChanged'>>('JobStateChanged').implement({
  description: 'A run entered a state. The first event of a run says QUEUED, the last one a final state.',
  interfaces,
  fields: (t) => ({
    state: t.field({ type: JobRunState, description: 'The state.', resolve: ({ body }) => body.state }),
    attempt: t.int({
      description: 'The attempt, from 1; 0 before the first.',
      resolve: ({ body }) => body.attempt,
    }),
    reason: t.string({ nullable: true, description: 'Why, for people.', resolve: ({ body }) => body.reason }),
    error: t.field({
      type: JobError,
      nullable: true,
      description: 'What failed.',
      resolve: ({ body }) => body.error,
    }),
    result: t.field({
      type: JobResult,
      nullable: true,
      description: 'What the run did, in figures.',
      resolve: ({ body }) => body.result,
    }),
  }),
});

builder.objectRef<Row<'JobStepStarted'>>('JobStepStarted').implement({
  description: 'A step began.',
  interfaces,
  fields: (t) => ({ step: t.expose('step', { type: JobStep, description: 'The step.' }) }),
});

builder.objectRef<Row<'JobStepFinished'>>('JobStepFinished').implement({
  description: 'A step ended.',
  interfaces,
  fields: (t) => ({ step: t.expose('step', { type: JobStep, description: 'The step.' }) }),
});

builder.objectRef<Row<'JobProgress'>>('JobProgress').implement({
  description: 'A step moved on: stored at most once a second, shown at most ten times a second.',
  interfaces,
  fields: (t) => ({ step: t.expose('step', { type: JobStep, description: 'The step.' }) }),
});

export const JobLogLine = builder.objectRef<Row<'JobLogLine'>>('JobLogLine').implement({
  description: 'A line of the run’s log.',
  interfaces,
  fields: (t) => ({
    level: t.string({ description: 'debug, info, warn or error.', resolve: ({ body }) => body.level }),
    message: t.string({ description: 'The line.', resolve: ({ body }) => body.message }),
    fields: t.field({
      type: [Parameter],
      description: 'What it is about.',
      resolve: ({ body }) => toParameters(body.fields),
    }),
  }),
});

export const JobItemFailed = builder.objectRef<Row<'JobItemFailed'>>('JobItemFailed').implement({
  description: 'One item failed while the rest goes on.',
  interfaces,
  fields: (t) => ({
    item: t.string({ description: 'The item.', resolve: ({ body }) => body.item }),
    canBeRetried: t.boolean({
      description: 'Whether `retryFailedItems` can do this item without the others.',
      resolve: ({ body }) => body.target !== null,
    }),
    error: t.field({
      type: JobError,
      nullable: true,
      description:
        'Why it failed; never null, but nullable as in `JobStateChanged`, so that both can be selected.',
      resolve: ({ body }) => body.error,
    }),
  }),
});

builder.objectRef<Row<'JobResync'>>('JobResync').implement({
  description:
    'Events that are older than the server keeps them are missing here. The snapshot before this has what they led to.',
  interfaces,
  fields: (t) => ({
    reason: t.exposeString('reason', {
      nullable: true,
      description:
        'Why, for people; never null, but nullable as in `JobStateChanged`, so that both can be selected.',
    }),
    missingFrom: t.exposeInt('from', {
      description: 'Number of the first event that is missing; a run’s first is 1.',
    }),
    missingTo: t.exposeInt('to', { description: 'Number of the last event that is missing.' }),
  }),
});
