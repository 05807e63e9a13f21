import { sql } from 'drizzle-orm';
import {
  bigint,
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

/** What can start a run. */
export const TRIGGER_KINDS = ['MANUAL', 'SCHEDULE', 'WORKFLOW', 'RETRY', 'WEBHOOK'] as const;

/** What started a run. */
export interface RunTrigger {
  readonly kind: (typeof TRIGGER_KINDS)[number];
  /** Name of the API key behind a manual start or a retry. */
  readonly key?: string;
  /** The media-server user whom that key belongs to, or whose play a webhook told of. */
  readonly userId?: number;
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

/** One step of a workflow, as its definition stood when the workflow began. */
export interface WorkflowStep {
  readonly job: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Whether the workflow goes on when the step's run ends PARTIAL. */
  readonly onPartial: 'CONTINUE' | 'STOP';
}

/** A run of a workflow and the step that it executes: each continuing adds one more run of the step. */
export interface WorkflowStepRun {
  readonly runId: string;
  /** Index of the step, from 0. */
  readonly position: number;
}

/** An ordered set of jobs run one after the other. */
export const workflowRuns = pgTable(
  'workflow_runs',
  {
    id: uuid('id').primaryKey(),
    workflow: text('workflow').notNull(),
    state: text('state', { enum: WORKFLOW_STATES }).notNull(),
    steps: jsonb('steps').$type<readonly WorkflowStep[]>().notNull(),
    /** Its runs in the order they were queued: clocks of several processes need not agree, so times cannot tell. */
    stepRuns: jsonb('step_runs').$type<readonly WorkflowStepRun[]>().notNull().default([]),
    /** Index of the current step, from 0. */
    position: integer('position').notNull().default(0),
    trigger: jsonb('trigger').$type<RunTrigger>().notNull(),
    startedAt: at('started_at').notNull().defaultNow(),
    finishedAt: at('finished_at'),
  },
  (table) => [
    uniqueIndex('workflow_runs_active').on(table.workflow).where(sql`${table.state} = 'RUNNING'`),
    index('workflow_runs_recent').on(table.startedAt, table.id),
  ],
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
    /** Number of its first event that is stored: 1 until retention takes events away. */
    firstSeq: integer('first_seq').notNull().default(1),
    lastSeq: integer('last_seq').notNull().default(0),
    /** The transaction that last gave it an event: what a follower of the list has not seen is found by it. */
    changedXid: bigint('changed_xid', { mode: 'number' })
      .notNull()
      .default(sql`pg_current_xact_id()::text::bigint`),
  },
  (table) => [
    uniqueIndex('job_runs_unfinished')
      .on(table.dedupeKey)
      .where(sql`${table.state} in ('QUEUED', 'RUNNING', 'STOPPING', 'INTERRUPTED')`),
    index('job_runs_recent').on(table.queuedAt, table.id),
    index('job_runs_job').on(table.job, table.queuedAt),
    index('job_runs_state').on(table.state),
    index('job_runs_workflow').on(table.workflowRunId),
    index('job_runs_changed').on(table.changedXid, table.id),
    index('job_runs_finished').on(table.finishedAt),
  ],
);

/**
 * How far each schedule's times were dealt with: the row's lock makes one process of many act on a time, whatever the
 * scheduler's store tells them.
 */
export const scheduleFirings = pgTable('schedule_firings', {
  schedule: text('schedule').primaryKey(),
  /** Every time up to here was run or skipped. */
  handledUntil: at('handled_until').notNull(),
  /** When it last started something: one run, or a workflow. */
  firedAt: at('fired_at'),
  runId: uuid('run_id').references(() => jobRuns.id, { onDelete: 'set null' }),
  workflowRunId: uuid('workflow_run_id').references(() => workflowRuns.id, { onDelete: 'set null' }),
});

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

/** The transaction that last deleted runs: a follower of the list from before it has to begin anew. One row at most. */
export const jobRunRemovals = pgTable('job_run_removals', {
  id: integer('id').primaryKey(),
  changedXid: bigint('changed_xid', { mode: 'number' }).notNull(),
});
