import { sql } from 'drizzle-orm';
import { copiesOfItem } from '../catalog/episodes-upsert.repo.ts';
import type { Queryable } from '../platform/database.ts';
import type { HistoryLibrary } from './history-libraries.ts';
import type { PlayState } from './merge-play-states.ts';

/** An episode that an item of the media server holds. */
export type HeldEpisode = { itemId: string; episodeId: number; runtimeMs: number | null };

/** Libraries that can tell of a user's plays: enabled ones that hold episodes, and the user's own virtual ones. */
export async function historyLibraries(db: Queryable, userId: number): Promise<HistoryLibrary[]> {
  return db.rows<HistoryLibrary & Record<string, unknown>>(sql`
    select l.id, l.provider_id as "providerId", l.is_virtual as "isVirtual"
    from libraries l
    where l.removed_at is null
      and case when l.is_virtual
        then exists (
          select 1 from user_libraries u where u.user_id = ${userId} and u.provider_library_id = l.provider_id)
        else l.enabled and exists (
          select 1 from title_copies t join episode_copies c on c.title_copy_id = t.id
          where t.library_id = l.id and t.removed_at is null and c.removed_at is null)
        end
    order by l.id`);
}

/** A library that Showrunner wrote, by the media server's id; undefined when it is not known as one. */
export async function virtualLibrary(db: Queryable, providerId: string): Promise<HistoryLibrary | undefined> {
  const [library] = await db.rows<HistoryLibrary & Record<string, unknown>>(sql`
    select id, provider_id as "providerId", is_virtual as "isVirtual" from libraries
    where provider_id = ${providerId} and is_virtual`);
  return library;
}

/** The episodes that items of a library hold; an item may hold several, or none that is known. */
export async function episodesOfItems(
  db: Queryable,
  libraryId: number,
  itemIds: readonly string[],
): Promise<HeldEpisode[]> {
  return db.rows<HeldEpisode>(sql`
    select c.provider_item_id as "itemId", e.id as "episodeId", e.runtime_ms as "runtimeMs"
    from (select distinct value from json_array_elements_text(${JSON.stringify(itemIds)}::json)) i
    cross join lateral ${copiesOfItem(sql`i.value`)} c
    join title_copies t on t.id = c.title_copy_id and t.library_id = ${libraryId} and t.removed_at is null
    join episodes e on e.id = c.episode_id`);
}

/** The episodes in given slots of titles, for items that are no copies of ours. */
export async function episodesInSlots(
  db: Queryable,
  slots: readonly { itemId: string; titleId: number; slot: string }[],
): Promise<HeldEpisode[]> {
  return db.rows<HeldEpisode>(sql`
    select i."itemId", e.id as "episodeId", e.runtime_ms as "runtimeMs"
    from json_to_recordset(${JSON.stringify(slots)}::json) as i("itemId" text, "titleId" int, slot text)
    join episodes e on e.title_id = i."titleId" and e.slot = i.slot`);
}

/**
 * Writes play states that are new or changed, and confirms those that were last written before a copy of the episode
 * was removed: from then on they are known to come from a copy that is still there. What somebody else wrote after
 * `readAt`, when these states began to be read, is newer and stays.
 *
 * @returns the number of rows written
 */
export async function savePlayStates(
  db: Queryable,
  userId: number,
  states: readonly PlayState[],
  { now, readAt }: { readonly now: Date; readonly readAt: Date },
): Promise<number> {
  const at = sql`${now.toISOString()}::timestamptz`;
  const [count] = await db.rows<{ written: number }>(sql`
    with incoming as (
      select * from json_to_recordset(${JSON.stringify(states)}::json) as x(
        "episodeId" int, played boolean, "positionMs" int, percentage real, "playCount" int, "isFavorite" boolean,
        "lastPlayedAt" timestamptz, "fromVirtual" boolean)),
    changed as (
      update play_states p
      set played = i.played, position_ms = i."positionMs", percentage = i.percentage, play_count = i."playCount",
        is_favorite = i."isFavorite", last_played_at = i."lastPlayedAt", from_virtual = i."fromVirtual", updated_at = ${at}
      from incoming i
      where p.user_id = ${userId} and p.episode_id = i."episodeId"
        and p.updated_at <= ${readAt.toISOString()}::timestamptz
        and ((p.played, p.position_ms, p.percentage, p.play_count, p.is_favorite, p.last_played_at, p.from_virtual)
            is distinct from
            (i.played, i."positionMs", i.percentage, i."playCount", i."isFavorite", i."lastPlayedAt", i."fromVirtual")
          or exists (
            select 1 from episode_copies c where c.episode_id = p.episode_id and c.removed_at > p.updated_at))
      returning 1),
    added as (
      insert into play_states (user_id, episode_id, played, position_ms, percentage, play_count, is_favorite,
        last_played_at, from_virtual, updated_at)
      select ${userId}::int, i."episodeId", i.played, i."positionMs", i.percentage, i."playCount", i."isFavorite",
        i."lastPlayedAt", i."fromVirtual", ${at}
      from incoming i
      where not exists (
        select 1 from play_states p where p.user_id = ${userId} and p.episode_id = i."episodeId")
      on conflict do nothing
      returning 1)
    select (select count(*)::int from changed) + (select count(*)::int from added) as written`);
  return count?.written ?? 0;
}

/**
 * Episodes with a play state of the user that the given libraries would have to report again: they hold the episode,
 * no copy of it was removed since the state was written (the play may have been that copy's), and the play was not made
 * in a library of ours, where the episode is gone as soon as its series is no longer picked.
 */
export async function reportableEpisodes(
  db: Queryable,
  userId: number,
  libraryIds: readonly number[],
): Promise<number[]> {
  const rows = await db.rows<{ id: number }>(sql`
    select p.episode_id as id from play_states p
    where p.user_id = ${userId} and not p.from_virtual
      and exists (
        select 1 from episode_copies c join title_copies t on t.id = c.title_copy_id
        where c.episode_id = p.episode_id and c.removed_at is null and t.removed_at is null
          and t.library_id in (select value::int from json_array_elements_text(${JSON.stringify(libraryIds)}::json)))
      and not exists (
        select 1 from episode_copies c where c.episode_id = p.episode_id and c.removed_at > p.updated_at)
    order by p.episode_id`);
  return rows.map((row) => row.id);
}

/**
 * Makes episodes unwatched for a user, unless they were written after `readAt`; no row is how an unwatched episode is
 * stored.
 *
 * @returns the number of episodes that were not unwatched before
 */
export async function clearPlayStates(
  db: Queryable,
  userId: number,
  episodeIds: readonly number[],
  readAt: Date,
): Promise<number> {
  const cleared = await db.rows(sql`
    delete from play_states
    where user_id = ${userId} and updated_at <= ${readAt.toISOString()}::timestamptz
      and episode_id in (select value::int from json_array_elements_text(${JSON.stringify(episodeIds)}::json))
    returning 1`);
  return cleared.length;
}
