import { randomBytes, randomUUID } from 'node:crypto';
import type { Role } from '../../../drizzle/tables/access.ts';
import type { Principal } from '../../../schema/principal.ts';
import type { Database } from '../../platform/database.ts';
import { ShowrunnerError } from '../../platform/errors.ts';
import { sameHash, sha256 } from '../../platform/secrets.ts';
import {
  type ApiKeyRow,
  findUsableApiKey,
  insertApiKey,
  insertUnlessAdminKeyExists,
  markRevoked,
  markUsed,
  mediaUserExists,
  type NewApiKey,
  selectApiKeys,
  upsertAdminKey,
} from './api-keys.repo.ts';

/** What a new key shall be. */
interface ApiKeyRequest {
  /** What it is for; 1 to 100 characters. */
  readonly name: string;
  readonly role: Role;
  /** The media-server user it stands for. */
  readonly userId?: number | null;
  readonly expiresAt?: Date | null;
}

/** The API keys of this installation, with what was looked up lately remembered. */
export interface ApiKeys {
  /** Makes a key; `key` is the only time it is seen. Throws `BAD_INPUT` for a bad name, user or expiry. */
  create(request: ApiKeyRequest): Promise<{ readonly key: string; readonly row: ApiKeyRow }>;
  /** Who holds this key; null when it is unknown, revoked or expired. */
  findPrincipal(key: string): Promise<Principal | null>;
  /** All keys, revoked and expired ones too, oldest first. */
  list(): Promise<ApiKeyRow[]>;
  /** Revokes a key: at once in this process, within five seconds in others. Throws `NOT_FOUND`. */
  revoke(id: string): Promise<ApiKeyRow>;
}

/** How long a looked-up key is believed, ms. */
const REMEMBERED_MS = 5_000;
/** How exact `lastUsedAt` is, ms. */
const LAST_USED_MS = 60_000;
const MOST_REMEMBERED = 1_000;
const LONGEST_KEY = 512;

interface Remembered {
  readonly principal: Principal;
  readonly until: number;
}

/** The API keys stored in `db`. Only a key's SHA-256 is stored: a key has 256 random bits, so no salt is needed. */
export function createApiKeys(db: Database, now: () => Date): ApiKeys {
  const remembered = new Map<string, Remembered>();

  const lookUp = async (hash: string): Promise<Principal | null> => {
    const at = now();
    const row = await findUsableApiKey(db, hash, at);
    if (!row || !sameHash(row.hash, hash)) return null;
    const noted = new Date(at.getTime() - LAST_USED_MS);
    if (!row.lastUsedAt || row.lastUsedAt < noted) await markUsed(db, row.id, at, noted);
    const principal: Principal = {
      kind: 'key',
      id: row.id,
      name: row.name,
      role: row.role,
      userId: row.userId,
    };
    const expiry = row.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(hash, { principal, until: Math.min(at.getTime() + REMEMBERED_MS, expiry) });
    return principal;
  };

  return {
    create: async (request) => {
      const valid = checked(request, now());
      const userId = valid.userId ?? null;
      if (userId !== null && !(await mediaUserExists(db, userId)))
        throw new ShowrunnerError('BAD_INPUT', 'There is no such media-server user.', {
          field: 'userId',
          value: String(userId),
        });
      const key = newKey();
      const row = await insertApiKey(db, toRow(key, valid, now()));
      return { key, row };
    },
    findPrincipal: async (key) => {
      if (key === '' || key.length > LONGEST_KEY) return null;
      const hash = sha256(key);
      const known = remembered.get(hash);
      if (known && known.until > now().getTime()) return known.principal;
      remembered.delete(hash);
      return lookUp(hash);
    },
    list: () => selectApiKeys(db),
    revoke: async (id) => {
      const row = isUuid(id) ? await markRevoked(db, id, now()) : undefined;
      if (!row)
        throw new ShowrunnerError('NOT_FOUND', 'There is no such API key.', { field: 'id', value: id });
      remembered.clear();
      return row;
    },
  };
}

/**
 * Makes sure that somebody can administer: with `chosen` that key is an admin key; without, a key is made unless a
 * usable admin key exists. Returns the key made, to be shown once, or null.
 */
export async function ensureFirstAdminKey(
  db: Database,
  now: Date,
  chosen: string | null,
): Promise<string | null> {
  if (chosen !== null) {
    await upsertAdminKey(db, toRow(chosen, { name: 'SHOWRUNNER_ADMIN_KEY', role: 'ADMIN' }, now));
    return null;
  }
  const key = newKey();
  const isNew = await insertUnlessAdminKeyExists(
    db,
    toRow(key, { name: 'first admin', role: 'ADMIN' }, now),
    now,
  );
  return isNew ? key : null;
}

const PREFIX = 'sr_';

function newKey(): string {
  return `${PREFIX}${randomBytes(32).toString('base64url')}`;
}

function toRow(key: string, request: ApiKeyRequest, now: Date): NewApiKey {
  return {
    id: randomUUID(),
    name: request.name,
    role: request.role,
    userId: request.userId ?? null,
    // Of a key somebody chose, which may be a guessable one, nothing is kept readable.
    prefix: key.startsWith(PREFIX) ? key.slice(0, PREFIX.length + 4) : '',
    hash: sha256(key),
    createdAt: now,
    expiresAt: request.expiresAt ?? null,
  };
}

function checked(request: ApiKeyRequest, now: Date): ApiKeyRequest {
  const name = request.name.trim();
  if (name.length < 1 || name.length > 100)
    throw new ShowrunnerError('BAD_INPUT', 'The name of an API key has 1 to 100 characters.', {
      field: 'name',
    });
  if (request.expiresAt && request.expiresAt <= now)
    throw new ShowrunnerError('BAD_INPUT', 'The key would have expired already.', {
      field: 'expiresAt',
      value: request.expiresAt.toISOString(),
      remedy: 'Give a time in the future.',
    });
  return { ...request, name };
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
