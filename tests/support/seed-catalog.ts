import { sql } from 'drizzle-orm';
import type { Database } from '../../src/platform/database.ts';

/** Number of series in the seeded catalog, of which the last one has been removed. */
export const SEEDED_SERIES = 30;

/**
 * Fills an empty database: 30 series (ids 1..30; 30 is removed) with two seasons of three episodes each (episode
 * `series * 10 + 1..6`) and one special for series 1; two libraries and a virtual one; the users anna (1), ben (2) and
 * cara (3); anna's and ben's states and plays (five and one in the log); embeddings under the active model `test-model` for series 1..20; and
 * for anna a recommendation set of 15 picks, with its library. Years, ratings and times hold nulls and ties.
 */
export async function seedCatalog(db: Database): Promise<void> {
  await seedSeries(db);
  await seedWatching(db);
  await seedRecommendations(db);
}

async function seedSeries(db: Database): Promise<void> {
  await db.rows(sql`
    insert into libraries (id, provider_id, name, collection_type, is_virtual, last_complete_sync_at) overriding system value
    values (1, 'lib-tv', 'Series', 'tvshows', false, '2026-11-19T08:00:00+02:00'),
      (2, 'lib-anime', 'Anime', 'tvshows', false, null), (3, 'lib-anna', 'Picks for anna', 'tvshows', true, null)`);
  await db.rows(sql`
    insert into titles (id, name, original_name, sort_name, match_name, year, premiere_date, status, overview, genres,
      networks, community_rating, official_rating, runtime_minutes, tvdb_id, imdb_id, added_at, content_hash, removed_at)
    overriding system value
    select i, 'Show ' || lpad(i::text, 2, '0'), case when i = 3 then 'Die S.W.A.T. Serie' end,
      'show ' || lpad(i::text, 2, '0'), 'show ' || i,
      case when i % 7 <> 0 then 2000 + i % 5 end, date '2000-01-01' + i,
      case when i % 2 = 0 then 'ENDED' else 'CONTINUING' end,
      case when i % 10 = 0 then 'A lighthouse keeper finds a map.' else 'Nothing to see here.' end,
      case when i % 3 = 0 then array['Drama', 'Mystery'] else array['Comedy'] end, array['Net ' || i % 2],
      case when i % 5 <> 0 then (70 + i % 4)::real / 10 end, 'TV-14', 45, (1000 + i)::text, null,
      case when i % 6 <> 0 then timestamptz '2026-01-01 00:00:00.123456+00' + make_interval(days => i % 4) end,
      'hash ' || i, case when i = 30 then timestamptz '2026-10-01 00:00:00+00' end
    from generate_series(1, ${SEEDED_SERIES}::int) i`);
  await db.rows(sql`
    insert into title_copies (title_id, library_id, provider_item_id, content_hash)
    select i, 1, 'item-' || i, 'h' from generate_series(1, ${SEEDED_SERIES}::int) i
    union all select i, 2, 'copy-' || i, 'h' from generate_series(1, 4) i`);
  await db.rows(sql`
    insert into seasons (title_id, number, name, premiere_date, content_hash)
    select i, s, 'Season ' || s, date '2000-01-01' + s, 'h'
    from generate_series(1, ${SEEDED_SERIES}::int) i, generate_series(1, 2) s
    union all select 1, 0, 'Specials', null, 'h'`);
  await db.rows(sql`
    insert into episodes (id, title_id, slot, season_number, number, name, air_date, runtime_ms, content_hash)
    overriding system value
    select i * 10 + (s - 1) * 3 + e, i, s || 'x' || e, s, e, 'Episode ' || e, date '2001-01-01' + e, 2700000, 'h'
    from generate_series(1, ${SEEDED_SERIES}::int) i, generate_series(1, 2) s, generate_series(1, 3) e
    union all select 17, 1, '0:making of', 0, null, 'Making of', null, null, 'h'`);
}

