import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';

/** Regular episodes of every title that has any, by title id. */
export async function episodeCounts(db: Queryable): Promise<Map<number, number>> {
  const rows = await db.rows<{ titleId: number; count: number }>(sql`
    select title_id as "titleId", count(*)::int as count from episodes
    where season_number > 0 and removed_at is null group by title_id`);
  return new Map(rows.map(({ titleId, count }) => [titleId, count]));
}
