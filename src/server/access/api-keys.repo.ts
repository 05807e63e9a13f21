import { and, asc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';
import { apiKeys, type KeyKind, type Role, type Scope } from '../../../drizzle/tables/access.ts';
import { mediaUsers } from '../../../drizzle/tables/watch.ts';
import type { ApiKeyRow } from '../../../schema/key-ring.ts';
import type { Database, Queryable } from '../../platform/database.ts';

/** What is stored when a key is made. */
export interface NewApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly kind: KeyKind;
  readonly scopes: Scope[] | null;
  readonly userId: number | null;
  readonly prefix: string;
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

/** Columns of an `ApiKeyRow`. */
const ROW = {
  id: apiKeys.id,
  name: apiKeys.name,
  role: apiKeys.role,
  kind: apiKeys.kind,
  scopes: apiKeys.scopes,
  userId: apiKeys.userId,
  prefix: apiKeys.prefix,
  createdAt: apiKeys.createdAt,
  expiresAt: apiKeys.expiresAt,
  lastUsedAt: apiKeys.lastUsedAt,
  revokedAt: apiKeys.revokedAt,
  rotatedAt: apiKeys.rotatedAt,
  previousValidUntil: apiKeys.previousValidUntil,
};

/** Taken while the first admin key is made, so that processes which start together make one. */
const FIRST_KEY_LOCK = 7_406_932;

/** Stores a key. */
export async function insertApiKey(db: Queryable, key: NewApiKey): Promise<ApiKeyRow> {
  const [row] = await db.orm.insert(apiKeys).values(key).returning(ROW);
  if (!row) throw new TypeError('The insert of an API key returned no row.');
  return row;
}

/** Whether a media-server user with this id is known. */
export async function mediaUserExists(db: Queryable, id: number): Promise<boolean> {
  const found = await db.orm.select({ id: mediaUsers.id }).from(mediaUsers).where(eq(mediaUsers.id, id));
  return found.length > 0;
}

/** Stores a key, or makes the stored one with the same hash an admin key that is neither revoked nor expired. */
export async function upsertAdminKey(db: Queryable, key: NewApiKey): Promise<void> {
  await db.orm
    .insert(apiKeys)
    .values(key)
    .onConflictDoUpdate({
      target: apiKeys.hash,
      set: { role: 'ADMIN', scopes: null, userId: null, expiresAt: null, revokedAt: null },
    });
}

/** Stores the key unless a usable admin key exists; says whether it did. Of processes that ask together one does. */
export async function insertUnlessAdminKeyExists(db: Database, key: NewApiKey, now: Date): Promise<boolean> {
  return db.transaction(async (tx) => {
    await tx.rows(sql`select pg_advisory_xact_lock(${FIRST_KEY_LOCK}::bigint)`);
    const found = await tx.orm
      .select({ id: apiKeys.id })
      .from(apiKeys)
      .where(and(eq(apiKeys.role, 'ADMIN'), isNull(apiKeys.scopes), isUsable(now)))
      .limit(1);
    if (found.length > 0) return false;
    await insertApiKey(tx, key);
    return true;
  });
}

/** A key as it was found by its hash. */
export interface FoundKey extends ApiKeyRow {
  /** Of the secret in use, or of the one before the last rotation: that by which the key was found. */
  readonly hash: string;
  readonly isPrevious: boolean;
}

/**
 * The usable key with this hash; undefined when it is unknown, revoked or expired, or stands for a user whom the media
 * server has locked out or no longer has.
 */
export async function findUsableApiKey(
  db: Queryable,
  hash: string,
  now: Date,
): Promise<FoundKey | undefined> {
  const isPrevious = eq(apiKeys.previousHash, hash);
  const [row] = await db.orm
    .select({ ...ROW, hash: apiKeys.hash, previousHash: apiKeys.previousHash })
    .from(apiKeys)
    .leftJoin(mediaUsers, eq(mediaUsers.id, apiKeys.userId))
    .where(
      and(
        or(eq(apiKeys.hash, hash), and(isPrevious, gt(apiKeys.previousValidUntil, now))),
        isUsable(now),
        or(isNull(apiKeys.userId), and(eq(mediaUsers.isDisabled, false), isNull(mediaUsers.removedAt))),
      ),
    )
    .orderBy(sql`${isPrevious} is true`)
    .limit(1);
  if (!row) return undefined;
  const { previousHash, ...found } = row;
  return found.hash === hash || previousHash === null
    ? { ...found, isPrevious: false }
    : { ...found, hash: previousHash, isPrevious: true };
}

/** The key with this id, whatever its state. */
export async function selectApiKey(db: Queryable, id: string): Promise<ApiKeyRow | undefined> {
  const [row] = await db.orm.select(ROW).from(apiKeys).where(eq(apiKeys.id, id));
  return row;
}

/**
 * Gives a usable key, which is no session, a new secret; undefined when there is no such key. The secret before is taken
 * until `previousValidUntil`, null for no longer; one before that one no more.
 */
export async function replaceSecret(
  db: Queryable,
  id: string,
  secret: { readonly hash: string; readonly prefix: string; readonly previousValidUntil: Date | null },
  now: Date,
): Promise<ApiKeyRow | undefined> {
  const { hash, prefix, previousValidUntil } = secret;
  const [row] = await db.orm
    .update(apiKeys)
    .set({
      hash,
      prefix,
      previousValidUntil,
      previousHash: previousValidUntil ? sql`${apiKeys.hash}` : null,
      rotatedAt: now,
    })
    .where(and(eq(apiKeys.id, id), eq(apiKeys.kind, 'KEY'), isUsable(now)))
    .returning(ROW);
  return row;
}

/** All keys, revoked and expired ones too, oldest first. */
export async function selectApiKeys(db: Queryable): Promise<ApiKeyRow[]> {
  return db.orm.select(ROW).from(apiKeys).orderBy(asc(apiKeys.createdAt), asc(apiKeys.id));
}

/** Revokes a key, once; undefined when there is none with this id. */
export async function markRevoked(db: Queryable, id: string, now: Date): Promise<ApiKeyRow | undefined> {
  const [row] = await db.orm
    .update(apiKeys)
    .set({ revokedAt: sql`coalesce(${apiKeys.revokedAt}, ${now.toISOString()}::timestamptz)` })
    .where(eq(apiKeys.id, id))
    .returning(ROW);
  return row;
}

/** Notes that a key is in use, unless that was noted after `unlessSince`. */
export async function markUsed(db: Queryable, id: string, now: Date, unlessSince: Date): Promise<void> {
  await db.orm
    .update(apiKeys)
    .set({ lastUsedAt: now })
    .where(and(eq(apiKeys.id, id), or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, unlessSince))));
}

function isUsable(now: Date) {
  return and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now)));
}
