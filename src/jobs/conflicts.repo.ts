import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { jobLeases, jobRuns } from '../../drizzle/tables/jobs.ts';
import type { Queryable } from '../platform/database.ts';
import { UNFINISHED } from './run-states.ts';
import type { JobRun } from './runs.repo.ts';

/** The run that holds each resource which is taken. */
export async function holders(db: Queryable): Promise<Map<string, JobRun>> {
  const rows = await db.orm
    .select()
    .from(jobLeases)
    .innerJoin(jobRuns, eq(jobRuns.id, jobLeases.runId))
    .orderBy(asc(jobRuns.queuedAt), asc(jobRuns.id));
  return new Map(rows.map((row) => [row.job_leases.resource, row.job_runs]));
}

/** Runs that have not ended: those that have begun first, then by the time they were asked for. */
export async function unfinishedRunsOfJobs(
  db: Queryable,
  jobs: readonly string[],
  mostOfEach: number,
): Promise<JobRun[]> {
  const { orm } = db;
  const waiting = sql`(${jobRuns.state} in ('QUEUED', 'INTERRUPTED'))`;
  const ranked = orm
    .select({
      id: jobRuns.id,
      place: sql<number>`row_number() over (
        partition by ${jobRuns.job} order by ${waiting}, ${jobRuns.queuedAt}, ${jobRuns.id})`.as('place'),
    })
    .from(jobRuns)
    .where(and(inArray(jobRuns.state, [...UNFINISHED]), inArray(jobRuns.job, [...jobs])))
    .as('ranked');
  return orm
    .select()
    .from(jobRuns)
    .where(sql`${jobRuns.id} in (select id from ${ranked} where place <= ${mostOfEach})`)
    .orderBy(waiting, asc(jobRuns.queuedAt), asc(jobRuns.id));
}
