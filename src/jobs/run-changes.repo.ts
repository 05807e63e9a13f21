import { and, asc, desc, getTableColumns, gte, inArray, lt, type SQL, sql } from 'drizzle-orm';
import { jobRuns } from '../../drizzle/tables/jobs.ts';
import type { Queryable } from '../platform/database.ts';
import { conditions, type RunFilter } from './run-list.repo.ts';
import { UNFINISHED } from './run-states.ts';
import type { JobRun } from './runs.repo.ts';

/**
 * Where a snapshot of the database stands among its transactions. Rows name the transaction that changed them, and
 * transactions do not commit in the order of their numbers: all below `horizon` have ended, so whoever looks next for
 * changes from `horizon` on misses none, and may see some again: transactions of all databases of a server count.
 */
export interface Standpoint {
  /** Number of the oldest transaction that still went on. */
  readonly horizon: number;
  /** No transaction with this number or a higher one could be seen. */
  readonly end: number;
  /** Number of the transaction that last deleted runs; 0 when none did. */
  readonly removedAt: number;
}

/** A changed run, and whether it is in the list now. */
export interface ChangedRun {
  readonly run: JobRun;
  readonly isListed: boolean;
}

const COLUMNS = getTableColumns(jobRuns);

/** One row, to which runs are joined: so both come from the same snapshot. */
const NOW = sql`(
  select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint as "end",
    coalesce((select max(changed_xid) from job_run_removals), 0) as removed_at
) as now`;
const STANDPOINT = {
  horizon: sql`now.horizon`.mapWith(Number),
  end: sql`now."end"`.mapWith(Number),
  removedAt: sql`now.removed_at`.mapWith(Number),
};

/** All unfinished runs of the list and its `newest` newest ones, the newest first, and where that was read. */
export async function readRunList(
  db: Queryable,
  filter: RunFilter,
  newest: number,
): Promise<Standpoint & { readonly runs: readonly JobRun[] }> {
  const listed = conditions(filter);
  const recent = db.orm
    .select({ id: jobRuns.id })
    .from(jobRuns)
    .where(and(...listed))
    .orderBy(desc(jobRuns.queuedAt), desc(jobRuns.id))
    .limit(newest);
  const unfinished = db.orm
    .select({ id: jobRuns.id })
    .from(jobRuns)
    .where(and(inArray(jobRuns.state, [...UNFINISHED]), ...listed));
  const rows = await db.orm
    .select({ ...STANDPOINT, run: COLUMNS })
    .from(NOW)
    .leftJoin(jobRuns, sql`${jobRuns.id} in (${recent} union ${unfinished})`)
    .orderBy(desc(jobRuns.queuedAt), desc(jobRuns.id));
  return { ...standpointOf(rows), runs: rows.flatMap(({ run }) => run ?? []) };
}

/**
 * A page of the runs that were changed by the transactions `from` (inclusive) to `to` (exclusive), in the order of
 * these; runs that could never be in the list are left out.
 *
 * @param behind the last run of the page before
 */
export async function readChangedRuns(
  db: Queryable,
  filter: RunFilter,
  range: { from: number; to: number | null; behind: JobRun | null },
  limit: number,
): Promise<Standpoint & { readonly changes: readonly ChangedRun[] }> {
  const { from, to, behind } = range;
  // State and text may change; the rest of a filter holds for good or never.
  const everListed = conditions({ ...filter, states: null, text: null });
  const isListed: SQL = and(...conditions(filter)) ?? sql`true`;
  const rows = await db.orm
    .select({ ...STANDPOINT, run: COLUMNS, isListed: sql<boolean | null>`${isListed}` })
    .from(NOW)
    .leftJoin(
      jobRuns,
      and(
        gte(jobRuns.changedXid, from),
        // Numbers beyond the end stem from another database, of which this one is a restored backup.
        lt(jobRuns.changedXid, to ?? sql`now."end"`),
        behind
          ? sql`(${jobRuns.changedXid}, ${jobRuns.id}) > (${behind.changedXid}::bigint, ${behind.id}::uuid)`
          : undefined,
        ...everListed,
      ),
    )
    .orderBy(asc(jobRuns.changedXid), asc(jobRuns.id))
    .limit(limit);
  const changes = rows.flatMap(({ run, isListed: listed }) =>
    run ? { run, isListed: listed === true } : [],
  );
  return { ...standpointOf(rows), changes };
}

function standpointOf(rows: readonly Standpoint[]): Standpoint {
  const [first] = rows;
  if (!first) throw new TypeError('The database did not say where it stands.');
  return { horizon: first.horizon, end: first.end, removedAt: first.removedAt };
}
