import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';

/** Items of libraries of ours that told of a user's plays when last read and have not left since. */
export async function toldItems(db: Queryable, providerUserId: string): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(sql`
    select distinct v.item_id as id from virtual_play_states v join media_users u on u.id = v.user_id
    where u.provider_id = ${providerUserId} and not v.is_gone order by 1`);
  return rows.map((row) => row.id);
}
