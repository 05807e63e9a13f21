import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';
import type { JobDefinition } from './job-definition.ts';

/** When a job last did what others build on. */
export interface JobFreshness {
  /** The newest run that succeeded, wholly or but for some items; undefined when there is none. */
  readonly lastSuccess?: { readonly startedAt: Date; readonly finishedAt: Date };
  /** End of the newest run of a job before it that changed what this job works on. */
  readonly changedAt?: Date;
}

/**
 * Parameters that narrow a run to some items. Such a run of a job tells nothing about the rest, so it counts only
 * where the job never ran for everything.
 */
const NARROWING = ['userIds', 'libraryIds', 'titleIds', 'limit'];

/** Runs that did something: a dry run never counts. */
const REAL_SUCCESS = sql`run.state in ('SUCCEEDED', 'PARTIAL') and run.params -> 'dryRun' is distinct from 'true'`;

/** When each of these jobs last succeeded, and when its data last changed, by name. Two statements. */
export async function readFreshness(
  db: Queryable,
  jobs: readonly JobDefinition[],
): Promise<Map<string, JobFreshness>> {
  const [successes, changes] = [await lastSuccesses(db, jobs), await lastChanges(db, jobs)];
  return new Map(
    jobs.map(({ name }) => {
      const success = successes.get(name);
      const changedAt = changes.get(name)?.at;
      return [
        name,
        {
          ...(success && { lastSuccess: success }),
          ...(changedAt && { changedAt }),
        },
      ];
    }),
  );
}

/**
 * The runs that say how fresh each job is: whoever deletes old runs keeps these, or jobs would look as if they had
 * never run.
 */
export async function runsThatFreshnessNeeds(
  db: Queryable,
  jobs: readonly JobDefinition[],
): Promise<Set<string>> {
  const [successes, changes] = [await lastSuccesses(db, jobs), await lastChanges(db, jobs)];
  return new Set([...successes.values(), ...changes.values()].map(({ id }) => id));
}

async function lastSuccesses(db: Queryable, jobs: readonly JobDefinition[]) {
  const rows = await db.rows<{ job: string; id: string; started_ms: number; finished_ms: number }>(sql`
    select distinct on (run.job) run.job, run.id, ${milliseconds('started_at')} as started_ms,
      ${milliseconds('finished_at')} as finished_ms
    from json_array_elements_text(${JSON.stringify(jobs.map(({ name }) => name))}::json) as wanted(job)
      join job_runs run on run.job = wanted.job
    where ${REAL_SUCCESS} and run.started_at is not null
    order by run.job, exists (
      select 1 from json_array_elements_text(${JSON.stringify(NARROWING)}::json) as narrowing(name)
      where jsonb_typeof(run.params -> narrowing.name) <> 'null'
    ), run.started_at desc`);
  return new Map(
    rows.map((row) => [
      row.job,
      { id: row.id, startedAt: new Date(row.started_ms), finishedAt: new Date(row.finished_ms) },
    ]),
  );
}

async function lastChanges(db: Queryable, jobs: readonly JobDefinition[]) {
  const inputs = jobs.flatMap(({ name, outdatedBy }) =>
    Object.entries(outdatedBy).map(([input, figures]) => ({ job: name, input, figures })),
  );
  const rows = await db.rows<{ job: string; id: string; at_ms: number }>(sql`
    select distinct on (given.job) given.job, run.id, ${milliseconds('finished_at')} as at_ms
    from json_to_recordset(${JSON.stringify(inputs)}::json) as given(job text, input text, figures json)
      join job_runs run on run.job = given.input
    where ${REAL_SUCCESS} and exists (
      select 1 from json_array_elements_text(given.figures) as figure(name)
      where (run.result ->> figure.name)::float8 > 0
    )
    order by given.job, run.finished_at desc`);
  return new Map(rows.map((row) => [row.job, { id: row.id, at: new Date(row.at_ms) }]));
}

/** Raw rows give timestamps as text; numbers are the same on both stores. */
function milliseconds(column: 'started_at' | 'finished_at') {
  return sql`(extract(epoch from run.${sql.identifier(column)}) * 1000)::float8`;
}
