import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import { titles } from './catalog.ts';
import { mediaUsers } from './watch.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** What a user said of a title; a row in which nothing is said is deleted. */
export const feedback = pgTable(
  'feedback',
  {
    userId: integer('user_id')
      .notNull()
      .references(() => mediaUsers.id),
    titleId: integer('title_id')
      .notNull()
      .references(() => titles.id),
    /** 1..10 */
    rating: integer('rating'),
    /** When the user called it not interesting. */
    dismissedAt: at('dismissed_at'),
    /** Until when it is not offered. */
    snoozedUntil: at('snoozed_until'),
    updatedAt: at('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.titleId] }),
    index('feedback_recent').on(table.userId, table.updatedAt, table.titleId),
    index('feedback_title').on(table.titleId),
    check('feedback_rating', sql`${table.rating} between 1 and 10`),
  ],
);

/** What a user said of a title on the media server, as last read; a title of which nothing is said has no row. */
export const serverOpinions = pgTable(
  'server_opinions',
  {
    userId: integer('user_id')
      .notNull()
      .references(() => mediaUsers.id),
    titleId: integer('title_id')
      .notNull()
      .references(() => titles.id),
    /** 0..10 */
    rating: real('rating'),
    likes: boolean('likes'),
    isFavorite: boolean('is_favorite').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.titleId] }),
    index('server_opinions_title').on(table.titleId),
  ],
);

/** Age ratings and the values by which the media server compares them with a user's highest permitted one. */
export const parentalRatings = pgTable('parental_ratings', {
  /** Trimmed, lower case. */
  name: text('name').primaryKey(),
  value: integer('value').notNull(),
});
