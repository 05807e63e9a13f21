import { ROLES } from '../../drizzle/tables/access.ts';
import { readConfig } from '../platform/config.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { createLifecycle } from '../platform/lifecycle.ts';
import { createLogger } from '../platform/log.ts';
import { type ApiKeys, createApiKeys } from '../server/access/api-keys.ts';
import { openStores } from '../server/start-showrunner.ts';
import { findUserByName } from '../watch/users.repo.ts';

/** Lists, makes or revokes API keys, straight in the database. */
export async function keys(
  [action, subject]: readonly string[],
  options: { role: string; user?: string | undefined },
): Promise<void> {
  const config = readConfig();
  const lifecycle = createLifecycle(createLogger(config.logLevel));
  try {
    const { db } = await openStores(config, lifecycle);
    const apiKeys = createApiKeys(db, () => new Date());
    if (action === 'list') return await list(apiKeys);
    if (action === 'create' && subject) {
      const role = ROLES.find((name) => name === options.role.toUpperCase());
      if (!role) throw badInput('role', options.role, `Roles: ${ROLES.join(', ')}.`);
      const user = options.user === undefined ? undefined : await findUserByName(db, options.user);
      if (options.user !== undefined && !user)
        throw badInput('user', options.user, 'Name a user that was synced from the media server.');
      const { key } = await apiKeys.create({ name: subject, role, userId: user?.id ?? null });
      console.log(key);
      return;
    }
    if (action === 'revoke' && subject) {
      const row = await apiKeys.revoke(subject);
      console.log(`Revoked ${row.name}.`);
      return;
    }
    throw badInput(
      'keys',
      [action, subject].join(' ').trim(),
      'Use keys list, keys create NAME or keys revoke ID.',
    );
  } finally {
    await lifecycle.stop();
  }
}

async function list(apiKeys: ApiKeys): Promise<void> {
  for (const { id, name, role, prefix, lastUsedAt, revokedAt } of await apiKeys.list()) {
    const used = lastUsedAt ? `last used ${lastUsedAt.toISOString()}` : 'never used';
    console.log([id, role.padEnd(8), `${prefix}…`.padEnd(9), revokedAt ? 'revoked' : used, name].join('  '));
  }
}

function badInput(field: string, value: string, remedy: string): ShowrunnerError {
  return new ShowrunnerError('BAD_INPUT', `"${value}" cannot be used for ${field}.`, {
    field,
    value,
    remedy,
  });
}
