import { boolean, index, integer, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { mediaUsers } from './watch.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** Roles of the API, each including those before it. */
export const ROLES = ['VIEWER', 'OPERATOR', 'ADMIN'] as const;
export type Role = (typeof ROLES)[number];

/** What a key may be used for, within its role. */
export const SCOPES = ['READ', 'FEEDBACK', 'JOBS', 'SETTINGS'] as const;
export type Scope = (typeof SCOPES)[number];

/** Keys are made by an administrator, sessions by signing in. */
export const KEY_KINDS = ['KEY', 'SESSION'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** API keys; only a SHA-256 of the key is kept. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    role: text('role', { enum: ROLES }).notNull(),
    kind: text('kind', { enum: KEY_KINDS }).notNull().default('KEY'),
    /** Null for everything that the role allows. */
    scopes: text('scopes', { enum: SCOPES }).array(),
    /** The media-server user the key stands for; null for keys bound to nobody. */
    userId: integer('user_id').references(() => mediaUsers.id),
    /** First characters of the key, to recognise it by. */
    prefix: text('prefix').notNull(),
    hash: text('hash').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at'),
    lastUsedAt: at('last_used_at'),
    revokedAt: at('revoked_at'),
    rotatedAt: at('rotated_at'),
    /** The key before the last rotation, which holds a while longer. */
    previousHash: text('previous_hash'),
    previousValidUntil: at('previous_valid_until'),
  },
  (table) => [
    uniqueIndex('api_keys_hash').on(table.hash),
    uniqueIndex('api_keys_previous_hash').on(table.previousHash),
  ],
);

/** Attempts to sign in of the last day; they count for all processes. */
export const signInAttempts = pgTable(
  'sign_in_attempts',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    /** SHA-256 of the name in lower case: what is typed there may be a password. */
    nameHash: text('name_hash').notNull(),
    /** Where it came from: an IPv4 address, or the /64 network of an IPv6 address. */
    address: text('address').notNull(),
    at: at('at').notNull(),
    /** False also while the media server has not answered. */
    succeeded: boolean('succeeded').notNull().default(false),
  },
  (table) => [
    index('sign_in_attempts_name').on(table.nameHash, table.at),
    index('sign_in_attempts_address').on(table.address, table.at),
    index('sign_in_attempts_at').on(table.at),
  ],
);
