import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';
import type { Play } from './play-log.ts';

const BATCH = 1_000;

/**
 * Adds plays that are not yet in the log; one that is there and went further since (a playback that was still under way)
 * is moved on. Nothing is ever taken out.
 *
 * @returns the number of plays added
 */
export async function recordPlays(db: Queryable, userId: number, plays: readonly Play[]): Promise<number> {
  let added = 0;
  for (let at = 0; at < plays.length; at += BATCH)
    added += await recordBatch(db, userId, plays.slice(at, at + BATCH));
  return added;
}

async function recordBatch(db: Queryable, userId: number, plays: readonly Play[]): Promise<number> {
  const [count] = await db.rows<{ added: number }>(sql`
    with incoming as (
      select distinct on ("episodeId", "playedAt") *
      from json_to_recordset(${JSON.stringify(plays)}::json) as x(
        "episodeId" int, "playedAt" timestamptz, percentage real, "positionMs" int, source text)
      order by "episodeId", "playedAt", percentage desc, source),
    known as (
      select p.id, p.percentage, i."episodeId", i."playedAt", i.percentage as further, i."positionMs"
      from incoming i
      join plays p on p.user_id = ${userId}::int and p.episode_id = i."episodeId"
        and p.played_at is not distinct from i."playedAt"),
    moved as (
      update plays p set percentage = k.further, position_ms = k."positionMs"
      from known k where p.id = k.id and k.further > k.percentage),
    added as (
      insert into plays (user_id, episode_id, played_at, percentage, position_ms, source)
      select ${userId}::int, i."episodeId", i."playedAt", i.percentage, i."positionMs", i.source
      from incoming i
      where not exists (
        select 1 from known k
        where k."episodeId" = i."episodeId" and k."playedAt" is not distinct from i."playedAt")
      order by i."playedAt" nulls first, i."episodeId"
      on conflict on constraint plays_once do nothing
      returning 1)
    select count(*)::int as added from added`);
  return count?.added ?? 0;
}
