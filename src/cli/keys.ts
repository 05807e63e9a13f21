import { ROLES, SCOPES, type Scope } from '../../drizzle/tables/access.ts';
import type { ApiKeyRow } from '../../schema/key-ring.ts';
import { readConfig } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { createLifecycle } from '../platform/lifecycle.ts';
import { createLogger } from '../platform/log.ts';
import { type ApiKeys, createApiKeys } from '../server/access/api-keys.ts';
import { openStores } from '../server/start-showrunner.ts';
import { findUserByName } from '../watch/users.repo.ts';

/** What the command line says of a key; texts as they were given. */
export interface KeyOptions {
  readonly role: string;
  readonly user?: string | undefined;
  /** Names with commas between them. */
  readonly scopes?: string | undefined;
  /** Days until the key expires. */
  readonly expires?: string | undefined;
  /** Minutes for which the secret before is taken after a rotation. */
  readonly grace?: string | undefined;
}

const USAGE = 'Use keys list, keys create NAME, keys rotate ID or keys revoke ID.';
const [MINUTE_MS, DAY_MS] = [60_000, 86_400_000];

/** Lists, makes, rotates or revokes API keys, straight in the database. */
export async function keys([action = '', subject]: readonly string[], options: KeyOptions): Promise<void> {
  const now = () => new Date();
  const config = readConfig();
  const lifecycle = createLifecycle(createLogger(config.logLevel));
  try {
    const { db } = await openStores(config, lifecycle);
    const apiKeys = createApiKeys(db, now);
    if (action === 'list') return await list(apiKeys, now());
    if (!subject) throw badInput('keys', action, USAGE);
    if (action === 'create') return await create(db, apiKeys, subject, options, now());
    if (action === 'rotate') {
      const { key } = await apiKeys.rotate(subject, wholeNumber('grace', options.grace ?? '60') * MINUTE_MS);
      console.log(key);
      return;
    }
    if (action === 'revoke') {
      const row = await apiKeys.revoke(subject);
      console.log(`Revoked ${row.name}.`);
      return;
    }
    throw badInput('keys', `${action} ${subject}`, USAGE);
  } finally {
    await lifecycle.stop();
  }
}

async function create(
  db: Database,
  apiKeys: ApiKeys,
  name: string,
  options: KeyOptions,
  now: Date,
): Promise<void> {
  const role = ROLES.find((each) => each === options.role.toUpperCase());
  if (!role) throw badInput('role', options.role, `Roles: ${ROLES.join(', ')}.`);
  const user = options.user === undefined ? undefined : await findUserByName(db, options.user);
  if (options.user !== undefined && !user)
    throw badInput('user', options.user, 'Name a user that was synced from the media server.');
  const days = options.expires === undefined ? undefined : wholeNumber('expires', options.expires);
  const { key } = await apiKeys.create({
    name,
    role,
    scopes: options.scopes === undefined ? null : options.scopes.split(',').map(scopeNamed),
    userId: user?.id ?? null,
    expiresAt: days === undefined ? null : new Date(now.getTime() + days * DAY_MS),
  });
  console.log(key);
}

async function list(apiKeys: ApiKeys, now: Date): Promise<void> {
  for (const row of await apiKeys.list()) {
    const { id, name, role, scopes, prefix } = row;
    const limits = scopes ? ` (only ${scopes.join(', ')})` : '';
    console.log([id, role.padEnd(8), `${prefix}…`.padEnd(9), stateOf(row, now), name + limits].join('  '));
  }
}

function stateOf({ kind, revokedAt, expiresAt, lastUsedAt }: ApiKeyRow, now: Date): string {
  if (revokedAt) return 'revoked';
  if (expiresAt && expiresAt <= now) return `expired ${expiresAt.toISOString()}`;
  const used = lastUsedAt ? `last used ${lastUsedAt.toISOString()}` : 'never used';
  const end = expiresAt ? `, expires ${expiresAt.toISOString()}` : '';
  return `${kind === 'SESSION' ? 'session, ' : ''}${used}${end}`;
}

function scopeNamed(text: string): Scope {
  const scope = SCOPES.find((each) => each === text.trim().toUpperCase());
  if (scope) return scope;
  throw badInput('scopes', text, `Scopes: ${SCOPES.join(', ')}.`);
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw badInput(option, text, 'Give a whole number from 0 to 99999.');
}

function badInput(field: string, value: string, remedy: string): ShowrunnerError {
  return new ShowrunnerError('BAD_INPUT', `"${value}" cannot be used for ${field}.`, {
    field,
    value,
    remedy,
  });
}
