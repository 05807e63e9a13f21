import { sql } from 'drizzle-orm';
import {
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** States of a run; the last four of them are final. */
export const RUN_STATES = [
  'QUEUED',
  'RUNNING',
  'STOPPING',
  'INTERRUPTED',
  'SUCCEEDED',
  'PARTIAL',
  'FAILED',
  'CANCELLED',
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** States of a workflow. */
export const WORKFLOW_STATES = ['RUNNING', 'SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED'] as const;
export type WorkflowState = (typeof WORKFLOW_STATES)[number];

/** What started a run. */
export interface RunTrigger {
  readonly kind: 'MANUAL' | 'SCHEDULE' | 'WORKFLOW' | 'RETRY';
  /** Name of the API key behind a manual start. */
  readonly key?: string;
  /** Id of the schedule that was due. */
  readonly schedule?: string;
  /** The run that this one retries. */
  readonly retryOf?: string;
}

/** One step of a run as last stored. */
export interface RunStep {
  readonly name: string;
  readonly unit: string | null;
  readonly total: number | null;
  readonly done: number;
  readonly message: string | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

/** Why a run failed, as stored. */
export interface RunError {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly field?: string;
  readonly value?: string;
}

/** An ordered set of jobs run one after the other. */
export const workflowRuns = pgTable(
  'workflow_runs',
  {
    id: uuid('id').primaryKey(),
    workflow: text('workflow').notNull(),
    state: text('state', { enum: WORKFLOW_STATES }).notNull(),
    /** The jobs in order, as the definition stood when the workflow began. */
    jobs: text('jobs').array().notNull(),
    /** Index of the current step, from 0. */
    position: integer('position').notNull().default(0),
    trigger: jsonb('trigger').$type<RunTrigger>().notNull(),
    startedAt: at('started_at').notNull().defaultNow(),
    finishedAt: at('finished_at'),
  },
  (table) => [uniqueIndex('workflow_runs_active').on(table.workflow).where(sql`${table.state} = 'RUNNING'`)],
);

/** One execution of a job: the truth about it, whatever the scheduler thinks. */
export const jobRuns = pgTable(
  'job_runs',
  {
    id: uuid('id').primaryKey(),
    job: text('job').notNull(),
    params: jsonb('params').$type<Record<string, unknown>>().notNull(),
    /** Hash of job and parameters: at most one unfinished run has it. */
    dedupeKey: text('dedupe_key').notNull(),
    state: text('state', { enum: RUN_STATES }).notNull(),
    trigger: jsonb('trigger').$type<RunTrigger>().notNull(),
    workflowRunId: uuid('workflow_run_id').references(() => workflowRuns.id),
    attempt: integer('attempt').notNull().default(0),
    maxAttempts: integer('max_attempts').notNull(),
    workerId: text('worker_id'),
    heartbeatAt: at('heartbeat_at'),
    cancelRequestedAt: at('cancel_requested_at'),
    cancelRequestedBy: text('cancel_requested_by'),
    /** Not before this time; set by a retry's backoff. */
    notBefore: at('not_before').notNull().defaultNow(),
    queuedAt: at('queued_at').notNull().defaultNow(),
    startedAt: at('started_at'),
    finishedAt: at('finished_at'),
    steps: jsonb('steps').$type<readonly RunStep[]>().notNull().default([]),
    result: jsonb('result').$type<Record<string, number>>(),
    error: jsonb('error').$type<RunError>(),
    failureCount: integer('failure_count').notNull().default(0),
    lastSeq: integer('last_seq').notNull().default(0),
  },
  (table) => [
    uniqueIndex('job_runs_unfinished')
      .on(table.dedupeKey)
      .where(sql`${table.state} in ('QUEUED', 'RUNNING', 'STOPPING', 'INTERRUPTED')`),
    index('job_runs_recent').on(table.queuedAt, table.id),
    index('job_runs_job').on(table.job, table.queuedAt),
    index('job_runs_state').on(table.state),
    index('job_runs_workflow').on(table.workflowRunId),
  ],
);

/** The ordered event stream of a run: `seq` counts from 1 without gaps. */
export const jobEvents = pgTable(
  'job_events',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => jobRuns.id, { onDelete: 'cascade' }),
    seq: integer('seq').notNull(),
    at: at('at').notNull(),
    type: text('type').notNull(),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] })],
);

/** What a running job writes: a resource has one holder at a time, so that two jobs never write the same things. */
export const jobLeases = pgTable('job_leases', {
  resource: text('resource').primaryKey(),
  runId: uuid('run_id')
    .notNull()
    .references(() => jobRuns.id, { onDelete: 'cascade' }),
});
