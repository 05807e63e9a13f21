import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';
import type { SaveOptions } from './save-series-page.ts';
import type { SeasonRow } from './season-row.ts';

/**
 * Writes the seasons that are new, changed or returned. A season is there as long as an episode of it is, so seasons
 * come after episodes; what it is called is said by the oldest copy that holds an episode of it.
 */
export async function saveSeasons(
  db: Queryable,
  rows: readonly SeasonRow[],
  { libraryId, force }: SaveOptions,
): Promise<void> {
  await db.rows(sql`
    with incoming as (
      select distinct on (c.title_id, x.number) x.*, c.title_id
      from json_to_recordset(${JSON.stringify(rows)}::json) as x(
        "seriesId" text, number int, name text, overview text, "premiereDate" date, "contentHash" text)
      join title_copies c
        on c.library_id = ${libraryId} and c.provider_item_id = x."seriesId" and c.removed_at is null
      where c.id = (
        select min(o.title_copy_id)
        from episodes e join episode_copies o on o.episode_id = e.id and o.removed_at is null
        where e.title_id = c.title_id and e.season_number = x.number)
      order by c.title_id, x.number, x."contentHash"),
    changed as (
      update seasons s
      set name = i.name, overview = i.overview, premiere_date = i."premiereDate",
        content_hash = i."contentHash", removed_at = null
      from incoming i
      where s.title_id = i.title_id and s.number = i.number
        and (${force} or s.removed_at is not null or s.content_hash <> i."contentHash"))
    insert into seasons (title_id, number, name, overview, premiere_date, content_hash)
    select i.title_id, i.number, i.name, i.overview, i."premiereDate", i."contentHash" from incoming i
    where not exists (select 1 from seasons s where s.title_id = i.title_id and s.number = i.number)`);
}

/**
 * Adds and brings back the seasons that have episodes in a library although it does not list them as seasons.
 *
 * @param itemIds the series to look at; all of the library when left out
 */
export async function addUnlistedSeasons(
  db: Queryable,
  libraryId: number,
  itemIds?: readonly string[],
): Promise<void> {
  const isMeant = itemIds
    ? sql`and c.provider_item_id in (select json_array_elements_text(${JSON.stringify(itemIds)}::json))`
    : sql``;
  await db.rows(sql`
    with held as (
      select distinct e.title_id, e.season_number as number
      from episodes e
      where e.removed_at is null
        and e.title_id in (
          select c.title_id from title_copies c where c.library_id = ${libraryId} and c.removed_at is null ${isMeant})),
    returned as (
      update seasons s set removed_at = null from held h
      where s.title_id = h.title_id and s.number = h.number and s.removed_at is not null)
    insert into seasons (title_id, number, content_hash)
    select h.title_id, h.number, '' from held h
    where not exists (select 1 from seasons s where s.title_id = h.title_id and s.number = h.number)`);
}
