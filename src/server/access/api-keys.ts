import { isUuid } from '../../../schema/job-ids.ts';
import type { ApiKeyRow, KeyRing } from '../../../schema/key-ring.ts';
import { type Principal, scopesOfRole } from '../../../schema/principal.ts';
import type { Database } from '../../platform/database.ts';
import { ShowrunnerError } from '../../platform/errors.ts';
import { sameHash, sha256 } from '../../platform/secrets.ts';
import {
  type FoundKey,
  findUsableApiKey,
  insertApiKey,
  insertUnlessAdminKeyExists,
  markRevoked,
  markUsed,
  mediaUserExists,
  replaceSecret,
  selectApiKey,
  selectApiKeys,
  upsertAdminKey,
} from './api-keys.repo.ts';
import { checkedRequest, newKey, prefixOf, toNewApiKey } from './new-key.ts';

/** The API keys of this installation, with what was looked up lately remembered. */
export interface ApiKeys extends KeyRing {
  /** Who holds this key; null when it is unknown, revoked or expired, or its user is locked out. */
  findPrincipal(key: string): Promise<Principal | null>;
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
    const principal = toPrincipal(row);
    const end = principal.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(hash, { principal, until: Math.min(at.getTime() + REMEMBERED_MS, end) });
    return principal;
  };

  const get = async (id: string): Promise<ApiKeyRow> => {
    const row = isUuid(id) ? await selectApiKey(db, id) : undefined;
    if (row) return row;
    throw new ShowrunnerError('NOT_FOUND', 'There is no such API key.', { field: 'id', value: id });
  };

  return {
    create: async (request) => {
      const valid = checkedRequest(request, now());
      const userId = valid.userId ?? null;
      if (userId !== null && !(await mediaUserExists(db, userId)))
        throw new ShowrunnerError('BAD_INPUT', 'There is no such media-server user.', {
          field: 'userId',
          value: String(userId),
        });
      const key = newKey();
      const row = await insertApiKey(db, toNewApiKey(key, valid, now()));
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
    get,
    rotate: async (id, graceMs) => {
      const at = now();
      const before = await get(id);
      if (before.prefix === '') throw chosenElsewhere();
      const key = newKey();
      const secret = {
        hash: sha256(key),
        prefix: prefixOf(key),
        previousValidUntil: graceMs > 0 ? new Date(at.getTime() + graceMs) : null,
      };
      const row = await replaceSecret(db, id, secret, at);
      if (!row) throw notRotatable(before);
      remembered.clear();
      return { key, row };
    },
    revoke: async (id) => {
      const { id: known } = await get(id);
      const row = await markRevoked(db, known, now());
      if (!row) throw new TypeError('A key went away while it was revoked.');
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
    await upsertAdminKey(db, toNewApiKey(chosen, { name: 'SHOWRUNNER_ADMIN_KEY', role: 'ADMIN' }, now));
    return null;
  }
  const key = newKey();
  const isNew = await insertUnlessAdminKeyExists(
    db,
    toNewApiKey(key, { name: 'first admin', role: 'ADMIN' }, now),
    now,
  );
  return isNew ? key : null;
}

/** Who holds a key, and until when the secret by which it was found is taken. */
function toPrincipal(row: FoundKey): Principal {
  const ends = [row.expiresAt, row.isPrevious ? row.previousValidUntil : null].filter((end) => end !== null);
  return {
    kind: row.kind === 'SESSION' ? 'session' : 'key',
    id: row.id,
    name: row.name,
    role: row.role,
    scopes: row.scopes ?? scopesOfRole(row.role),
    userId: row.userId,
    expiresAt: ends.sort((one, other) => one.getTime() - other.getTime())[0] ?? null,
  };
}

function chosenElsewhere(): ShowrunnerError {
  return new ShowrunnerError('CONFLICT', 'This key was chosen with SHOWRUNNER_ADMIN_KEY.', {
    field: 'id',
    remedy: 'Set SHOWRUNNER_ADMIN_KEY to another key, start again, and revoke this one.',
  });
}

function notRotatable({ kind }: ApiKeyRow): ShowrunnerError {
  return kind === 'SESSION'
    ? new ShowrunnerError('CONFLICT', 'A session has no secret to be replaced.', {
        field: 'id',
        remedy: 'Sign in again.',
      })
    : new ShowrunnerError('CONFLICT', 'The key has expired or was revoked.', {
        field: 'id',
        remedy: 'Make a new key.',
      });
}
