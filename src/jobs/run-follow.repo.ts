import { inArray } from 'drizzle-orm';
import { jobRuns } from '../../drizzle/tables/jobs.ts';
import type { Queryable } from '../platform/database.ts';

/** What tells of a run that it goes on, though it has no news. */
export interface SignOfLife {
  readonly lastSeq: number;
  /** When the process that executes it last said that it does. */
  readonly heartbeatAt: Date | null;
}

/** Signs of life of these runs; of those that were deleted there is none. */
export async function signsOfLife(db: Queryable, ids: readonly string[]): Promise<Map<string, SignOfLife>> {
  if (ids.length === 0) return new Map();
  const rows = await db.orm
    .select({ id: jobRuns.id, lastSeq: jobRuns.lastSeq, heartbeatAt: jobRuns.heartbeatAt })
    .from(jobRuns)
    .where(inArray(jobRuns.id, [...ids]));
  return new Map(rows.map(({ id, ...sign }) => [id, sign]));
}
