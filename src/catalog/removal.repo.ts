import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';

/** A series' appearance in a library. */
export type TitleCopyRef = { id: number; titleId: number; itemId: string };

/** One episode's file in a library. */
export type EpisodeCopyRef = { titleCopyId: number; itemId: string; episodeId: number };

/** A list of ids as a table `given(id)`. */
const given = (ids: readonly number[]) => sql`given as (
  select value::int as id from json_array_elements_text(${JSON.stringify(ids)}::json))`;

/** Copies of a library that are not marked removed, after the copy with id `after`, ordered by id. */
export async function liveTitleCopies(
  db: Queryable,
  libraryId: number,
  after: number,
  limit: number,
): Promise<TitleCopyRef[]> {
  return db.rows<TitleCopyRef>(sql`
    select id, title_id as "titleId", provider_item_id as "itemId" from title_copies
    where library_id = ${libraryId} and removed_at is null and id > ${after}
    order by id limit ${limit}`);
}

/** Files below the given copies of series that are not marked removed. */
export async function liveEpisodeCopies(
  db: Queryable,
  titleCopyIds: readonly number[],
): Promise<EpisodeCopyRef[]> {
  return db.rows<EpisodeCopyRef>(sql`
    with ${given(titleCopyIds)}
    select c.title_copy_id as "titleCopyId", c.provider_item_id as "itemId", c.episode_id as "episodeId"
    from given g
    cross join lateral (
      select * from episode_copies c where c.title_copy_id = g.id and c.removed_at is null offset 0) c`);
}

/** Marks copies of series removed, and the files below them; what is left of them stays to be read again. */
export async function markTitleCopiesRemoved(
  db: Queryable,
  ids: readonly number[],
  now: Date,
): Promise<void> {
  const at = sql`${now.toISOString()}::timestamptz`;
  await db.rows(sql`
    with ${given(ids)},
    files as (
      update episode_copies c set removed_at = ${at} from given g
      where c.title_copy_id = g.id and c.removed_at is null)
    update title_copies c set removed_at = ${at} from given g where c.id = g.id and c.removed_at is null`);
}

/** Marks files of episodes removed. */
export async function markEpisodeCopiesRemoved(
  db: Queryable,
  copies: readonly EpisodeCopyRef[],
  now: Date,
): Promise<void> {
  await db.rows(sql`
    update episode_copies c set removed_at = ${now.toISOString()}::timestamptz
    from json_to_recordset(${JSON.stringify(copies)}::json) as g("titleCopyId" int, "itemId" text, "episodeId" int)
    where c.title_copy_id = g."titleCopyId" and c.provider_item_id = g."itemId" and c.episode_id = g."episodeId"
      and c.removed_at is null`);
}

/**
 * Titles that a pass of a library may judge: those it holds or held, as far as `among` names them, and those that hold
 * nothing at all any more because their items turned out to be other series.
 */
export async function judgedTitles(
  db: Queryable,
  libraryId: number,
  among?: readonly number[],
): Promise<number[]> {
  const isMeant = among
    ? sql`and title_id in (select value::int from json_array_elements_text(${JSON.stringify(among)}::json))`
    : sql``;
  const rows = await db.rows<{ id: number }>(sql`
    select title_id as id from title_copies where library_id = ${libraryId} ${isMeant}
    union
    select t.id from titles t
    where t.removed_at is null and not exists (select 1 from title_copies c where c.title_id = t.id)
    order by id`);
  return rows.map((row) => row.id);
}

/** Marks removed, of the given titles, episodes without a file; returns how many. */
export async function markEpisodesWithoutCopies(
  db: Queryable,
  titleIds: readonly number[],
  now: Date,
): Promise<number> {
  const marked = await db.rows(sql`
    with ${given(titleIds)},
    bare as (
      select x.id from given g
      cross join lateral (
        select e.id from episodes e where e.title_id = g.id and e.removed_at is null offset 0) x
      where not exists (
        select 1 from episode_copies c where c.episode_id = x.id and c.removed_at is null offset 0))
    update episodes e set removed_at = ${now.toISOString()}::timestamptz
    from bare b where e.id = b.id
    returning e.id`);
  return marked.length;
}

/** Marks removed, of the given titles, seasons without an episode and titles without a copy; returns how many titles. */
export async function markEmptySeasonsAndTitles(
  db: Queryable,
  titleIds: readonly number[],
  now: Date,
): Promise<number> {
  const at = sql`${now.toISOString()}::timestamptz`;
  const marked = await db.rows(sql`
    with ${given(titleIds)},
    empty as (
      update seasons s set removed_at = ${at}
      from given g
      where s.title_id = g.id and s.removed_at is null
        and not exists (
          select 1 from episodes e
          where e.title_id = s.title_id and e.season_number = s.number and e.removed_at is null))
    update titles t set removed_at = ${at}, updated_at = ${at}
    from given g
    where t.id = g.id and t.removed_at is null
      and not exists (select 1 from title_copies c where c.title_id = t.id and c.removed_at is null)
    returning t.id`);
  return marked.length;
}
