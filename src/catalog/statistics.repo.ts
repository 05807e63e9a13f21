import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';

/** Rows added by which the planner's statistics are out of date. */
const LARGE_IMPORT = 1_000;

/**
 * Has the planner look at the catalog's tables anew when it never did or when `rowsAdded` is large. The embedded database
 * never does so by itself, and PostgreSQL only some time after a large import; until then joins are planned as if the
 * tables were empty.
 */
export async function refreshCatalogStatistics(db: Queryable, rowsAdded: number): Promise<void> {
  if (rowsAdded < LARGE_IMPORT && (await hasStatistics(db))) return;
  // Of the two large tables only what statements search or join by: texts would take most of the time.
  await db.rows(sql`
    analyze titles, title_copies, seasons, episodes (id, title_id, slot, season_number, number, air_date, removed_at),
      episode_copies (title_copy_id, provider_item_id, episode_id, removed_at)`);
}

async function hasStatistics(db: Queryable): Promise<boolean> {
  const [row] = await db.rows<{ known: boolean }>(
    sql`select reltuples >= 0 as known from pg_class where oid = 'episodes'::regclass`,
  );
  return row?.known ?? false;
}
