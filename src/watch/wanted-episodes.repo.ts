import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';

/**
 * The episodes that items of the given libraries hold, the items being episodes or series.
 *
 * @returns `areAllKnown`: whether every item stands for an episode or a series of those libraries
 */
export async function wantedEpisodes(
  db: Queryable,
  libraryIds: readonly number[],
  itemIds: readonly string[],
): Promise<{ episodeIds: number[]; areAllKnown: boolean }> {
  const rows = await db.rows<{ itemId: string; episodeId: number | null }>(sql`
    with items as (select distinct value as id from json_array_elements_text(${JSON.stringify(itemIds)}::json)),
    places as (
      select t.id, t.title_id, t.provider_item_id from title_copies t
      where t.removed_at is null
        and t.library_id in (select value::int from json_array_elements_text(${JSON.stringify(libraryIds)}::json)))
    select i.id as "itemId", c.episode_id as "episodeId"
    from items i
    cross join lateral (
      select c.title_copy_id, c.episode_id from episode_copies c
      where c.provider_item_id = i.id and c.removed_at is null offset 0) c
    join places p on p.id = c.title_copy_id
    union
    select i.id, c.episode_id
    from items i join places p on p.provider_item_id = i.id
    left join episode_copies c on c.title_copy_id = p.id and c.removed_at is null`);
  const known = new Set(rows.map((row) => row.itemId));
  return {
    episodeIds: [...new Set(rows.flatMap((row) => row.episodeId ?? []))],
    areAllKnown: itemIds.every((itemId) => known.has(itemId)),
  };
}
