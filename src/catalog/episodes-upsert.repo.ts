import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';
import type { EpisodeRow } from './episode-rows.ts';
import type { SaveOptions } from './save-series-page.ts';

/** What tells which episode of which series an item is. */
type EpisodeKey = Pick<EpisodeRow, 'itemId' | 'seriesId' | 'slot'>;

const keyOf = ({ itemId, seriesId, slot }: EpisodeKey): EpisodeKey => ({ itemId, seriesId, slot });

/** The incoming rows with the title and copy that their series is; rows of an unknown series fall out. */
function incoming(rows: readonly EpisodeKey[], libraryId: number): SQL {
  return sql`incoming as (
    select x.*, c.id as copy_id, c.title_id
    from json_to_recordset(${JSON.stringify(rows)}::json) as x(
      "itemId" text, "seriesId" text, slot text, "seasonNumber" int, number int, name text, overview text,
      "airDate" date, "runtimeMs" int, "addedAt" timestamptz, "contentHash" text, path text, "copyHash" text)
    join title_copies c
      on c.library_id = ${libraryId} and c.provider_item_id = x."seriesId" and c.removed_at is null)`;
}

const METADATA = sql.raw(
  'season_number, number, name, overview, air_date, runtime_ms, added_at, content_hash',
);
const CHOSEN = sql.raw(
  'i."seasonNumber", i.number, i.name, i.overview, i."airDate", i."runtimeMs", i."addedAt", i."contentHash"',
);

/**
 * Writes the episodes and the files behind them that are new, changed or returned, in one statement: parsing the rows is
 * much of the work. Among several items of an episode the one of the oldest copy (then the lowest item id) says what it
 * is called, so that they do not overwrite each other in every run. Of `offset 0` see `copiesOfItem`: without it every
 * page of a first sync reads all episodes that there are.
 *
 * @returns `unknown`: rows whose series is not in the library
 */
export async function saveEpisodes(
  db: Queryable,
  rows: readonly EpisodeRow[],
  { libraryId, force }: SaveOptions,
): Promise<{ added: number; updated: number; unknown: number }> {
  const [count] = await db.rows<{ added: number; updated: number; known: number }>(sql`
    with ${incoming(rows, libraryId)},
    held as (
      select i.*, e.id as episode_id, e.content_hash as held_hash, e.removed_at is not null as was_removed,
        row_number() over (
          partition by i.title_id, i."seasonNumber", i.number, i.slot order by i.copy_id, i."itemId") as place
      from incoming i
      left join lateral (
        select o.id, o.content_hash, o.removed_at from episodes o
        where o.title_id = i.title_id and o.slot = i.slot offset 0) e on true),
    numbered as (
      select h.*,
        case when h.episode_id is null and h.place = 1
          then nextval((select pg_get_serial_sequence('episodes', 'id')::regclass))::int end as new_id
      from held h),
    changed as (
      update episodes e set (${METADATA}) = row(${CHOSEN}), removed_at = null
      from numbered i
      where i.place = 1 and e.id = i.episode_id
        and (${force} or i.was_removed or i.held_hash <> i."contentHash")
        and not exists (
          select 1 from episode_copies o
          where o.episode_id = e.id and o.removed_at is null
            and (o.title_copy_id, o.provider_item_id) < (i.copy_id, i."itemId"))
      returning e.id),
    added as (
      insert into episodes (id, title_id, slot, ${METADATA})
      overriding system value
      select i.new_id, i.title_id, i.slot, ${CHOSEN} from numbered i where i.new_id is not null
      returning id),
    target as (
      select h.copy_id, h."itemId", h.target_id as episode_id, h.path, h."copyHash",
        c.content_hash as held_copy_hash, c.removed_at is not null as was_removed
      from (
        select n.*, coalesce(n.episode_id, max(n.new_id) over (
          partition by n.title_id, n."seasonNumber", n.number, n.slot)) as target_id
        from numbered n) h
      left join lateral (
        select o.content_hash, o.removed_at from episode_copies o
        where o.title_copy_id = h.copy_id and o.provider_item_id = h."itemId" and o.episode_id = h.target_id
        offset 0) c on true),
    changed_files as (
      update episode_copies c set path = i.path, content_hash = i."copyHash", removed_at = null
      from target i
      where c.title_copy_id = i.copy_id and c.provider_item_id = i."itemId" and c.episode_id = i.episode_id
        and (${force} or i.was_removed or i.held_copy_hash <> i."copyHash")),
    added_files as (
      insert into episode_copies (title_copy_id, provider_item_id, episode_id, path, content_hash)
      select i.copy_id, i."itemId", i.episode_id, i.path, i."copyHash" from target i
      where i.held_copy_hash is null)
    select (select count(*)::int from added) as added, (select count(*)::int from changed) as updated,
      (select count(*)::int from incoming) as known`);
  const { added, updated, known } = count ?? { added: 0, updated: 0, known: 0 };
  return { added, updated, unknown: rows.length - known };
}

/**
 * Marks removed what the same items were before: a file that was renumbered or moved to another series is on the
 * server, just not as that episode any more.
 */
export async function retireFormerEpisodes(
  db: Queryable,
  rows: readonly EpisodeRow[],
  { libraryId, now }: SaveOptions,
): Promise<void> {
  await db.rows(sql`
    with ${incoming(rows.map(keyOf), libraryId)},
    former as (
      select c.title_copy_id, c.provider_item_id, c.episode_id, e.title_id, e.slot
      from (select distinct "itemId" from incoming) i
      cross join lateral ${copiesOfItem(sql`i."itemId"`)} c
      join title_copies t on t.id = c.title_copy_id and t.library_id = ${libraryId}
      join episodes e on e.id = c.episode_id)
    update episode_copies c set removed_at = ${now.toISOString()}::timestamptz
    from former f
    where c.title_copy_id = f.title_copy_id and c.provider_item_id = f.provider_item_id
      and c.episode_id = f.episode_id
      and (f.title_copy_id, f.provider_item_id, f.title_id, f.slot) not in (
        select copy_id, "itemId", title_id, slot from incoming)`);
}

/**
 * What an item holds, as a lateral subquery. `offset 0` keeps the planner from joining the other way round: without
 * statistics, as in a new database, it takes an item for a large part of the table and reads all of it.
 */
export function copiesOfItem(itemId: SQL): SQL {
  return sql`(
    select c.title_copy_id, c.provider_item_id, c.episode_id from episode_copies c
    where c.provider_item_id = ${itemId} and c.removed_at is null offset 0)`;
}

/** Whether a library holds any file: in one that holds none, nothing can have been something else before. */
export async function hasFiles(db: Queryable, libraryId: number): Promise<boolean> {
  const [row] = await db.rows<{ has: boolean }>(sql`
    select exists (
      select 1 from title_copies t join episode_copies c on c.title_copy_id = t.id
      where t.library_id = ${libraryId}) as has`);
  return row?.has ?? false;
}
