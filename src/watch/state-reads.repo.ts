import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { SERIES_STATES, type SeriesState } from '../../drizzle/tables/watch.ts';
import { seriesBy } from '../catalog/series-link.repo.ts';
import { afterKey, jsonPage, orderByKey } from '../platform/json-pages.repo.ts';
import { column, jsonOne, type Link, linkWith, type Shape } from '../platform/json-shapes.repo.ts';

/** Where a user stands with a series, as read for the API; only the selected fields are there. Times are RFC 3339. */
export interface SeriesStateRow {
  readonly state: SeriesState;
  readonly watchedCount: number;
  readonly airedCount: number;
  readonly playCount: number;
  readonly isFavorite: boolean;
  readonly firstPlayedAt: string | null;
  readonly lastPlayedAt: string | null;
  /** 0..1 */
  readonly progress: number;
}

/** What a user did with an episode, as read for the API; only the selected fields are there. */
export interface PlayStateRow {
  readonly played: boolean;
  readonly positionMs: number;
  /** 0..1 */
  readonly percentage: number;
  readonly playCount: number;
  readonly lastPlayedAt: string | null;
}

const UserArguments = z.object({ userId: z.number() });

const PageArguments = z.object({
  first: z.number(),
  after: z.tuple([z.string().nullable(), z.number()]).nullable(),
  states: z.array(z.enum(SERIES_STATES)).nullable(),
});

/** Columns of a series state and the way to its series. */
export const seriesStateShape: Shape = {
  columns: {
    state: 'state',
    watchedCount: 'watched_count',
    airedCount: 'aired_count',
    playCount: 'play_count',
    isFavorite: 'is_favorite',
    firstPlayedAt: 'first_played_at',
    lastPlayedAt: 'last_played_at',
    progress: (row) =>
      sql.raw(
        `case when ${row}.aired_count > 0 then least(1, ${row}.watched_count::float8 / ${row}.aired_count) else 0 end`,
      ),
  },
  links: {
    series: seriesBy((row) => `${row}.title_id`),
  },
};

/** Columns of a play state. */
export const playStateShape: Shape = {
  columns: {
    played: 'played',
    positionMs: 'position_ms',
    percentage: 'percentage',
    playCount: 'play_count',
    lastPlayedAt: 'last_played_at',
  },
};

/** Of a title: the state of the user given as argument; null when nothing is known of the two. */
export const watchStateOfTitle: Link = linkWith(UserArguments, (statement, title, { userId }, selection) =>
  jsonOne(statement, {
    shape: 'SeriesWatchState',
    table: 'series_states',
    where: (row) => sql`${sql.raw(`${row}.title_id = ${title}.id and ${row}.user_id`)} = ${userId}::int`,
    selection,
  }),
);

/** Of an episode: what the user given as argument did with it; null for nothing. */
export const playStateOfEpisode: Link = linkWith(UserArguments, (statement, episode, { userId }, selection) =>
  jsonOne(statement, {
    shape: 'PlayState',
    table: 'play_states',
    where: (row) => sql`${sql.raw(`${row}.episode_id = ${episode}.id and ${row}.user_id`)} = ${userId}::int`,
    selection,
  }),
);

/** Of a user: a page of series states, the last played first. */
export const watchStatesOfUser: Link = linkWith(PageArguments, (statement, user, args, selection) => {
  const row = statement.row();
  const order = {
    value: column(row, 'last_played_at'),
    type: 'timestamptz',
    nullable: true,
    id: column(row, 'title_id'),
    descending: true,
  };
  const states = args.states?.length
    ? sql` and ${column(row, 'state')} = any(array(select json_array_elements_text(${JSON.stringify(args.states)}::json)))`
    : sql.empty();
  return jsonPage(statement, {
    shape: 'SeriesWatchState',
    table: 'series_states',
    row,
    where: sql`${column(row, 'user_id')} = ${column(user, 'id')}${states}`,
    after: args.after ? afterKey(order, args.after) : null,
    orderBy: orderByKey(order),
    key: [order.value, order.id],
    first: args.first,
    selection,
  });
});

/**
 * Condition on a title's row: the user stands in one of `states` with it. Without a record a series counts as
 * unwatched; for a user that does not exist nothing matches.
 */
export function inWatchState(userId: number, states: readonly SeriesState[]): (row: string) => SQL {
  return (row) => sql`exists (
    select 1 from media_users u
    left join series_states s on s.user_id = u.id and s.title_id = ${column(row, 'id')}
    where u.id = ${userId}::int
      and coalesce(s.state, 'UNWATCHED') = any(array(select json_array_elements_text(${JSON.stringify(states)}::json))))`;
}
