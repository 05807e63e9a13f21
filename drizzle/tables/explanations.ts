import { integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

/** What a language model made of the evidence of a pick: kept, so that equal evidence is worded once, whoever's it is. */
export const explanations = pgTable(
  'explanations',
  {
    /** Hash of everything the model was told of the pick. */
    evidenceHash: text('evidence_hash').notNull(),
    model: text('model').notNull(),
    /** Version of the instructions. */
    promptVersion: integer('prompt_version').notNull(),
    /** Null for words that were refused because they named what is not in the evidence. */
    explanation: text('explanation'),
    usedAt: timestamp('used_at', { withTimezone: true, mode: 'date' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.evidenceHash, table.model, table.promptVersion] })],
);
