import { and, asc, count, desc, eq, inArray, lt, or } from 'drizzle-orm';
import { jobRuns, type RunState } from '../../drizzle/tables/jobs.ts';
import type { Queryable } from '../platform/database.ts';
import { UNFINISHED } from './run-states.ts';
import type { JobRun } from './runs.repo.ts';

/** Which runs to list; of a list any value may match. */
export interface RunFilter {
  readonly jobs?: readonly string[] | null;
  readonly states?: readonly RunState[] | null;
}

/** Place of a run in the list: when it was asked for, and its id. */
export type RunKey = readonly [queuedAt: string, id: string];

/** Runs by filter, the newest first: one more than `first` when there are more. */
export async function listRuns(
  db: Queryable,
  query: { filter: RunFilter; first: number; after: RunKey | null },
): Promise<{ key: RunKey; node: JobRun }[]> {
  const behind =
    query.after &&
    or(
      lt(jobRuns.queuedAt, new Date(query.after[0])),
      and(eq(jobRuns.queuedAt, new Date(query.after[0])), lt(jobRuns.id, query.after[1])),
    );
  const rows = await db.orm
    .select()
    .from(jobRuns)
    .where(and(...conditions(query.filter), behind ?? undefined))
    .orderBy(desc(jobRuns.queuedAt), desc(jobRuns.id))
    .limit(query.first + 1);
  return rows.map((node) => ({ key: [node.queuedAt.toISOString(), node.id], node }));
}

/** How many runs match. */
export async function countRuns(db: Queryable, filter: RunFilter): Promise<number> {
  const [row] = await db.orm
    .select({ count: count() })
    .from(jobRuns)
    .where(and(...conditions(filter)));
  return row?.count ?? 0;
}

function conditions({ jobs, states }: RunFilter) {
  return [
    jobs?.length ? inArray(jobRuns.job, [...jobs]) : undefined,
    states?.length ? inArray(jobRuns.state, [...states]) : undefined,
  ];
}

/** The newest run of each job. */
export async function newestRuns(db: Queryable): Promise<Map<string, JobRun>> {
  const rows = await db.orm
    .selectDistinctOn([jobRuns.job])
    .from(jobRuns)
    .orderBy(asc(jobRuns.job), desc(jobRuns.queuedAt), desc(jobRuns.id));
  return new Map(rows.map((run) => [run.job, run]));
}

/** Runs that have not ended, oldest first. */
export async function unfinishedRuns(db: Queryable): Promise<JobRun[]> {
  return db.orm
    .select()
    .from(jobRuns)
    .where(inArray(jobRuns.state, [...UNFINISHED]))
    .orderBy(asc(jobRuns.queuedAt), asc(jobRuns.id));
}

/** These runs as they are now, oldest first. */
export async function runsById(db: Queryable, ids: readonly string[]): Promise<JobRun[]> {
  if (ids.length === 0) return [];
  return db.orm
    .select()
    .from(jobRuns)
    .where(inArray(jobRuns.id, [...ids]))
    .orderBy(asc(jobRuns.queuedAt), asc(jobRuns.id));
}
