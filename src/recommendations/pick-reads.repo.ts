import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';

/** Whether there is such a title, on the media server or gone from it. */
export async function titleExists(db: Queryable, titleId: number): Promise<boolean> {
  const rows = await db.rows(sql`select 1 as found from titles where id = ${titleId}::int`);
  return rows.length > 0;
}

/** Rank of a title in the user's current set; null when it is not in it. */
export async function currentRankOf(db: Queryable, userId: number, titleId: number): Promise<number | null> {
  const rows = await db.rows<{ rank: number }>(sql`
    select p.rank from recommendation_sets s join picks p on p.set_id = s.id
    where s.user_id = ${userId}::int and s.is_current and p.title_id = ${titleId}::int`);
  return rows[0]?.rank ?? null;
}
