import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';
import type { PlayState } from './merge-play-states.ts';
import type { HeldEpisode } from './play-states.repo.ts';

/** An item that holds an episode, and the library it is in. */
export type EpisodeItem = HeldEpisode & { libraryId: number };

/** The items, in the given libraries, that hold the given episodes or any episode of the given titles. */
export async function itemsBehind(
  db: Queryable,
  libraryIds: readonly number[],
  wanted: { readonly episodeIds: Iterable<number>; readonly titleIds: Iterable<number> },
): Promise<EpisodeItem[]> {
  return db.rows<EpisodeItem>(sql`
    select e.id as "episodeId", e.runtime_ms as "runtimeMs", c.provider_item_id as "itemId",
      t.library_id as "libraryId"
    from (
      select id, runtime_ms from episodes
      where id in (select value::int from json_array_elements_text(${JSON.stringify([...wanted.episodeIds])}::json))
      union select id, runtime_ms from episodes
      where title_id in (select value::int from json_array_elements_text(${JSON.stringify([...wanted.titleIds])}::json))) e
    cross join lateral (
      select c.title_copy_id, c.provider_item_id from episode_copies c
      where c.episode_id = e.id and c.removed_at is null offset 0) c
    join title_copies t on t.id = c.title_copy_id and t.removed_at is null
      and t.library_id in (select value::int from json_array_elements_text(${JSON.stringify(libraryIds)}::json))
    order by e.id, c.provider_item_id`);
}

/** What is stored of a user and the given episodes, by episode. */
export async function storedStates(
  db: Queryable,
  userId: number,
  episodeIds: Iterable<number>,
): Promise<ReadonlyMap<number, PlayState>> {
  const rows = await db.rows<Omit<PlayState, 'lastPlayedAt'> & { lastPlayedMs: number | null }>(sql`
    select episode_id as "episodeId", played, position_ms as "positionMs", percentage, play_count as "playCount",
      is_favorite as "isFavorite", from_virtual as "fromVirtual",
      (extract(epoch from last_played_at) * 1000)::float8 as "lastPlayedMs"
    from play_states
    where user_id = ${userId}
      and episode_id in (select value::int from json_array_elements_text(${JSON.stringify([...episodeIds])}::json))`);
  return new Map(
    rows.map(({ lastPlayedMs, ...state }) => [
      state.episodeId,
      { ...state, lastPlayedAt: lastPlayedMs === null ? null : new Date(lastPlayedMs) },
    ]),
  );
}

/** Episodes that a user has begun in an ordinary library and not finished, as stored. */
export async function begunEpisodes(db: Queryable, userId: number): Promise<number[]> {
  const rows = await db.rows<{ id: number }>(sql`
    select episode_id as id from play_states
    where user_id = ${userId} and position_ms > 0 and not from_virtual order by episode_id`);
  return rows.map((row) => row.id);
}

/** Those of the given items that the catalog knows as episodes. */
export async function knownItems(db: Queryable, itemIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ id: string }>(sql`
    select i.value as id from json_array_elements_text(${JSON.stringify(itemIds)}::json) i
    where exists (select 1 from episode_copies c where c.provider_item_id = i.value and c.removed_at is null)`);
  return new Set(rows.map((row) => row.id));
}
