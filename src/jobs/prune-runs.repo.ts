import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';

const FINAL = sql`('SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED')`;

/** A run of a workflow that goes on belongs to something that is not finished. */
const WORKFLOW_IS_OVER = sql`not exists (
  select 1 from workflow_runs workflow where workflow.id = run.workflow_run_id and workflow.state = 'RUNNING')`;

/**
 * Deletes the events, but for the last one, of at most `limit` runs that ended before `before`.
 *
 * @returns of how many runs
 */
export async function trimEvents(db: Queryable, before: Date, limit: number): Promise<number> {
  const rows = await db.rows(sql`
    with due as (
      select run.id, run.last_seq from job_runs run
      where run.finished_at < ${before.toISOString()}::timestamptz and run.state in ${FINAL}
        and run.first_seq < run.last_seq and ${WORKFLOW_IS_OVER}
      order by run.finished_at limit ${limit} for update skip locked
    ), trimmed as (
      update job_runs run set first_seq = due.last_seq from due where run.id = due.id
    ), deleted as (
      delete from job_events event using due where event.run_id = due.id and event.seq < due.last_seq
    )
    select id from due`);
  return rows.length;
}

/**
 * Deletes at most `limit` runs of no workflow that ended before `before`, but for those in `kept`.
 *
 * @returns how many
 */
export async function deleteRuns(
  tx: Queryable,
  before: Date,
  kept: readonly string[],
  limit: number,
): Promise<number> {
  const rows = await tx.rows(sql`
    delete from job_runs where id in (
      select run.id from job_runs run
      where run.finished_at < ${before.toISOString()}::timestamptz and run.state in ${FINAL}
        and run.workflow_run_id is null and run.id not in (${idsOf(kept)})
      order by run.finished_at limit ${limit} for update skip locked)
    returning id`);
  return rows.length;
}

/**
 * Deletes at most `limit` workflow runs that ended before `before` with their runs, but for those with a run in `kept`.
 *
 * @returns how many workflow runs, and how many runs
 */
export async function deleteWorkflowRuns(
  tx: Queryable,
  before: Date,
  kept: readonly string[],
  limit: number,
): Promise<{ workflows: number; runs: number }> {
  const due = await tx.rows<{ id: string }>(sql`
    select workflow.id from workflow_runs workflow
    where workflow.finished_at < ${before.toISOString()}::timestamptz and workflow.state <> 'RUNNING'
      and not exists (
        select 1 from job_runs run where run.workflow_run_id = workflow.id
          and (run.id in (${idsOf(kept)}) or run.state not in ${FINAL}))
    order by workflow.finished_at limit ${limit} for update skip locked`);
  const ids = idsOf(due.map(({ id }) => id));
  const runs = await tx.rows(sql`delete from job_runs where workflow_run_id in (${ids}) returning id`);
  await tx.rows(sql`delete from workflow_runs where id in (${ids})`);
  return { workflows: due.length, runs: runs.length };
}

/** Notes that this transaction deletes runs, for those who follow the list of runs. */
export async function noteRemoval(tx: Queryable): Promise<void> {
  await tx.rows(sql`
    insert into job_run_removals (id, changed_xid) values (1, pg_current_xact_id()::text::bigint)
    on conflict (id) do update set changed_xid = greatest(job_run_removals.changed_xid, excluded.changed_xid)`);
}

function idsOf(ids: readonly string[]) {
  return sql`select json_array_elements_text(${JSON.stringify(ids)}::json)::uuid`;
}
