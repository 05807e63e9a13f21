import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  boolean,
  customType,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });
const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** Image tags of a media-server item: with the item's id they name an image, and change when the image does. */
export interface ImageTags {
  readonly primary?: string;
  readonly backdrop?: string;
}

/** Libraries of the media server. A virtual one was created by Showrunner and is never a source of titles. */
export const libraries = pgTable(
  'libraries',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    providerId: text('provider_id').notNull(),
    name: text('name').notNull(),
    collectionType: text('collection_type'),
    locations: text('locations').array().notNull().default(sql`'{}'::text[]`),
    enabled: boolean('enabled').notNull().default(true),
    isVirtual: boolean('is_virtual').notNull().default(false),
    /** When everything in it was last read, series by series and episode by episode. */
    lastCompleteSyncAt: at('last_complete_sync_at'),
    /** Server, version and user as which that was; what another one lists cannot be compared. */
    listedAs: text('listed_as'),
    removedAt: at('removed_at'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [uniqueIndex('libraries_provider_id').on(table.providerId)],
);

/** What can be recommended: one row for a series, however many copies of it the media server holds. */
export const titles = pgTable(
  'titles',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    kind: text('kind', { enum: ['series'] })
      .notNull()
      .default('series'),
    name: text('name').notNull(),
    originalName: text('original_name'),
    sortName: text('sort_name').notNull(),
    /** `name` folded for matching: lower case, no diacritics, no punctuation, no trailing year. */
    matchName: text('match_name').notNull(),
    year: integer('year'),
    premiereDate: date('premiere_date', { mode: 'string' }),
    endDate: date('end_date', { mode: 'string' }),
    status: text('status', { enum: ['CONTINUING', 'ENDED', 'UNRELEASED'] }),
    overview: text('overview'),
    genres: text('genres').array().notNull().default(sql`'{}'::text[]`),
    keywords: text('keywords').array().notNull().default(sql`'{}'::text[]`),
    networks: text('networks').array().notNull().default(sql`'{}'::text[]`),
    /** The audience's rating, 0..10. */
    communityRating: real('community_rating'),
    officialRating: text('official_rating'),
    runtimeMinutes: integer('runtime_minutes'),
    tvdbId: text('tvdb_id'),
    tmdbId: text('tmdb_id'),
    imdbId: text('imdb_id'),
    /** When the media server first saw the series. */
    addedAt: at('added_at'),
    contentHash: text('content_hash').notNull(),
    removedAt: at('removed_at'),
    /** The title that this one turned out to be, which has taken over all that hung on it; it never comes back. */
    mergedIntoId: integer('merged_into_id').references((): AnyPgColumn => titles.id),
    createdAt: at('created_at').notNull().defaultNow(),
    updatedAt: at('updated_at').notNull().defaultNow(),
    search: tsvector('search').generatedAlwaysAs(
      sql`setweight(to_tsvector('simple'::regconfig, name || ' ' || coalesce(original_name, '')), 'A') || setweight(to_tsvector('simple'::regconfig, coalesce(overview, '')), 'C')`,
    ),
  },
  (table) => [
    index('titles_match_name').on(table.matchName),
    index('titles_tvdb').on(table.tvdbId),
    index('titles_tmdb').on(table.tmdbId),
    index('titles_imdb').on(table.imdbId),
    index('titles_sort').on(table.sortName, table.id),
    index('titles_year').on(table.year, table.id),
    index('titles_rating').on(table.communityRating, table.id),
    index('titles_added').on(table.addedAt, table.id),
    index('titles_genres').using('gin', table.genres),
    index('titles_search').using('gin', table.search),
  ],
);

/** One appearance of a title on the media server. */
export const titleCopies = pgTable(
  'title_copies',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    titleId: integer('title_id')
      .notNull()
      .references(() => titles.id),
    libraryId: integer('library_id')
      .notNull()
      .references(() => libraries.id),
    providerItemId: text('provider_item_id').notNull(),
    path: text('path'),
    images: jsonb('images').$type<ImageTags>().notNull().default({}),
    contentHash: text('content_hash').notNull(),
    /** The series as listed when its episodes were last read; null when they have to be read again. */
    listVersion: text('list_version'),
    removedAt: at('removed_at'),
  },
  (table) => [
    uniqueIndex('title_copies_item').on(table.libraryId, table.providerItemId),
    index('title_copies_title').on(table.titleId),
  ],
);

/** Seasons of a title; number 0 holds the specials. */
export const seasons = pgTable(
  'seasons',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    titleId: integer('title_id')
      .notNull()
      .references(() => titles.id),
    number: integer('number').notNull(),
    name: text('name'),
    overview: text('overview'),
    premiereDate: date('premiere_date', { mode: 'string' }),
    contentHash: text('content_hash').notNull(),
    removedAt: at('removed_at'),
  },
  (table) => [uniqueIndex('seasons_number').on(table.titleId, table.number)],
);

/**
 * Episodes of a title. `slot` is their identity inside the title and outlives the media server's ids: `1x2` for
 * season 1 episode 2, `0:<folded name>` for an unnumbered extra.
 */
export const episodes = pgTable(
  'episodes',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    titleId: integer('title_id')
      .notNull()
      .references(() => titles.id),
    slot: text('slot').notNull(),
    seasonNumber: integer('season_number').notNull(),
    number: integer('number'),
    name: text('name'),
    overview: text('overview'),
    airDate: date('air_date', { mode: 'string' }),
    runtimeMs: integer('runtime_ms'),
    addedAt: at('added_at'),
    contentHash: text('content_hash').notNull(),
    removedAt: at('removed_at'),
  },
  (table) => [
    uniqueIndex('episodes_slot').on(table.titleId, table.slot),
    index('episodes_order').on(table.titleId, table.seasonNumber, table.number),
  ],
);

/** Files behind an episode: one row for each (item, episode), so that a double-episode file has two. */
export const episodeCopies = pgTable(
  'episode_copies',
  {
    titleCopyId: integer('title_copy_id')
      .notNull()
      .references(() => titleCopies.id),
    providerItemId: text('provider_item_id').notNull(),
    episodeId: integer('episode_id')
      .notNull()
      .references(() => episodes.id),
    path: text('path'),
    contentHash: text('content_hash').notNull(),
    removedAt: at('removed_at'),
  },
  (table) => [
    primaryKey({ columns: [table.titleCopyId, table.providerItemId, table.episodeId] }),
    index('episode_copies_item').on(table.providerItemId),
    index('episode_copies_episode').on(table.episodeId),
  ],
);
