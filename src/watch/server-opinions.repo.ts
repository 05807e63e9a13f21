import { sql } from 'drizzle-orm';
import type { SeriesOpinion } from '../media-server/media-server.ts';
import type { Queryable } from '../platform/database.ts';

/**
 * Replaces what a user said of titles on the media server. Of several copies of a title the highest rating counts, a like
 * before a dislike, and one favourite is enough.
 */
export async function replaceOpinions(
  tx: Queryable,
  userId: number,
  opinions: readonly SeriesOpinion[],
): Promise<void> {
  await tx.rows(sql`
    with incoming as (
      select c.title_id, max(x.rating) as rating, bool_or(x.likes) as likes, bool_or(x."isFavorite") as is_favorite
      from json_to_recordset(${JSON.stringify(opinions)}::json)
        as x("itemId" text, rating real, likes boolean, "isFavorite" boolean)
      join title_copies c on c.provider_item_id = x."itemId" and c.removed_at is null
      group by c.title_id),
    gone as (
      delete from server_opinions
      where user_id = ${userId}::int and title_id not in (select title_id from incoming))
    insert into server_opinions (user_id, title_id, rating, likes, is_favorite)
    select ${userId}::int, title_id, rating, likes, is_favorite from incoming
    on conflict (user_id, title_id) do update
      set rating = excluded.rating, likes = excluded.likes, is_favorite = excluded.is_favorite
      where (server_opinions.rating, server_opinions.likes, server_opinions.is_favorite)
        is distinct from (excluded.rating, excluded.likes, excluded.is_favorite)`);
}
