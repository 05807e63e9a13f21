import { randomBytes, randomUUID } from 'node:crypto';
import type { KeyKind } from '../../../drizzle/tables/access.ts';
import type { ApiKeyRequest } from '../../../schema/key-ring.ts';
import { scopesOfRole } from '../../../schema/principal.ts';
import { ShowrunnerError } from '../../platform/errors.ts';
import { sha256 } from '../../platform/secrets.ts';
import type { NewApiKey } from './api-keys.repo.ts';

const PREFIX = 'sr_';

/** A new secret of 256 random bits. */
export function newKey(): string {
  return `${PREFIX}${randomBytes(32).toString('base64url')}`;
}

/** What is kept readable of a key: nothing of one that somebody chose, which may be a guessable one. */
export function prefixOf(key: string): string {
  return key.startsWith(PREFIX) ? key.slice(0, PREFIX.length + 4) : '';
}

/** A key as it is stored. */
export function toNewApiKey(
  key: string,
  request: ApiKeyRequest & { readonly kind?: KeyKind },
  now: Date,
): NewApiKey {
  return {
    id: randomUUID(),
    name: request.name,
    role: request.role,
    kind: request.kind ?? 'KEY',
    scopes: request.scopes ? [...request.scopes] : null,
    userId: request.userId ?? null,
    prefix: prefixOf(key),
    hash: sha256(key),
    createdAt: now,
    expiresAt: request.expiresAt ?? null,
  };
}

/**
 * The request with its name trimmed and each scope once.
 *
 * @throws ShowrunnerError `BAD_INPUT` for a bad name, scopes that the role does not have, or an expiry in the past
 */
export function checkedRequest(request: ApiKeyRequest, now: Date): ApiKeyRequest {
  const name = request.name.trim();
  if (name.length < 1 || name.length > 100 || name.includes('\u0000'))
    throw new ShowrunnerError('BAD_INPUT', 'The name of an API key has 1 to 100 characters.', {
      field: 'name',
    });
  if (request.expiresAt && request.expiresAt <= now)
    throw new ShowrunnerError('BAD_INPUT', 'The key would have expired already.', {
      field: 'expiresAt',
      value: request.expiresAt.toISOString(),
      remedy: 'Give a time in the future.',
    });
  return { ...request, name, scopes: request.scopes ? checkedScopes(request.scopes, request) : null };
}

function checkedScopes(
  scopes: NonNullable<ApiKeyRequest['scopes']>,
  { role }: Pick<ApiKeyRequest, 'role'>,
): NonNullable<ApiKeyRequest['scopes']> {
  const allowed = scopesOfRole(role);
  const beyond = scopes.find((scope) => !allowed.includes(scope));
  if (scopes.length > 0 && beyond === undefined) return [...new Set(scopes)];
  const message =
    beyond === undefined
      ? 'A key without any scope could do nothing.'
      : `No key of the role ${role} has the scope ${beyond}.`;
  throw new ShowrunnerError('BAD_INPUT', message, {
    field: 'scopes',
    ...(beyond !== undefined && { value: beyond }),
    remedy: `Give some of ${allowed.join(', ')}, or leave the scopes out for all of them.`,
  });
}
