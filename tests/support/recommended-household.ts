import { sql } from 'drizzle-orm';
import type { Database } from '../../src/platform/database.ts';

/**
 * Forty series, odd ones crime and even ones baking, the first ten ended; and these users, enabled, by ids from 1.
 *
 * @param names names of the users
 */
export async function addHousehold(db: Database, ...names: readonly string[]): Promise<void> {
  await db.rows(sql`
    insert into titles (id, name, sort_name, match_name, year, status, overview, genres, keywords, networks, community_rating, content_hash)
    overriding system value
    select i, 'Series ' || i, 's' || i, 's' || i, 1990 + i, case when i <= 10 then 'ENDED' else 'CONTINUING' end,
      case when i % 2 = 1 then 'A detective hunts killer ' || i else 'Bakers bake cake ' || i end,
      case when i % 2 = 1 then array['Crime'] else array['Reality'] end,
      case when i % 2 = 1 then array['murder'] else array['baking'] end,
      array['Net ' || i % 4], 5 + i % 5, 'h'
    from generate_series(1, 40) i`);
  for (const [index, name] of names.entries())
    await db.rows(sql`
      insert into media_users (id, provider_id, name, folder, recommendations_enabled, explanations_enabled, enable_all_folders)
      overriding system value values (${index + 1}, ${`p${index + 1}`}, ${name}, ${name}, true, true, true)`);
}

/** Says that a user stands with a series so. */
export async function addState(
  db: Database,
  userId: number,
  titleId: number,
  state = 'COMPLETED',
  lastPlayedAt = '2026-11-01T00:00:00Z',
): Promise<void> {
  await db.rows(sql`
    insert into series_states (user_id, title_id, state, watched_count, aired_count, play_count, last_played_at)
    values (${userId}, ${titleId}, ${state}, 5, 5, 5, ${lastPlayedAt}::timestamptz)`);
}
