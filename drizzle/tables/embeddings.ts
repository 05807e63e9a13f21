import {
  bigint,
  boolean,
  customType,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import { titles } from './catalog.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** A half-precision vector of any dimension (pgvector); text form `[0.1,0.2]`. */
const halfvec = customType<{ data: number[]; driverData: string }>({
  dataType: () => 'halfvec',
  toDriver: (vector) => `[${vector.join(',')}]`,
  fromDriver: (text) => JSON.parse(text),
});

/** Embedding models that have vectors here; exactly one is active, and only it is searched. */
export const embeddingModels = pgTable('embedding_models', {
  model: text('model').primaryKey(),
  dimensions: integer('dimensions').notNull(),
  active: boolean('active').notNull().default(false),
  createdAt: at('created_at').notNull().defaultNow(),
  /** Who embeds with it: `offline`, or the host of the endpoint. Null when it was last written before this was kept. */
  provider: text('provider'),
  /** Tokens its provider counted, embedding again included; null when that is not known of all of them. */
  tokens: bigint('tokens', { mode: 'number' }),
  /** What those cost in millionths of a US dollar; null when the price was not known for all of them. */
  costMicroUsd: doublePrecision('cost_micro_usd'),
  activatedAt: at('activated_at'),
  /** When it was last written to, or was last active. */
  usedAt: at('used_at').notNull().defaultNow(),
  /** Somebody chose another model by hand: it does not take over by itself. */
  heldBack: boolean('held_back').notNull().default(false),
});

/** One vector for each title and model; the text hash tells when it is out of date. */
export const embeddings = pgTable(
  'embeddings',
  {
    titleId: integer('title_id')
      .notNull()
      .references(() => titles.id),
    model: text('model')
      .notNull()
      .references(() => embeddingModels.model),
    vector: halfvec('vector').notNull(),
    textHash: text('text_hash').notNull(),
    tokens: integer('tokens').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.titleId, table.model] }),
    index('embeddings_model').on(table.model),
  ],
);
