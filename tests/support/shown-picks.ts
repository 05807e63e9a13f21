import { sql } from 'drizzle-orm';
import type { Database } from '../../src/platform/database.ts';

/** Adds enabled users with ids from 1 on. */
export async function addUsers(db: Database, ...names: readonly string[]): Promise<void> {
  for (const [index, name] of names.entries())
    await db.rows(sql`
      insert into media_users (id, provider_id, name, recommendations_enabled, folder) overriding system value
      values (${index + 1}, ${`p-${name}`}, ${name}, true, ${name})`);
}

/** Adds series with ids 1 to `count`, half of them crime and half baking, each with an episode `id * 10 + 1..5`. */
export async function addSeries(db: Database, count: number): Promise<void> {
  await db.rows(sql`
    insert into titles (id, name, sort_name, match_name, year, status, overview, genres, keywords, community_rating, content_hash)
    overriding system value
    select i, 'Series ' || i, 's' || i, 's' || i, 1990 + i % 30, 'CONTINUING',
      case when i % 2 = 1 then 'A detective hunts killer ' || i else 'Bakers bake cake ' || i end,
      case when i % 2 = 1 then array['Crime'] else array['Reality'] end,
      case when i % 2 = 1 then array['murder'] else array['baking'] end, 5 + i % 5, 'h'
    from generate_series(1, ${count}::int) i`);
  await db.rows(sql`
    insert into episodes (id, title_id, slot, season_number, number, name, content_hash) overriding system value
    select i * 10 + e, i, '1x' || e, 1, e, 'Episode ' || e, 'h'
    from generate_series(1, ${count}::int) i, generate_series(1, 5) e`);
}

/** A series that a user began: its state, and a play of each episode from `firstPlayed` (RFC 3339) on, one a day. */
export interface Begun {
  readonly userId: number;
  readonly titleId: number;
  readonly firstPlayed: string;
  /** 1 when left out. */
  readonly episodes?: number;
  /** IN_PROGRESS when left out. */
  readonly state?: string;
}

/** Stores series that users began. */
export async function addBegun(db: Database, ...begun: readonly Begun[]): Promise<void> {
  const rows = begun.map((one) => ({ episodes: 1, state: 'IN_PROGRESS', ...one }));
  const list = sql`json_to_recordset(${JSON.stringify(rows)}::json)
    as x("userId" int, "titleId" int, "firstPlayed" timestamptz, episodes int, state text)`;
  await db.rows(sql`
    insert into series_states (user_id, title_id, state, watched_count, aired_count, first_played_at, last_played_at)
    select "userId", "titleId", state, episodes, 5, "firstPlayed", "firstPlayed" + make_interval(days => episodes - 1)
    from ${list}`);
  await db.rows(sql`
    insert into plays (user_id, episode_id, played_at, percentage, position_ms, source)
    select "userId", "titleId" * 10 + e, "firstPlayed" + make_interval(days => e - 1), 1, 0, 'LIBRARY'
    from ${list}, generate_series(1, x.episodes) e`);
}

/** A pick as it was stored with a set. */
export interface PastPick {
  readonly titleId: number;
  readonly parts: Readonly<Record<string, number>>;
}

/** A set of picks that was generated some time ago; the newest of a user has to come last. */
export async function addSet(
  db: Database,
  userId: number,
  generatedAt: string,
  picks: readonly PastPick[],
  version: { readonly name?: string; readonly weightsId?: number | null } = {},
): Promise<number> {
  const { name = 'series-lexical-1', weightsId = null } = version;
  const [set] = await db.transaction(async (tx) => {
    await tx.rows(sql`update recommendation_sets set is_current = false where user_id = ${userId}`);
    return tx.rows<{ id: number }>(sql`
      insert into recommendation_sets (user_id, generated_at, weights_version, weights_id, is_current, candidate_count, history_count, input_hash)
      values (${userId}, ${generatedAt}::timestamptz, ${name}, ${weightsId}::int, true, 50, 5, 'h') returning id`);
  });
  const rows = picks.map(({ titleId, parts }, index) => ({
    title_id: titleId,
    rank: index + 1,
    score: Object.values(parts).reduce((sum, part) => sum + part, 0),
    parts: Object.entries(parts).map(([signal, contribution]) => ({ signal, contribution })),
  }));
  await db.rows(sql`
    insert into picks (set_id, rank, title_id, score, parts, evidence)
    select ${set?.id ?? 0}::int, x.rank, x.title_id, x.score, x.parts, '[]'
    from json_to_recordset(${JSON.stringify(rows)}::json) as x(rank int, title_id int, score float8, parts jsonb)`);
  return set?.id ?? 0;
}
