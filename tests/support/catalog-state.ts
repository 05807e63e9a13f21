import { sql } from 'drizzle-orm';
import type { Database } from '../../src/platform/database.ts';

const CATALOG_TABLES = ['titles', 'title_copies', 'seasons', 'episodes', 'episode_copies'];
const WATCH_TABLES = [
  'play_states',
  'series_states',
  'plays',
  'virtual_play_states',
  'unplayed_counts',
  'played_counts',
];

/** The version of every synced row: any write to a row changes it, even one of equal values. */
export async function rowVersions(db: Database): Promise<Record<string, unknown[]>> {
  const versions: Record<string, unknown[]> = {};
  for (const table of [...CATALOG_TABLES, ...WATCH_TABLES])
    versions[table] = await db.rows(
      sql`select xmin::text as version, ctid::text as place from ${sql.identifier(table)} order by 2`,
    );
  return versions;
}

/** The whole catalog, without our ids and without times, in an order of its own. */
export async function catalogContent(db: Database): Promise<Record<string, unknown>[]> {
  return db.rows(sql`
    select t.name, t.match_name, t.year, t.tvdb_id, t.tmdb_id, t.imdb_id, t.overview, t.status, t.genres,
      t.content_hash, t.removed_at is not null as removed,
      (select json_agg(json_build_array(l.name, c.provider_item_id, c.path, c.removed_at is not null)
          order by l.name, c.provider_item_id)
        from title_copies c join libraries l on l.id = c.library_id where c.title_id = t.id) as copies,
      (select json_agg(json_build_array(s.number, s.name, s.content_hash, s.removed_at is not null) order by s.number)
        from seasons s where s.title_id = t.id) as seasons,
      (select json_agg(json_build_array(e.slot, e.name, e.runtime_ms, e.content_hash, e.removed_at is not null,
          (select json_agg(json_build_array(c.provider_item_id, c.path, c.removed_at is not null)
              order by c.provider_item_id, c.path)
            from episode_copies c where c.episode_id = e.id)) order by e.slot)
        from episodes e where e.title_id = t.id) as episodes
    from titles t order by t.name, t.year, t.tvdb_id, t.overview`);
}

/** Slots of a title's episodes that are not removed. */
export async function liveSlots(db: Database, titleName: string): Promise<string[]> {
  const rows = await db.rows<{ slot: string }>(sql`
    select e.slot from episodes e join titles t on t.id = e.title_id
    where t.name = ${titleName} and e.removed_at is null order by e.season_number, e.number, e.slot`);
  return rows.map((row) => row.slot);
}

/** Names of the titles, removed ones in brackets. */
export async function titleNames(db: Database): Promise<string[]> {
  const rows = await db.rows<{ name: string }>(sql`
    select case when removed_at is null then name else '[' || name || ']' end as name from titles order by titles.name, id`);
  return rows.map((row) => row.name);
}
