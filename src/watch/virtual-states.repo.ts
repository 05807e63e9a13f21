import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';
import type { PlayState } from './merge-play-states.ts';
import type { VirtualLibraryHistory, VirtualState } from './virtual-library.ts';

/**
 * Brings what is kept of a user's plays in libraries of ours in line with what those libraries say now: what they report
 * is written, what they say to be untouched was unwatched and goes. Of an item that has left, the last word
 * stays, and a new item under its id cannot take it back.
 *
 * @returns the episodes whose states changed
 */
export async function saveVirtualStates(
  db: Queryable,
  userId: number,
  history: VirtualLibraryHistory,
): Promise<number[]> {
  const reported = sql`reported as (
    select distinct on ("itemId", "episodeId") *
    from json_to_recordset(${JSON.stringify(history.states)}::json) as x(
      "itemId" text, "episodeId" int, played boolean, "positionMs" int, percentage real, "playCount" int,
      "isFavorite" boolean, "lastPlayedAt" timestamptz))`;
  const rows = await db.rows<{ id: number }>(sql`
    with ${reported},
    held as (select value as item from json_array_elements_text(${JSON.stringify([...history.itemIds])}::json)),
    unwatched as (
      delete from virtual_play_states v
      where v.user_id = ${userId} and not v.is_gone
        and v.item_id in (select value from json_array_elements_text(${JSON.stringify(history.untouched)}::json))
      returning v.episode_id),
    gone as (
      update virtual_play_states v set is_gone = true
      where v.user_id = ${userId} and not v.is_gone and v.item_id not in (select item from held)),
    changed as (
      update virtual_play_states v
      set played = r.played, position_ms = r."positionMs", percentage = r.percentage, play_count = r."playCount",
        is_favorite = r."isFavorite", last_played_at = r."lastPlayedAt", is_gone = false
      from reported r
      where v.user_id = ${userId} and v.item_id = r."itemId" and v.episode_id = r."episodeId"
        and (v.played, v.position_ms, v.percentage, v.play_count, v.is_favorite, v.last_played_at, v.is_gone)
          is distinct from
          (r.played, r."positionMs", r.percentage, r."playCount", r."isFavorite", r."lastPlayedAt", false)
      returning v.episode_id),
    added as (
      insert into virtual_play_states (user_id, item_id, episode_id, played, position_ms, percentage, play_count,
        is_favorite, last_played_at)
      select ${userId}::int, r."itemId", r."episodeId", r.played, r."positionMs", r.percentage, r."playCount",
        r."isFavorite", r."lastPlayedAt"
      from reported r
      where not exists (
        select 1 from virtual_play_states v
        where v.user_id = ${userId} and v.item_id = r."itemId" and v.episode_id = r."episodeId")
      on conflict do nothing
      returning episode_id)
    select episode_id as id from unwatched
    union select episode_id from changed union select episode_id from added`);
  return rows.map((row) => row.id);
}

/**
 * Drops the last words of items that have left where an ordinary copy now counts the episode as played: from then on the
 * play is that copy's, and may be undone there.
 */
export async function handOverToCopies(
  db: Queryable,
  userId: number,
  episodeIds: readonly number[],
): Promise<void> {
  await db.rows(sql`
    delete from virtual_play_states
    where user_id = ${userId} and is_gone
      and episode_id in (select value::int from json_array_elements_text(${JSON.stringify(episodeIds)}::json))`);
}

/**
 * Keeps for good what a user's library says now of all titles but those that stay in it: a new item under the same id,
 * which some servers derive from the path, is not the one that was played.
 *
 * @param stays our ids of titles
 */
export async function keepLastWords(db: Queryable, userId: number, stays: Iterable<number>): Promise<void> {
  await db.rows(sql`
    update virtual_play_states v set is_gone = true
    from episodes e
    where v.user_id = ${userId} and not v.is_gone and e.id = v.episode_id
      and e.title_id not in (select value::int from json_array_elements_text(${JSON.stringify([...stays])}::json))`);
}

/**
 * Keeps that episodes were played in copies that have been removed since: a server that keeps play states by item
 * (Jellyfin from 10.11, UserDataManager) knows nothing of it under a new id, and an episode that is begun again would
 * then no longer count as played.
 */
export async function keepPlaysOfRemovedCopies(
  db: Queryable,
  userId: number,
  episodeIds: readonly number[],
): Promise<void> {
  await db.rows(sql`
    insert into virtual_play_states (user_id, item_id, episode_id, played, position_ms, percentage, play_count,
      is_favorite, last_played_at, is_gone)
    select p.user_id, min(c.provider_item_id), p.episode_id, true, p.position_ms, p.percentage, p.play_count,
      p.is_favorite, p.last_played_at, true
    from play_states p join episode_copies c on c.episode_id = p.episode_id and c.removed_at > p.updated_at
    where p.user_id = ${userId} and p.played
      and p.episode_id in (select value::int from json_array_elements_text(${JSON.stringify(episodeIds)}::json))
    group by p.user_id, p.episode_id
    on conflict do nothing`);
}

/** All that libraries of ours, and copies that have left, ever said of a user's plays and did not take back. */
export async function virtualStates(db: Queryable, userId: number): Promise<VirtualState[]> {
  const rows = await db.rows<
    Omit<PlayState, 'lastPlayedAt'> & { itemId: string; lastPlayedMs: number | null }
  >(
    sql`
    select item_id as "itemId", episode_id as "episodeId", played, position_ms as "positionMs", percentage,
      play_count as "playCount", is_favorite as "isFavorite", true as "fromVirtual",
      (extract(epoch from last_played_at) * 1000)::float8 as "lastPlayedMs"
    from virtual_play_states where user_id = ${userId} order by episode_id, item_id`,
  );
  return rows.map(({ lastPlayedMs, ...state }) => ({
    ...state,
    lastPlayedAt: lastPlayedMs === null ? null : new Date(lastPlayedMs),
  }));
}

/** Episodes whose play state came from a library of ours alone, which has taken it back. */
export async function takenBackEpisodes(db: Queryable, userId: number): Promise<number[]> {
  const rows = await db.rows<{ id: number }>(sql`
    select p.episode_id as id from play_states p
    where p.user_id = ${userId} and p.from_virtual
      and not exists (
        select 1 from virtual_play_states v where v.user_id = ${userId} and v.episode_id = p.episode_id)
    order by p.episode_id`);
  return rows.map((row) => row.id);
}
