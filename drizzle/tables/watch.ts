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
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { episodes, libraries, titles } from './catalog.ts';

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
    /** Whether the media server hides series without an age rating from the user. */
    blockUnrated: boolean('block_unrated').notNull().default(false),
    blockedTags: text('blocked_tags').array().notNull().default(sql`'{}'::text[]`),
    /** Where any are named, what carries none of them is hidden. */
    allowedTags: text('allowed_tags').array().notNull().default(sql`'{}'::text[]`),
    /** Whether what the user watched counts in the picks of others. */
    historyShared: boolean('history_shared').notNull().default(true),
    historySyncedAt: at('history_synced_at'),
    /** When everything was read of the user last, rather than what changed. */
    historyFullAt: at('history_full_at'),
    /** Plays up to here are known, by the media server's clock. */
    historyReadTo: at('history_read_to'),
    /** When the libraries that Showrunner wrote for the user were last read whole. */
    virtualReadAt: at('virtual_read_at'),
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

/**
 * What an episode in a library of ours last said of a user: some servers keep play states by item, so the original knows
 * nothing of it. It stays when the pick leaves that library. The last word of an original that came back under a new id
 * is kept here too, as gone, for as long as the new one does not count as played.
 */
export const virtualPlayStates = pgTable(
  'virtual_play_states',
  {
    userId: integer('user_id')
      .notNull()
      .references(() => mediaUsers.id),
    /** The media server's id of the item in our library. */
    itemId: text('item_id').notNull(),
    episodeId: integer('episode_id')
      .notNull()
      .references(() => episodes.id),
    played: boolean('played').notNull(),
    positionMs: integer('position_ms').notNull(),
    percentage: real('percentage').notNull(),
    playCount: integer('play_count').notNull(),
    isFavorite: boolean('is_favorite').notNull(),
    lastPlayedAt: at('last_played_at'),
    /** Whether the item has left the library: what it said then holds, whatever a new item under its id says. */
    isGone: boolean('is_gone').notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.itemId, table.episodeId] }),
    index('virtual_play_states_episode').on(table.episodeId),
  ],
);

/** How many episodes of a series item a user had not played when last asked: by it an un-watching is noticed. */
export const unplayedCounts = pgTable(
  'unplayed_counts',
  {
    userId: integer('user_id')
      .notNull()
      .references(() => mediaUsers.id),
    /** The media server's id of the series, in whichever library. */
    itemId: text('item_id').notNull(),
    /** Whether it is in a library of ours. */
    isVirtual: boolean('is_virtual').notNull(),
    unplayed: integer('unplayed').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.itemId] })],
);

/** How many episodes of a library a user had played when last asked: by it a mark with an old date is noticed. */
export const playedCounts = pgTable(
  'played_counts',
  {
    userId: integer('user_id')
      .notNull()
      .references(() => mediaUsers.id),
    libraryId: integer('library_id')
      .notNull()
      .references(() => libraries.id),
    played: integer('played').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.libraryId] })],
);

/** How Showrunner learned of a play. */
export const PLAY_SOURCES = ['LIBRARY', 'VIRTUAL_LIBRARY', 'WEBHOOK'] as const;
export type PlaySource = (typeof PLAY_SOURCES)[number];

/** Every play ever seen. The media server keeps the last one of each episode only, and forgets it with a mark. */
export const plays = pgTable(
  'plays',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    userId: integer('user_id')
      .notNull()
      .references(() => mediaUsers.id),
    episodeId: integer('episode_id')
      .notNull()
      .references(() => episodes.id),
    /** By the media server's clock; null where it knows no date. With user and episode it names the play. */
    playedAt: at('played_at'),
    /** How far the play went, 0..1. */
    percentage: real('percentage').notNull(),
    positionMs: integer('position_ms').notNull(),
    source: text('source', { enum: PLAY_SOURCES }).notNull(),
  },
  (table) => [
    unique('plays_once').on(table.userId, table.episodeId, table.playedAt).nullsNotDistinct(),
    index('plays_recent').on(table.userId, table.playedAt, table.id),
    index('plays_episode').on(table.episodeId),
  ],
);

/** The secret in the address to which the media server sends webhooks; only a SHA-256 of it is kept. One row at most. */
export const webhookSecrets = pgTable('webhook_secrets', {
  id: integer('id').primaryKey(),
  hash: text('hash').notNull(),
  createdAt: at('created_at').notNull(),
});

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
    /** Plays of a known date; what carries one and the same date is one play. */
    datedPlays: integer('dated_plays').notNull().default(0),
    /** Days (UTC) on which those fell. */
    playDays: integer('play_days').notNull().default(0),
    firstPlayedAt: at('first_played_at'),
    lastPlayedAt: at('last_played_at'),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.titleId] }),
    index('series_states_title').on(table.titleId),
  ],
);
