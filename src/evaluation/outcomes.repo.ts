import { type SQL, sql } from 'drizzle-orm';
import type { ScorePart } from '../../drizzle/tables/recommendations.ts';
import type { Queryable } from '../platform/database.ts';
import { SIGNAL_NAMES } from '../recommendations/score-titles.ts';

/** By what outcomes are added up. */
export const OUTCOME_GROUPS = ['VERSION', 'RANK', 'SIGNAL', 'WEEK'] as const;
export type OutcomeGroup = (typeof OUTCOME_GROUPS)[number];

/** What became of picks; the fields of groups that were not asked for are null. */
export type OutcomeRow = {
  /** Scorer and weights, as of a recommendation set. */
  readonly weightsVersion: string | null;
  /** The snapshot of weights; null for the weights as shipped. */
  readonly weightsId: number | null;
  /** Place at which the title was first shown. */
  readonly rank: number | null;
  /** What contributed most to the score. */
  readonly signal: string | null;
  /** Monday of the week in which the title was first shown, `yyyy-mm-dd` in UTC. */
  readonly week: string | null;
  readonly shown: number;
  readonly inLibrary: number;
  readonly started: number;
  readonly finished: number;
  readonly kept: number;
};

/** Distinct episodes by which a started title counts as kept watching: a pilot and what follows it may be curiosity. */
const KEPT_EPISODES = 3;

const COLUMNS: Readonly<Record<OutcomeGroup, SQL>> = {
  VERSION: sql`weights_version as "weightsVersion", weights_id as "weightsId"`,
  RANK: sql`rank`,
  SIGNAL: sql`signal`,
  WEEK: sql`date_trunc('week', shown_at at time zone 'UTC')::date::text as week`,
};
const KEYS: Readonly<Record<OutcomeGroup, readonly string[]>> = {
  VERSION: ['weightsVersion', 'weightsId'],
  RANK: ['rank'],
  SIGNAL: ['signal'],
  WEEK: ['week'],
};

/**
 * Adds up what became of the picks of all stored sets. A title counts once for each user and version, from the first of
 * their sets that held it until the last one was replaced.
 *
 * - started: an episode was played in that time;
 * - finished: started, and the user has caught up with it or completed it;
 * - kept: started, and finished or at least `KEPT_EPISODES` distinct episodes played since.
 *
 * @param since only titles that were first shown from then on; null for all
 */
export async function recommendationOutcomes(
  db: Queryable,
  query: { readonly groupBy: readonly OutcomeGroup[]; readonly since: Date | null; readonly now: Date },
): Promise<OutcomeRow[]> {
  const groups = OUTCOME_GROUPS.filter((group) => query.groupBy.includes(group));
  const keys = groups.flatMap((group) => KEYS[group]);
  const selected = groups.map((group) => sql`${COLUMNS[group]}, `);
  const places = keys.map((_, index) => index + 1).join(', ');
  const since = query.since && sql`where shown_at >= ${query.since.toISOString()}::timestamptz`;
  const rows = await db.rows<OutcomeRow>(sql`
    with ${outcomes(query.now)}
    select ${sql.join(selected, sql``)}count(*)::int as shown, count(in_library_at)::int as "inLibrary",
      count(*) filter (where started)::int as started, count(*) filter (where finished)::int as finished,
      count(*) filter (where kept)::int as kept
    from outcomes ${since ?? sql``}
    ${places ? sql.raw(`group by ${places} order by ${places}`) : sql``}`);
  const none = { weightsVersion: null, weightsId: null, rank: null, signal: null, week: null };
  return rows.map((row) => ({ ...none, ...row }));
}

/** A shown title with what became of it, to learn from. */
export type ShownPick = {
  readonly userId: number;
  readonly titleId: number;
  readonly parts: readonly ScorePart[];
  /** What the signals counted then; null for the weights as shipped. */
  readonly weights: Readonly<Record<string, number>> | null;
  readonly started: boolean;
};

/** Older picks than this many teach nothing new, and hold up the process that learns from them. */
const MOST_SHOWN = 20_000;

/**
 * The newest first-time picks of a scorer whose outcome is known, in the order in which they were first shown: those
 * started, and those that were shown before `settledBefore` without being started.
 */
export async function shownPicks(
  db: Queryable,
  query: { readonly scorer: string; readonly settledBefore: Date; readonly now: Date },
): Promise<ShownPick[]> {
  return db.rows<ShownPick>(sql`
    with ${outcomes(query.now)}
    select "userId", "titleId", parts, weights, started
    from (
      select o.user_id as "userId", o.title_id as "titleId", o.parts, v.weights, o.started, o.shown_at
      from outcomes o left join weights_versions v on v.id = o.weights_id
      where not o.is_rewatch and split_part(o.weights_version, '+', 1) = ${query.scorer}
        and (o.started or o.shown_at < ${query.settledBefore.toISOString()}::timestamptz)
      order by o.shown_at desc, o.user_id desc, o.title_id desc limit ${MOST_SHOWN}) newest
    order by shown_at, "userId", "titleId"`);
}

/** Common table expressions up to `outcomes`: one row for each user, title and version that was shown. */
function outcomes(now: Date): SQL {
  return sql`
    lives as (
      select id, user_id, weights_version, weights_id, generated_at,
        lead(generated_at) over (partition by user_id order by generated_at, id) as replaced_at
      from recommendation_sets),
    shown as (
      select l.user_id, p.title_id, l.weights_version, max(l.weights_id) as weights_id,
        min(l.generated_at) as shown_at,
        max(coalesce(l.replaced_at, ${now.toISOString()}::timestamptz)) as shown_until,
        (array_agg(p.rank order by l.generated_at, l.id))[1] as rank,
        (array_agg(p.parts order by l.generated_at, l.id))[1] as parts,
        min(p.in_library_at) as in_library_at, bool_or(p.is_rewatch) as is_rewatch
      from lives l join picks p on p.set_id = l.id
      group by l.user_id, p.title_id, l.weights_version),
    watched as (
      select p.user_id, e.title_id, p.episode_id, p.played_at
      from plays p join episodes e on e.id = p.episode_id where p.played_at is not null
      union
      select s.user_id, e.title_id, s.episode_id, s.last_played_at
      from play_states s join episodes e on e.id = s.episode_id where s.last_played_at is not null),
    begun as (
      select s.user_id, s.title_id, s.weights_version, count(distinct w.episode_id) as episodes,
        bool_or(w.played_at < s.shown_until) as started
      from shown s join watched w on w.user_id = s.user_id and w.title_id = s.title_id and w.played_at >= s.shown_at
      group by s.user_id, s.title_id, s.weights_version),
    outcomes as (
      select s.*, coalesce(b.started, false) as started,
        coalesce(b.started and t.state in ('CAUGHT_UP', 'COMPLETED'), false) as finished,
        coalesce(b.started and (t.state in ('CAUGHT_UP', 'COMPLETED') or b.episodes >= ${KEPT_EPISODES}), false) as kept,
        (select part->>'signal' from jsonb_array_elements(s.parts) with ordinality parts(part, place)
          where part->>'signal' in (select name from json_array_elements_text(${JSON.stringify(SIGNAL_NAMES)}::json) n(name))
          order by (part->>'contribution')::float8 desc, place limit 1) as signal
      from shown s
      left join begun b on b.user_id = s.user_id and b.title_id = s.title_id and b.weights_version = s.weights_version
      left join series_states t on t.user_id = s.user_id and t.title_id = s.title_id)`;
}
