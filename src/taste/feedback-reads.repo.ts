import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { seriesBy } from '../catalog/series-link.repo.ts';
import { afterKey, jsonPage, orderByKey } from '../platform/json-pages.repo.ts';
import { column, jsonOne, type Link, linkWith, type Shape } from '../platform/json-shapes.repo.ts';

/** What a user said of a series, as read for the API; only the selected fields are there. Times are RFC 3339. */
export interface FeedbackRow {
  /** 1..10 */
  readonly rating: number | null;
  readonly dismissedAt: string | null;
  readonly snoozedUntil: string | null;
  readonly updatedAt: string;
}

const UserArguments = z.object({ userId: z.number() });

const PageArguments = z.object({
  first: z.number(),
  after: z.tuple([z.string(), z.number()]).nullable(),
});

/** Columns of feedback and the way to its series. */
export const feedbackShape: Shape = {
  columns: {
    rating: 'rating',
    dismissedAt: 'dismissed_at',
    snoozedUntil: 'snoozed_until',
    updatedAt: 'updated_at',
  },
  links: { series: seriesBy((row) => `${row}.title_id`) },
};

/** Of a title: what the user given as argument said of it; null when they said nothing. */
export const feedbackOfTitle: Link = linkWith(UserArguments, (statement, title, { userId }, selection) =>
  jsonOne(statement, {
    shape: 'SeriesFeedback',
    table: 'feedback',
    where: (row) => sql`${sql.raw(`${row}.title_id = ${title}.id and ${row}.user_id`)} = ${userId}::int`,
    selection,
  }),
);

/** Of a user: a page of what they said of series, the latest first. */
export const feedbackOfUser: Link = linkWith(
  PageArguments,
  (statement, user, { first, after }, selection) => {
    const row = statement.row();
    const order = {
      value: column(row, 'updated_at'),
      type: 'timestamptz',
      nullable: false,
      id: column(row, 'title_id'),
      descending: true,
    };
    return jsonPage(statement, {
      shape: 'SeriesFeedback',
      table: 'feedback',
      row,
      where: sql`${column(row, 'user_id')} = ${column(user, 'id')}`,
      after: after ? afterKey(order, after) : null,
      orderBy: orderByKey(order),
      key: [order.value, order.id],
      first,
      selection,
    });
  },
);
