import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { mediaUsers } from './watch.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** Where a version of the weights comes from. */
export const WEIGHTS_ORIGINS = ['SHIPPED', 'TUNED', 'RETRAINED'] as const;
export type WeightsOrigin = (typeof WEIGHTS_ORIGINS)[number];

/** What a version of the weights was measured at before it was stored: its hold-out beside the weights it would replace. */
export interface HoldOutMeasure {
  /** Shown picks learnt from, and those of them that were started. */
  readonly learntFrom: number;
  readonly started: number;
  /** Later shown picks that the two were compared on. */
  readonly heldOut: number;
  readonly logLoss: number;
  readonly logLossBefore: number;
  readonly ndcg: number;
  readonly ndcgBefore: number;
}

/** Snapshots of the weights, never changed once stored: how much each signal counts beside the shipped model, 1 as shipped. */
export const weightsVersions = pgTable(
  'weights_versions',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    origin: text('origin', { enum: WEIGHTS_ORIGINS }).notNull(),
    /** The version that was in force when this one was made. */
    parentId: integer('parent_id').references((): AnyPgColumn => weightsVersions.id),
    createdAt: at('created_at').notNull(),
    /** Name of the API key, or of the job. */
    createdBy: text('created_by').notNull(),
    notes: text('notes').notNull(),
    /** By signal, 0..3; a signal that is left out counts 1. */
    weights: jsonb('weights').$type<Readonly<Record<string, number>>>().notNull(),
    measured: jsonb('measured').$type<HoldOutMeasure>(),
  },
  (table) => [
    uniqueIndex('weights_versions_shipped').on(table.origin).where(sql`${table.origin} = 'SHIPPED'`),
  ],
);

/** Which version was in force for whom and when. A user without an own one follows the one for everybody. */
export const weightsAssignments = pgTable(
  'weights_assignments',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    versionId: integer('version_id')
      .notNull()
      .references(() => weightsVersions.id),
    /** Null for everybody. */
    userId: integer('user_id').references(() => mediaUsers.id),
    assignedAt: at('assigned_at').notNull(),
    assignedBy: text('assigned_by').notNull(),
    /** Null while it is in force. */
    endedAt: at('ended_at'),
    /** The assignment that a revert goes back to; null for the weights as shipped. */
    previousId: integer('previous_id').references((): AnyPgColumn => weightsAssignments.id),
  },
  (table) => [
    uniqueIndex('weights_assignments_in_force')
      .on(sql`coalesce(${table.userId}, 0)`)
      .where(sql`${table.endedAt} is null`),
    index('weights_assignments_version').on(table.versionId),
  ],
);

/** Settings of the weights. One row at most; none means the defaults. */
export const weightsSettings = pgTable('weights_settings', {
  id: integer('id').primaryKey(),
  /** Whether the weights are fitted anew to what became of the picks. */
  retrain: boolean('retrain').notNull(),
});
