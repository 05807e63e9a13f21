import { sql } from 'drizzle-orm';
import type { Database } from '../../src/platform/database.ts';

/** A series with `episodes` files a season, unless `files` names the file of each `SxE`. */
export interface SeededSeries {
  readonly name: string;
  readonly year?: number | null;
  readonly tvdbId?: string;
  readonly overview?: string;
  /** Number of episodes in seasons 1, 2, ... */
  readonly seasons?: readonly number[];
  /** Further episodes: `[season, number, path]`. */
  readonly files?: readonly (readonly [number, number | null, string | null])[];
}

/** Inserts a source library and `list`; returns the title ids in order. Files lie below `/media/shows`. */
export async function seedSeries(db: Database, list: readonly SeededSeries[]): Promise<number[]> {
  const [library] = await db.rows<{ id: number }>(sql`
    insert into libraries (provider_id, name, collection_type, locations) values ('shows', 'Shows', 'tvshows', '{/media/shows}')
    on conflict (provider_id) do update set name = excluded.name returning id`);
  const ids: number[] = [];
  for (const series of list) {
    const { name, year = 2008, tvdbId = null, overview = `About ${name}.` } = series;
    const [title] = await db.rows<{ id: number; copy: number }>(sql`
      with t as (
        insert into titles (name, sort_name, match_name, year, tvdb_id, overview, genres, content_hash, added_at)
        values (${name}, ${name}, ${name}, ${year}, ${tvdbId}, ${overview}, '{Crime,Drama}', 'h', '2024-03-01T20:00:00Z')
        returning id)
      insert into title_copies (title_id, library_id, provider_item_id, content_hash)
      select id, ${library?.id ?? 0}, 'item-' || id, 'h' from t returning title_id as id, id as copy`);
    if (!title) throw new Error('The title was not inserted.');
    ids.push(title.id);
    await seedEpisodes(db, title, series);
  }
  return ids;
}

async function seedEpisodes(db: Database, title: { id: number; copy: number }, series: SeededSeries) {
  const regular = (series.seasons ?? [2]).flatMap((count, index) =>
    Array.from({ length: count }, (_, number) => {
      const code = `S${index + 1}E${number + 1}`;
      return [index + 1, number + 1, `/media/shows/${series.name.replaceAll('/', '_')}/${code}.mkv`] as const;
    }),
  );
  const rows = [...regular, ...(series.files ?? [])].map(([season, number, path], index) => ({
    season,
    number,
    path,
    slot: number === null ? `${season}:extra ${index}` : `${season}x${number}`,
    name: number === null ? 'Extra' : `Part ${number}`,
  }));
  await db.rows(sql`
    with x as (
      select * from json_to_recordset(${JSON.stringify(rows)}::json)
        as x(season int, number int, path text, slot text, name text)),
    e as (
      insert into episodes (title_id, slot, season_number, number, name, overview, air_date, runtime_ms, content_hash)
      select ${title.id}, slot, season, number, name, 'What happens.', '2008-01-20', 2820000, 'h' from x
      returning id, slot)
    insert into episode_copies (title_copy_id, provider_item_id, episode_id, path, content_hash)
    select ${title.copy}, 'episode-' || e.id, e.id, x.path, 'h' from e join x on x.slot = e.slot`);
}

/** Inserts an enabled user; the folder is the name in lower case. */
export async function seedUser(db: Database, name: string): Promise<number> {
  const [user] = await db.rows<{ id: number }>(sql`
    insert into media_users (provider_id, name, folder, recommendations_enabled)
    values (${`user-${name}`}, ${name}, ${name.toLowerCase()}, true) returning id`);
  return user?.id ?? 0;
}

/** Makes `titleIds`, best first, the user's current recommendations. */
export async function seedPicks(
  db: Database,
  userId: number,
  titleIds: readonly number[],
  explanation: string | null = null,
): Promise<void> {
  await db.rows(sql`update recommendation_sets set is_current = false where user_id = ${userId}`);
  await db.rows(sql`
    with s as (
      insert into recommendation_sets
        (user_id, generated_at, weights_version, is_current, candidate_count, history_count, input_hash)
      values (${userId}, now(), 'v1', true, 10, 10, 'h') returning id)
    insert into picks (set_id, rank, title_id, score, parts, evidence, explanation)
    select s.id, x.rank, x.title, 1, '[]', '[]', ${explanation}
    from s, json_to_recordset(${JSON.stringify(titleIds.map((title, index) => ({ rank: index + 1, title })))}::json)
      as x(rank int, title int)`);
}
