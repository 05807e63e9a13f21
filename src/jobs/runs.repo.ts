import { and, asc, eq, gt, inArray, lte, sql } from 'drizzle-orm';
import {
  jobEvents,
  jobLeases,
  jobRuns,
  type RunState,
  type RunStep,
  type RunTrigger,
} from '../../drizzle/tables/jobs.ts';
import type { Queryable } from '../platform/database.ts';
import { type NewEvent, parseRunEvent, type RunEvent } from './run-event.ts';
import { stateEvent, UNFINISHED } from './run-states.ts';

export type JobRun = typeof jobRuns.$inferSelect;

/** Who may write to a run: nobody else's writes land, not even those of the same worker's earlier attempt. */
export interface RunOwner {
  readonly runId: string;
  readonly attempt: number;
  readonly workerId: string;
}

/** Channel on which every process hears that a run has new events. Payload: `<run id>:<last seq>`. */
export const RUNS_CHANNEL = 'showrunner_runs';

export async function findRun(db: Queryable, id: string): Promise<JobRun | undefined> {
  const [run] = await db.orm.select().from(jobRuns).where(eq(jobRuns.id, id));
  return run;
}

/** Reads a run and keeps others from changing it until the transaction ends. */
export async function lockRun(tx: Queryable, id: string): Promise<JobRun | undefined> {
  const [run] = await tx.orm.select().from(jobRuns).where(eq(jobRuns.id, id)).for('update');
  return run;
}

/** Events of a run after `seq`, oldest first, at most `limit`. */
export async function eventsAfter(
  db: Queryable,
  runId: string,
  seq: number,
  limit: number,
): Promise<RunEvent[]> {
  const rows = await db.orm
    .select()
    .from(jobEvents)
    .where(and(eq(jobEvents.runId, runId), gt(jobEvents.seq, seq)))
    .orderBy(asc(jobEvents.seq))
    .limit(limit);
  return rows.map(parseRunEvent);
}

/** Inserts a queued run with its first event; undefined when an unfinished run with the same key exists. */
export async function insertRun(
  tx: Queryable,
  run: {
    id: string;
    job: string;
    params: Record<string, unknown>;
    dedupeKey: string;
    trigger: RunTrigger;
    workflowRunId: string | null;
    maxAttempts: number;
    now: Date;
  },
): Promise<JobRun | undefined> {
  const [inserted] = await tx.orm
    .insert(jobRuns)
    .values({
      id: run.id,
      job: run.job,
      params: run.params,
      dedupeKey: run.dedupeKey,
      trigger: run.trigger,
      workflowRunId: run.workflowRunId,
      maxAttempts: run.maxAttempts,
      state: 'QUEUED',
      queuedAt: run.now,
      notBefore: run.now,
    })
    .onConflictDoNothing()
    .returning();
  if (!inserted) return undefined;
  const lastSeq = await appendEvents(tx, inserted.id, [stateEvent(run.now, 'QUEUED', 0)]);
  return { ...inserted, lastSeq };
}

/** The unfinished run with this key, if there is one. */
export async function findUnfinished(db: Queryable, dedupeKey: string): Promise<JobRun | undefined> {
  const [run] = await db.orm
    .select()
    .from(jobRuns)
    .where(and(eq(jobRuns.dedupeKey, dedupeKey), inArray(jobRuns.state, [...UNFINISHED])));
  return run;
}

/**
 * Changes a run's row if it is in one of the `from` states (and owned by `owner`, when given), and appends the event
 * that tells so. All in the caller's transaction; undefined when the run was not in such a state.
 */
export async function transition(
  tx: Queryable,
  change: {
    runId: string;
    from: readonly RunState[];
    owner?: RunOwner;
    set: Partial<typeof jobRuns.$inferInsert>;
    events: readonly NewEvent[];
  },
): Promise<JobRun | undefined> {
  const [run] = await tx.orm
    .update(jobRuns)
    .set(change.set)
    .where(
      and(
        eq(jobRuns.id, change.runId),
        inArray(jobRuns.state, [...change.from]),
        change.owner && eq(jobRuns.attempt, change.owner.attempt),
        change.owner && eq(jobRuns.workerId, change.owner.workerId),
      ),
    )
    .returning();
  if (!run) return undefined;
  const lastSeq = await appendEvents(tx, run.id, change.events);
  return { ...run, lastSeq };
}

/** Appends events whose right to be appended was checked before in the same transaction. Returns the last seq. */
async function appendEvents(tx: Queryable, runId: string, events: readonly NewEvent[]): Promise<number> {
  const [row] = await tx.rows<{ last_seq: number }>(sql`
    with run as (
      update job_runs set
        last_seq = last_seq + ${events.length},
        changed_xid = pg_current_xact_id()::text::bigint
      where id = ${runId} returning last_seq
    ), added as (${insertEvents(runId, events)})
    select last_seq, pg_notify(${RUNS_CHANNEL}, ${runId} || ':' || last_seq) from run`);
  return row?.last_seq ?? 0;
}

