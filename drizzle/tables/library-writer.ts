import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { recommendationSets } from './recommendations.ts';
import { mediaUsers } from './watch.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** A series that a library holds. */
export interface ShownSeries {
  readonly titleId: number;
  /** 1 is the best pick. */
  readonly rank: number;
}

/** The virtual library of a user: where it lies and which recommendation set it shows. */
export const userLibraries = pgTable('user_libraries', {
  userId: integer('user_id')
    .primaryKey()
    .references(() => mediaUsers.id),
  /** Absolute path as Showrunner sees it. */
  path: text('path').notNull(),
  /** The media server's id of the library, once it was created there. */
  providerLibraryId: text('provider_library_id'),
  setId: integer('set_id').references(() => recommendationSets.id, { onDelete: 'set null' }),
  fileCount: integer('file_count').notNull(),
  /** The series in it, best first. */
  shown: jsonb('shown').$type<ShownSeries[]>().notNull().default([]),
  syncedAt: at('synced_at').notNull(),
});
