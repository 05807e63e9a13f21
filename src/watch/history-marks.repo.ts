import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';

/** A copy of a series that a user has touched. */
export type TouchedSeries = { titleId: number; itemId: string };

/** How many episodes of a series item a user has not played. */
export interface UnplayedCount {
  readonly itemId: string;
  readonly isVirtual: boolean;
  readonly unplayed: number;
}

/** Copies, in the given libraries, of the series that a user has a play state in or that the given episodes are of. */
export async function touchedSeries(
  db: Queryable,
  userId: number,
  libraryIds: readonly number[],
  episodeIds: Iterable<number> = [],
): Promise<TouchedSeries[]> {
  return db.rows<TouchedSeries>(sql`
    select t.title_id as "titleId", t.provider_item_id as "itemId"
    from (
      select e.title_id from play_states p join episodes e on e.id = p.episode_id where p.user_id = ${userId}
      union select e.title_id from episodes e
      where e.id in (select value::int from json_array_elements_text(${JSON.stringify([...episodeIds])}::json))
    ) touched
    join title_copies t on t.title_id = touched.title_id and t.removed_at is null
      and t.library_id in (select value::int from json_array_elements_text(${JSON.stringify(libraryIds)}::json))
    order by t.title_id, t.id`);
}

/** The counts that were stored last, by item id. */
export async function storedUnplayed(
  db: Queryable,
  userId: number,
): Promise<ReadonlyMap<string, UnplayedCount>> {
  const rows = await db.rows<{ itemId: string; isVirtual: boolean; unplayed: number }>(sql`
    select item_id as "itemId", is_virtual as "isVirtual", unplayed from unplayed_counts
    where user_id = ${userId} order by item_id`);
  return new Map(rows.map((row) => [row.itemId, row]));
}

/** Stores the counts that are new or differ; those of series that are not among them any more go. */
export async function saveUnplayed(
  db: Queryable,
  userId: number,
  counts: readonly UnplayedCount[],
): Promise<void> {
  await db.rows(sql`
    with incoming as (
      select * from json_to_recordset(${JSON.stringify(counts)}::json) as x(
        "itemId" text, "isVirtual" boolean, unplayed int)),
    gone as (
      delete from unplayed_counts c
      where c.user_id = ${userId} and c.item_id not in (select "itemId" from incoming))
    insert into unplayed_counts as c (user_id, item_id, is_virtual, unplayed)
    select ${userId}::int, "itemId", "isVirtual", unplayed from incoming
    on conflict (user_id, item_id) do update
    set is_virtual = excluded.is_virtual, unplayed = excluded.unplayed
    where (c.is_virtual, c.unplayed) is distinct from (excluded.is_virtual, excluded.unplayed)`);
}

/** How many episodes of each library the user had played when last counted, by our id of the library. */
export async function storedPlayed(db: Queryable, userId: number): Promise<ReadonlyMap<number, number>> {
  const rows = await db.rows<{ libraryId: number; played: number }>(sql`
    select library_id as "libraryId", played from played_counts where user_id = ${userId}`);
  return new Map(rows.map((row) => [row.libraryId, row.played]));
}

/** Stores those counts where they differ. */
export async function savePlayed(
  db: Queryable,
  userId: number,
  counts: ReadonlyMap<number, number>,
): Promise<void> {
  const rows = [...counts].map(([libraryId, played]) => ({ libraryId, played }));
  await db.rows(sql`
    insert into played_counts as c (user_id, library_id, played)
    select ${userId}::int, x."libraryId", x.played
    from json_to_recordset(${JSON.stringify(rows)}::json) as x("libraryId" int, played int)
    on conflict (user_id, library_id) do update set played = excluded.played
    where c.played is distinct from excluded.played`);
}

/** Moves the count of a library by plays that were found on the way; one that was never stored stays unknown. */
export async function shiftPlayed(
  db: Queryable,
  userId: number,
  libraryId: number,
  difference: number,
): Promise<void> {
  if (difference === 0) return;
  await db.rows(sql`
    update played_counts set played = greatest(0, played + ${difference}::int)
    where user_id = ${userId} and library_id = ${libraryId}`);
}

/**
 * Whether the libraries that Showrunner wrote for a user may hold other items than when they were last read: they were
 * not read yet, or written since; for an hour after a write the media server may still be scanning.
 */
export async function isVirtualStale(db: Queryable, userId: number): Promise<boolean> {
  const [row] = await db.rows<{ stale: boolean }>(sql`
    select exists (
      select 1 from media_users m join user_libraries u on u.user_id = m.id
      where m.id = ${userId} and u.provider_library_id is not null
        and (m.virtual_read_at is null or m.virtual_read_at < u.synced_at + interval '1 hour')) as stale`);
  return row?.stale ?? true;
}

/** Notes how far a user's history was read; what is null stays as it is. */
export async function markHistoryRead(
  db: Queryable,
  userId: number,
  marks: {
    readonly now: Date;
    readonly readTo: Date;
    readonly isFull: boolean;
    readonly isVirtualRead: boolean;
  },
): Promise<void> {
  const now = sql`${marks.now.toISOString()}::timestamptz`;
  await db.rows(sql`
    update media_users
    set history_synced_at = ${now}, history_read_to = ${marks.readTo.toISOString()}::timestamptz,
      history_full_at = case when ${marks.isFull}::boolean then ${now} else history_full_at end,
      virtual_read_at = case when ${marks.isVirtualRead}::boolean then ${now} else virtual_read_at end
    where id = ${userId}`);
}
