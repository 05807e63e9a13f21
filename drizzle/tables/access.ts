import { integer, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { mediaUsers } from './watch.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** Roles of the API, each including those before it. */
export const ROLES = ['VIEWER', 'OPERATOR', 'ADMIN'] as const;
export type Role = (typeof ROLES)[number];

/** API keys; only a SHA-256 of the key is kept. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    role: text('role', { enum: ROLES }).notNull(),
    /** The media-server user the key stands for; null for keys bound to nobody. */
    userId: integer('user_id').references(() => mediaUsers.id),
    /** First characters of the key, to recognise it by. */
    prefix: text('prefix').notNull(),
    hash: text('hash').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at'),
    lastUsedAt: at('last_used_at'),
    revokedAt: at('revoked_at'),
  },
  (table) => [uniqueIndex('api_keys_hash').on(table.hash)],
);
