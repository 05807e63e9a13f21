import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { PlaySource } from '../../drizzle/tables/watch.ts';
import { afterKey, jsonPage, orderByKey } from '../platform/json-pages.repo.ts';
import { column, jsonOne, type Link, linkWith, type Shape } from '../platform/json-shapes.repo.ts';

/** A play as read for the API; only the selected fields are there. Times are RFC 3339. */
export interface PlayRow {
  readonly playedAt: string | null;
  /** 0..1 */
  readonly percentage: number;
  readonly positionMs: number;
  readonly source: PlaySource;
}

const PageArguments = z.object({
  first: z.number(),
  after: z.tuple([z.string().nullable(), z.number()]).nullable(),
});

/** Columns of a play and the way to its episode. */
export const playShape: Shape = {
  columns: {
    playedAt: 'played_at',
    percentage: 'percentage',
    positionMs: 'position_ms',
    source: 'source',
  },
  links: {
    episode: (statement, row, request) =>
      jsonOne(statement, {
        shape: 'Episode',
        table: 'episodes',
        where: (episode) => sql.raw(`${episode}.id = ${row}.episode_id`),
        selection: request.selection,
      }),
  },
};

/** Of a user: a page of the log of plays, the last one first, those without a date at the end. */
export const playsOfUser: Link = linkWith(PageArguments, (statement, user, { first, after }, selection) => {
  const row = statement.row();
  const order = {
    value: column(row, 'played_at'),
    type: 'timestamptz',
    nullable: true,
    id: column(row, 'id'),
    descending: true,
  };
  return jsonPage(statement, {
    shape: 'Play',
    table: 'plays',
    row,
    where: sql`${column(row, 'user_id')} = ${column(user, 'id')}`,
    after: after ? afterKey(order, after) : null,
    orderBy: orderByKey(order),
    key: [order.value, order.id],
    first,
    selection,
  });
});
