import { sql } from 'drizzle-orm';
import { doublePrecision, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import { titles } from './catalog.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/**
 * What a public catalog knows of a title, and how the last look-up of it ended: one row for each title and source.
 * Facts outlive a look-up that failed; one that finds nothing clears them.
 */
export const titleMetadata = pgTable(
  'title_metadata',
  {
    titleId: integer('title_id')
      .notNull()
      .references(() => titles.id),
    source: text('source', { enum: ['TMDB', 'TVMAZE'] }).notNull(),
    outcome: text('outcome', { enum: ['FOUND', 'NOT_FOUND', 'FAILED'] }).notNull(),
    attemptedAt: at('attempted_at').notNull(),
    /** Look-ups in a row that failed. */
    failures: integer('failures').notNull().default(0),
    /** Hash of name, year and ids that were asked for: when they change, the title is looked up again. */
    identityHash: text('identity_hash').notNull(),
    /** When the facts were read; null when there are none. */
    fetchedAt: at('fetched_at'),
    /** The title's id at the source. */
    sourceId: text('source_id'),
    matchedBy: text('matched_by', { enum: ['TMDB_ID', 'TVDB_ID', 'IMDB_ID', 'TITLE_AND_YEAR'] }),
    /** 0..1; of the best hit that was refused when nothing was found. */
    confidence: doublePrecision('confidence'),
    keywords: text('keywords').array().notNull().default(sql`'{}'::text[]`),
    genres: text('genres').array().notNull().default(sql`'{}'::text[]`),
    networks: text('networks').array().notNull().default(sql`'{}'::text[]`),
    status: text('status', { enum: ['CONTINUING', 'ENDED', 'UNRELEASED'] }),
    /** 0..10 */
    voteAverage: doublePrecision('vote_average'),
    voteCount: integer('vote_count'),
    /** In the source's own scale. */
    popularity: doublePrecision('popularity'),
  },
  (table) => [primaryKey({ columns: [table.titleId, table.source] })],
);
