import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { episodes, titles } from './catalog.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** Users of the media server. A user gone from the server is marked, never deleted. */
export const mediaUsers = pgTable(
  'media_users',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    providerId: text('provider_id').notNull(),
    name: text('name').notNull(),
    isAdmin: boolean('is_admin').notNull().default(false),
    isDisabled: boolean('is_disabled').notNull().default(false),
    /** Whether Showrunner reads this user's history, picks for them and keeps a library for them. */
    recommendationsEnabled: boolean('recommendations_enabled').notNull(),
    explanationsEnabled: boolean('explanations_enabled').notNull().default(true),
    /** Folder of this user's libraries below `<root>/users`; assigned once, never changed by a rename. */
    folder: text('folder').notNull(),
    enableAllFolders: boolean('enable_all_folders').notNull().default(true),
    enabledFolders: text('enabled_folders').array().notNull().default(sql`'{}'::text[]`),
    maxParentalRating: integer('max_parental_rating'),
    historySyncedAt: at('history_synced_at'),
    removedAt: at('removed_at'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('media_users_provider_id').on(table.providerId),
    uniqueIndex('media_users_folder').on(sql`lower(${table.folder})`),
  ],
);

/** What a user did with an episode, merged over all copies of it. */
export const playStates = pgTable(
  'play_states',
  {
    userId: integer('user_id')
      .notNull()
      .references(() => mediaUsers.id),
    episodeId: integer('episode_id')
      .notNull()
      .references(() => episodes.id),
    played: boolean('played').notNull(),
    positionMs: integer('position_ms').notNull().default(0),
    /** How far into the episode, 0..1; 1 when played. */
    percentage: real('percentage').notNull().default(0),
    playCount: integer('play_count').notNull().default(0),
    isFavorite: boolean('is_favorite').notNull().default(false),
    lastPlayedAt: at('last_played_at'),
    /** Only a library of ours reported it: such a play stays when the pick leaves that library. */
    fromVirtual: boolean('from_virtual').notNull().default(false),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.episodeId] }),
    index('play_states_recent').on(table.userId, table.lastPlayedAt),
    index('play_states_episode').on(table.episodeId),
  ],
);

/** Where a user can stand with a series. */
export const SERIES_STATES = ['UNWATCHED', 'IN_PROGRESS', 'CAUGHT_UP', 'COMPLETED', 'ABANDONED'] as const;
export type SeriesState = (typeof SERIES_STATES)[number];

/** Where a user stands with a series: derived from play states, kept for queries. */
export const seriesStates = pgTable(
  'series_states',
  {
    userId: integer('user_id')
      .notNull()
      .references(() => mediaUsers.id),
    titleId: integer('title_id')
      .notNull()
      .references(() => titles.id),
    state: text('state', { enum: SERIES_STATES }).notNull(),
    /** Distinct regular episodes (no specials) played. */
    watchedCount: integer('watched_count').notNull(),
    /** Distinct regular episodes that are on the server and have aired, and those played that have since left it. */
    airedCount: integer('aired_count').notNull(),
    playCount: integer('play_count').notNull().default(0),
    isFavorite: boolean('is_favorite').notNull().default(false),
    firstPlayedAt: at('first_played_at'),
    lastPlayedAt: at('last_played_at'),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.titleId] }),
    index('series_states_title').on(table.titleId),
  ],
);
