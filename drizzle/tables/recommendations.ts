import { sql } from 'drizzle-orm';
import {
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { titles } from './catalog.ts';
import { mediaUsers } from './watch.ts';
import { weightsVersions } from './weights.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** One named part of a score; the parts of a pick sum to its score. */
export interface ScorePart {
  readonly signal: string;
  readonly contribution: number;
}

/** Why a title was picked: a watched title it resembles, and the traits they share. */
export interface Evidence {
  readonly kind:
    | 'SIMILAR_TO_WATCHED'
    | 'SHARED_TRAITS'
    | 'VIEWERS_LIKE_YOU'
    | 'POPULAR'
    | 'WELL_RATED'
    | 'FRESH';
  /** The watched title, for `SIMILAR_TO_WATCHED`. */
  readonly titleId?: number;
  /** Shared genres, keywords or networks. */
  readonly traits?: readonly string[];
  /** Number of viewers, for `VIEWERS_LIKE_YOU`, and for `POPULAR` where it is popular here. */
  readonly count?: number;
  /** How much of the score this stands for, same scale as score parts. */
  readonly weight: number;
}

/** A user's recommendations as generated at one time. Exactly one set of a user is current. */
export const recommendationSets = pgTable(
  'recommendation_sets',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    userId: integer('user_id')
      .notNull()
      .references(() => mediaUsers.id),
    generatedAt: at('generated_at').notNull(),
    weightsVersion: text('weights_version').notNull(),
    /** The snapshot of weights put on top of the shipped model; null for none. */
    weightsId: integer('weights_id').references(() => weightsVersions.id),
    model: text('model'),
    isCurrent: boolean('is_current').notNull(),
    /** Titles that were scored. */
    candidateCount: integer('candidate_count').notNull(),
    /** Watched titles the taste was built from. */
    historyCount: integer('history_count').notNull(),
    /** Hash of everything the set was computed from: an unchanged one need not be generated again. */
    inputHash: text('input_hash').notNull(),
  },
  (table) => [
    uniqueIndex('recommendation_sets_current').on(table.userId).where(sql`${table.isCurrent}`),
    index('recommendation_sets_user').on(table.userId, table.generatedAt),
  ],
);

/** One recommended title of a set; rank 1 is the best. */
export const picks = pgTable(
  'picks',
  {
    setId: integer('set_id')
      .notNull()
      .references(() => recommendationSets.id, { onDelete: 'cascade' }),
    rank: integer('rank').notNull(),
    titleId: integer('title_id')
      .notNull()
      .references(() => titles.id),
    score: doublePrecision('score').notNull(),
    parts: jsonb('parts').$type<readonly ScorePart[]>().notNull(),
    evidence: jsonb('evidence').$type<readonly Evidence[]>().notNull(),
    explanation: text('explanation'),
    /** `LANGUAGE_MODEL` for an explanation that one worded; null where the template did. */
    explanationSource: text('explanation_source'),
    /** The user has completed this ended series before; it is never ranked among first-time picks. */
    isRewatch: boolean('is_rewatch').notNull().default(false),
    /** When it was first found in the user's virtual library; null while it was not. */
    inLibraryAt: at('in_library_at'),
  },
  (table) => [primaryKey({ columns: [table.setId, table.rank] }), index('picks_title').on(table.titleId)],
);
