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
 * Writes the episodes that are new, changed or returned. Among several items of an episode the one of the oldest copy
 * (then the lowest item id) says what it is called, so that they do not overwrite each other in every run.
 */
export async function saveEpisodes(
  db: Queryable,
  rows: readonly EpisodeRow[],
  { libraryId, force }: SaveOptions,
): Promise<{ added: number; updated: number }> {
  const [count] = await db.rows<{ added: number; updated: number }>(sql`
    with ${incoming(rows, libraryId)},
    chosen as (
      select distinct on (title_id, slot) * from incoming order by title_id, slot, copy_id, "itemId"),
    changed as (
      update episodes e set (${METADATA}) = row(${CHOSEN}), removed_at = null
      from chosen i
      where e.title_id = i.title_id and e.slot = i.slot
        and (${force} or e.removed_at is not null or e.content_hash <> i."contentHash")
        and not exists (
          select 1 from episode_copies o
          where o.episode_id = e.id and o.removed_at is null
            and (o.title_copy_id, o.provider_item_id) < (i.copy_id, i."itemId"))
      returning e.id),
    added as (
      insert into episodes (title_id, slot, ${METADATA})
      select i.title_id, i.slot, ${CHOSEN} from chosen i
      where not exists (select 1 from episodes e where e.title_id = i.title_id and e.slot = i.slot)
      order by i.title_id, i."seasonNumber", i.number, i.slot
      returning id)
    select (select count(*)::int from added) as added, (select count(*)::int from changed) as updated`);
  return count ?? { added: 0, updated: 0 };
}

/**
 * Writes the copies that are new, changed or returned; their episodes must have been written before.
 *
 * @returns the number of rows whose series is unknown
 */
export async function saveEpisodeCopies(
  db: Queryable,
  rows: readonly EpisodeRow[],
  { libraryId, force }: SaveOptions,
): Promise<number> {
  const files = rows.map((row) => ({ ...keyOf(row), path: row.path, copyHash: row.copyHash }));
  const [count] = await db.rows<{ known: number }>(sql`
    with ${incoming(files, libraryId)},
    target as (
      select i.copy_id, i."itemId", e.id as episode_id, i.path, i."copyHash"
      from incoming i join episodes e on e.title_id = i.title_id and e.slot = i.slot),
    changed as (
      update episode_copies c set path = i.path, content_hash = i."copyHash", removed_at = null
      from target i
      where c.title_copy_id = i.copy_id and c.provider_item_id = i."itemId" and c.episode_id = i.episode_id
        and (${force} or c.removed_at is not null or c.content_hash <> i."copyHash")),
    added as (
      insert into episode_copies (title_copy_id, provider_item_id, episode_id, path, content_hash)
      select i.copy_id, i."itemId", i.episode_id, i.path, i."copyHash" from target i
      where not exists (
        select 1 from episode_copies c
        where c.title_copy_id = i.copy_id and c.provider_item_id = i."itemId" and c.episode_id = i.episode_id))
    select count(*)::int as known from incoming`);
  return rows.length - (count?.known ?? 0);
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
