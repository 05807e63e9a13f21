import { and, asc, count, eq, gt, inArray, type SQL, sql } from 'drizzle-orm';
import { jobEvents } from '../../drizzle/tables/jobs.ts';
import type { LogLevel } from '../platform/context.ts';
import type { Queryable } from '../platform/database.ts';
import type { Page } from '../platform/json-pages.repo.ts';
import { parseRunEvent, type RunEvent } from './run-event.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Which lines of a run to read: its failed items, or its log from a level on. */
export type RunLines =
  | { readonly type: 'ITEM_FAILED' }
  | { readonly type: 'LOG'; readonly minLevel: LogLevel };

/** Lines of a run in order: one more than `first` when there are more. */
export async function readRunLines(
  db: Queryable,
  query: { runId: string; lines: RunLines; first: number; after: number | null; counted: boolean },
): Promise<Page<RunEvent>> {
  const conditions = and(eq(jobEvents.runId, query.runId), ...matching(query.lines));
  const rows = await db.orm
    .select()
    .from(jobEvents)
    .where(and(conditions, gt(jobEvents.seq, query.after ?? 0)))
    .orderBy(asc(jobEvents.seq))
    .limit(query.first + 1);
  const total = query.counted
    ? await db.orm.select({ count: count() }).from(jobEvents).where(conditions)
    : undefined;
  return {
    rows: rows.map((row) => ({ key: [row.seq], node: parseRunEvent(row) })),
    ...(total && { total: total[0]?.count ?? 0 }),
  };
}

/** The items that failed in the last attempt of a run, in order. */
export async function lastFailures(db: Queryable, runId: string): Promise<RunEvent[]> {
  const rows = await db.orm
    .select()
    .from(jobEvents)
    .where(
      and(
        eq(jobEvents.runId, runId),
        eq(jobEvents.type, 'ITEM_FAILED'),
        sql`${jobEvents.seq} > (
          select coalesce(max(begun.seq), 0) from job_events begun
          where begun.run_id = ${runId} and begun.type = 'STATE' and begun.payload ->> 'state' = 'RUNNING')`,
      ),
    )
    .orderBy(asc(jobEvents.seq));
  return rows.map(parseRunEvent);
}

function matching(lines: RunLines): SQL[] {
  const ofType = eq(jobEvents.type, lines.type);
  if (lines.type === 'ITEM_FAILED') return [ofType];
  const levels = LEVELS.slice(LEVELS.indexOf(lines.minLevel));
  return [ofType, inArray(sql`${jobEvents.payload} ->> 'level'`, levels)];
}