async function seedWatching(db: Database): Promise<void> {
  await db.rows(sql`
    insert into media_users (id, provider_id, name, is_admin, recommendations_enabled, folder, history_synced_at)
    overriding system value
    values (1, 'u-anna', 'anna', true, true, 'anna', '2026-11-20T06:00:00Z'),
      (2, 'u-ben', 'ben', false, true, 'ben', null), (3, 'u-cara', 'cara', false, false, 'cara', null)`);
  await db.rows(sql`
    insert into series_states (user_id, title_id, state, watched_count, aired_count, play_count, first_played_at, last_played_at)
    select u, i, (array['IN_PROGRESS', 'COMPLETED', 'ABANDONED'])[1 + i % 3], i % 7, 6, i,
      timestamptz '2026-02-01 00:00:00+00', case when i % 4 <> 0 then timestamptz '2026-03-01 00:00:00+00' + make_interval(days => i / 2) end
    from generate_series(1, 2) u, generate_series(1, 12) i`);
  await db.rows(sql`
    insert into play_states (user_id, episode_id, played, position_ms, percentage, play_count, last_played_at)
    values (1, 11, true, 0, 1, 2, '2026-03-02T20:00:00Z'), (1, 12, false, 1350000, 0.5, 0, '2026-03-03T20:00:00Z')`);
  await db.rows(sql`
    insert into plays (user_id, episode_id, played_at, percentage, position_ms, source)
    values (1, 11, '2026-03-01T20:00:00.250Z', 1, 0, 'LIBRARY'), (1, 11, '2026-03-02T20:00:00Z', 1, 0, 'VIRTUAL_LIBRARY'),
      (1, 12, '2026-03-02T20:00:00Z', 0.5, 1350000, 'WEBHOOK'), (1, 13, null, 1, 0, 'LIBRARY'),
      (1, 14, null, 1, 0, 'LIBRARY'), (2, 11, '2026-03-05T20:00:00Z', 1, 0, 'LIBRARY')`);
}

async function seedRecommendations(db: Database): Promise<void> {
  await db.rows(sql`
    insert into embedding_models (model, dimensions, active) values ('test-model', 3, true), ('old-model', 2, false)`);
  await db.rows(sql`
    insert into embeddings (title_id, model, vector, text_hash, tokens)
    select i, 'test-model', ('[' || cos(i * 0.05) || ',' || sin(i * 0.05) || ',0]')::halfvec, 'h', 10 from generate_series(1, 20) i
    union all select 30, 'test-model', '[1,0,0]', 'h', 10
    union all select i, 'old-model', '[1,0]', 'h', 10 from generate_series(1, 5) i`);
  await db.rows(sql`
    insert into recommendation_sets (id, user_id, generated_at, weights_version, model, is_current, candidate_count, history_count, input_hash)
    overriding system value
    values (1, 1, '2026-11-01T00:00:00Z', 'w1', 'test-model', false, 20, 10, 'old'),
      (2, 1, '2026-11-20T00:00:00Z', 'w2', 'test-model', true, 21, 12, 'new')`);
  await db.rows(sql`
    insert into picks (set_id, rank, title_id, score, parts, evidence, explanation)
    select 2, i, 12 + i, 1.0 / i, '[{"signal":"taste","contribution":0.25},{"signal":"quality","contribution":0.5}]',
      '[{"kind":"SIMILAR_TO_WATCHED","titleId":1,"weight":0.25},{"kind":"SHARED_TRAITS","traits":["Drama"],"weight":0.5},{"kind":"VIEWERS_LIKE_YOU","count":2,"weight":0.1}]',
      case when i = 1 then 'Because you watched Show 01.' end
    from generate_series(1, 15) i`);
  await db.rows(sql`
    insert into user_libraries (user_id, path, set_id, file_count, synced_at)
    values (1, '/libraries/users/anna', 2, 45, '2026-11-20T01:00:00Z')`);
}