/** What a running run stores at most once a second, and at once when a step or failure is told. */
export interface RunCheckpoint {
  readonly events: readonly NewEvent[];
  readonly steps: readonly RunStep[];
  readonly newFailures: number;
}

/**
 * Stores a checkpoint in one statement and renews the heartbeat.
 *
 * @returns the state the run is in and its last seq; undefined when `owner` no longer owns it
 */
export async function storeCheckpoint(
  db: Queryable,
  owner: RunOwner,
  checkpoint: RunCheckpoint,
  now: Date,
): Promise<{ state: RunState; lastSeq: number } | undefined> {
  const [row] = await db.rows<{ state: RunState; last_seq: number }>(sql`
    with run as (
      update job_runs set
        last_seq = last_seq + ${checkpoint.events.length},
        changed_xid = case when ${checkpoint.events.length}::int > 0
          then pg_current_xact_id()::text::bigint else changed_xid end,
        heartbeat_at = ${now.toISOString()}::timestamptz,
        failure_count = failure_count + ${checkpoint.newFailures},
        steps = ${JSON.stringify(checkpoint.steps)}::jsonb
      where id = ${owner.runId} and attempt = ${owner.attempt} and worker_id = ${owner.workerId}
        and state in ('RUNNING', 'STOPPING')
      returning state, last_seq
    ), added as (${insertEvents(owner.runId, checkpoint.events)})
    select state, last_seq, case when ${checkpoint.events.length}::int > 0
      then pg_notify(${RUNS_CHANNEL}, ${owner.runId} || ':' || last_seq) end from run`);
  return row && { state: row.state, lastSeq: row.last_seq };
}

/** Whether `owner` still has the run; if so, nobody takes it before the transaction ends. */
export async function holdRun(tx: Queryable, owner: RunOwner): Promise<boolean> {
  const rows = await tx.rows(sql`
    select 1 from job_runs
    where id = ${owner.runId} and attempt = ${owner.attempt} and worker_id = ${owner.workerId}
      and state in ('RUNNING', 'STOPPING')
    for share`);
  return rows.length > 0;
}

/** The insert of `events` behind a CTE named `run` that has counted them into `last_seq`. */
function insertEvents(runId: string, events: readonly NewEvent[]) {
  const rows = events.map(({ at, body: { type, ...payload } }, index) => ({
    behind: events.length - 1 - index,
    at: at.toISOString(),
    type,
    payload,
  }));
  return sql`
    insert into job_events (run_id, seq, at, type, payload)
    select ${runId}::uuid, run.last_seq - event.behind, event.at, event.type, event.payload
    from run, json_to_recordset(${JSON.stringify(rows)}::json)
      as event(behind int, at timestamptz, type text, payload jsonb)`;
}

/**
 * Takes every resource in `resources` for a run, or none.
 *
 * @returns whether all of them were free
 */
export async function takeLeases(
  tx: Queryable,
  runId: string,
  resources: readonly string[],
): Promise<boolean> {
  if (resources.length === 0) return true;
  const taken = await tx.orm
    .insert(jobLeases)
    .values([...resources].sort().map((resource) => ({ resource, runId })))
    .onConflictDoNothing()
    .returning();
  return taken.length === resources.length;
}

export async function releaseLeases(tx: Queryable, runId: string): Promise<void> {
  await tx.orm.delete(jobLeases).where(eq(jobLeases.runId, runId));
}

/**
 * Queued runs that may start by `now`, oldest first. Those that wait for a resource are left out: however many they
 * are, they hide nobody behind them.
 *
 * @param needs the resources of each job
 */
export async function dueRuns(
  db: Queryable,
  now: Date,
  limit: number,
  needs: readonly { job: string; resource: string }[],
): Promise<{ id: string; job: string }[]> {
  return db.orm
    .select({ id: jobRuns.id, job: jobRuns.job })
    .from(jobRuns)
    .where(
      and(
        eq(jobRuns.state, 'QUEUED'),
        lte(jobRuns.notBefore, now),
        sql`not exists (
          select 1 from job_leases lease
          join json_to_recordset(${JSON.stringify(needs)}::json) as need(job text, resource text)
            on need.resource = lease.resource
          where need.job = ${jobRuns.job})`,
      ),
    )
    .orderBy(asc(jobRuns.queuedAt), asc(jobRuns.id))
    .limit(limit);
}

/** Runs whose process has given no sign of life since `before`, and those that were interrupted and not yet requeued. */
export async function deadRuns(db: Queryable, before: Date): Promise<JobRun[]> {
  return db.orm
    .select()
    .from(jobRuns)
    .where(
      sql`(${jobRuns.state} in ('RUNNING', 'STOPPING') and ${jobRuns.heartbeatAt} < ${before.toISOString()}::timestamptz)
        or ${jobRuns.state} = 'INTERRUPTED'`,
    );
}
