import { sql } from 'drizzle-orm';
import type { SeriesState } from '../../drizzle/tables/watch.ts';
import type { Queryable } from '../platform/database.ts';

/** A user's play states of a title, added up over its regular episodes. Times are ms since 1970. */
export type TitleProgress = {
  titleId: number;
  watchedCount: number;
  airedCount: number;
  isBegun: boolean;
  isOver: boolean;
  playCount: number;
  isFavorite: boolean;
  datedPlays: number;
  playDays: number;
  firstPlayedMs: number | null;
  lastPlayedMs: number | null;
};

/** What is stored of where a user stands with a title. */
export interface NewSeriesState {
  readonly titleId: number;
  readonly state: SeriesState;
  readonly watchedCount: number;
  readonly airedCount: number;
  readonly playCount: number;
  readonly isFavorite: boolean;
  readonly datedPlays: number;
  readonly playDays: number;
  readonly firstPlayedAt: Date | null;
  readonly lastPlayedAt: Date | null;
}

/**
 * Adds up every title that a user has a play state or a series state of. Regular episodes are those of season 1 and up
 * with a number. Counted as aired: those on the server whose air date is past or unknown, and all that were played.
 * The first play is the earliest in the log of plays, as a later play of an episode replaces its date. Dated plays and
 * their days come from that log too: there a season that was marked at one stroke carries one date, and is one play.
 */
export async function titleProgress(db: Queryable, userId: number, now: Date): Promise<TitleProgress[]> {
  return db.rows<TitleProgress>(sql`
    with touched as (
      select e.title_id from play_states p join episodes e on e.id = p.episode_id where p.user_id = ${userId}
      union select s.title_id from series_states s where s.user_id = ${userId}),
    summed as (
      select e.title_id,
        count(*) filter (where p.played)::int as watched,
        count(*) filter (
          where p.played or (e.removed_at is null and (e.air_date is null or e.air_date <= ${day(now)}::date))
        )::int as aired,
        coalesce(bool_or(not p.played and p.position_ms > 0), false) as is_begun,
        coalesce(sum(p.play_count), 0)::int as plays,
        coalesce(bool_or(p.is_favorite), false) as is_favorite,
        min(least(p.last_played_at, l.played_at)) as first_played_at, max(p.last_played_at) as last_played_at
      from touched t
      join episodes e on e.title_id = t.title_id and e.season_number > 0 and e.number is not null
      left join play_states p on p.user_id = ${userId} and p.episode_id = e.id
      left join lateral (
        select min(played_at) as played_at from plays
        where user_id = ${userId} and episode_id = p.episode_id) l on true
      group by e.title_id),
    paced as (
      select title_id, sum(plays)::int as plays, count(*)::int as days
      from (
        select e.title_id, floor(extract(epoch from p.played_at) / 86400) as day,
          count(distinct p.played_at) as plays
        from plays p join episodes e on e.id = p.episode_id
        where p.user_id = ${userId} and p.played_at is not null and p.percentage >= 0.5 and e.season_number > 0
        group by 1, 2) by_day
      group by 1)
    select t.id as "titleId", coalesce(x.watched, 0) as "watchedCount", coalesce(x.aired, 0) as "airedCount",
      coalesce(x.is_begun, false) as "isBegun",
      t.removed_at is not null or t.status is not distinct from 'ENDED' as "isOver",
      coalesce(x.plays, 0) as "playCount", coalesce(x.is_favorite, false) as "isFavorite",
      coalesce(d.plays, 0) as "datedPlays", coalesce(d.days, 0) as "playDays",
      (extract(epoch from least(x.first_played_at, s.first_played_at)) * 1000)::float8 as "firstPlayedMs",
      (extract(epoch from x.last_played_at) * 1000)::float8 as "lastPlayedMs"
    from touched join titles t on t.id = touched.title_id
    left join summed x on x.title_id = t.id
    left join paced d on d.title_id = t.id
    left join series_states s on s.user_id = ${userId} and s.title_id = t.id
    order by t.id`);
}

/** Writes the series states of a user that are new or changed; returns how many. */
export async function saveSeriesStates(
  db: Queryable,
  userId: number,
  states: readonly NewSeriesState[],
  now: Date,
): Promise<number> {
  const at = sql`${now.toISOString()}::timestamptz`;
  const [count] = await db.rows<{ written: number }>(sql`
    with incoming as (
      select * from json_to_recordset(${JSON.stringify(states)}::json) as x(
        "titleId" int, state text, "watchedCount" int, "airedCount" int, "playCount" int, "isFavorite" boolean,
        "datedPlays" int, "playDays" int, "firstPlayedAt" timestamptz, "lastPlayedAt" timestamptz)),
    changed as (
      update series_states s
      set state = i.state, watched_count = i."watchedCount", aired_count = i."airedCount",
        play_count = i."playCount", is_favorite = i."isFavorite", dated_plays = i."datedPlays",
        play_days = i."playDays", first_played_at = i."firstPlayedAt", last_played_at = i."lastPlayedAt", updated_at = ${at}
      from incoming i
      where s.user_id = ${userId} and s.title_id = i."titleId"
        and (s.state, s.watched_count, s.aired_count, s.play_count, s.is_favorite, s.dated_plays, s.play_days,
            s.first_played_at, s.last_played_at)
          is distinct from (i.state, i."watchedCount", i."airedCount", i."playCount", i."isFavorite",
            i."datedPlays", i."playDays", i."firstPlayedAt", i."lastPlayedAt")
      returning 1),
    added as (
      insert into series_states (user_id, title_id, state, watched_count, aired_count, play_count, is_favorite,
        dated_plays, play_days, first_played_at, last_played_at, updated_at)
      select ${userId}::int, i."titleId", i.state, i."watchedCount", i."airedCount", i."playCount",
        i."isFavorite", i."datedPlays", i."playDays", i."firstPlayedAt", i."lastPlayedAt", ${at}
      from incoming i
      where not exists (
        select 1 from series_states s where s.user_id = ${userId} and s.title_id = i."titleId")
      returning 1)
    select (select count(*)::int from changed) + (select count(*)::int from added) as written`);
  return count?.written ?? 0;
}

/** The series that a user has caught up with or completed. */
export async function finishedSeries(db: Queryable, userId: number): Promise<ReadonlySet<number>> {
  const rows = await db.rows<{ id: number }>(sql`
    select title_id as id from series_states
    where user_id = ${userId} and state in ('CAUGHT_UP', 'COMPLETED') order by title_id`);
  return new Set(rows.map((row) => row.id));
}

function day(now: Date): string {
  return now.toISOString().slice(0, 10);
}
