import { and, asc, count, desc, eq, gte, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import { jobRuns, type RunState, type RunTrigger } from '../../drizzle/tables/jobs.ts';
import type { Queryable } from '../platform/database.ts';
import type { JobRun } from './runs.repo.ts';

/** Which runs to list; of a list any value may match. */
export interface RunFilter {
  readonly jobs?: readonly string[] | null;
  readonly states?: readonly RunState[] | null;
  readonly triggers?: readonly RunTrigger['kind'][] | null;
  /** Id of the schedule that started it. */
  readonly schedule?: string | null;
  readonly workflowRunId?: string | null;
  /** Asked for at this time or later, and before that time. */
  readonly queuedFrom?: Date | null;
  readonly queuedBefore?: Date | null;
  /** Found in its error, its log, its failed items or the name of what started it, whatever the case. */
  readonly text?: string | null;
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

/** What a run must fulfil to be in the list. */
export function conditions(filter: RunFilter): SQL[] {
  const { jobs, states, triggers, schedule, workflowRunId, queuedFrom, queuedBefore, text } = filter;
  const given = [
    jobs?.length ? inArray(jobRuns.job, [...jobs]) : undefined,
    states?.length ? inArray(jobRuns.state, [...states]) : undefined,
    triggers?.length ? inArray(sql`${jobRuns.trigger} ->> 'kind'`, [...triggers]) : undefined,
    schedule ? sql`${jobRuns.trigger} ->> 'schedule' = ${schedule}` : undefined,
    workflowRunId ? eq(jobRuns.workflowRunId, workflowRunId) : undefined,
    queuedFrom ? gte(jobRuns.queuedAt, queuedFrom) : undefined,
    queuedBefore ? lt(jobRuns.queuedAt, queuedBefore) : undefined,
    text ? contains(text) : undefined,
  ];
  return given.filter((condition) => condition !== undefined);
}

function contains(text: string): SQL {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return sql`(
    concat_ws(' ', ${jobRuns.job}, ${jobRuns.trigger} ->> 'key', ${jobRuns.trigger} ->> 'schedule',
      ${jobRuns.error} ->> 'message', ${jobRuns.error} ->> 'remedy') ilike ${pattern}
    or exists (
      select 1 from job_events event
      where event.run_id = ${jobRuns.id} and event.type in ('LOG', 'ITEM_FAILED')
        and concat_ws(' ', event.payload ->> 'message', event.payload ->> 'item',
          event.payload -> 'error' ->> 'message') ilike ${pattern}))`;
}

/** The newest run of each job. */
export async function newestRuns(db: Queryable): Promise<Map<string, JobRun>> {
  const rows = await db.orm
    .selectDistinctOn([jobRuns.job])
    .from(jobRuns)
    .orderBy(asc(jobRuns.job), desc(jobRuns.queuedAt), desc(jobRuns.id));
  return new Map(rows.map((run) => [run.job, run]));
}
