import { builder } from './builder.ts';
import type { ApiContext } from './context.ts';
import { encodeGlobalId } from './global-id.ts';
import type { ApiKeyRow } from './key-ring.ts';
import { KeyScope, Role } from './me.ts';
import { scopesOfRole } from './principal.ts';

const ApiKeyState = builder.enumType('ApiKeyState', {
  description: 'Whether a key can be used.',
  values: {
    ACTIVE: { description: 'It can, unless the user it stands for is locked out of the media server.' },
    EXPIRED: { description: 'Its time is over.' },
    REVOKED: { description: 'Somebody made it useless.' },
  },
});

/** An API key as administrators see it. */
export const ApiKey = builder.objectRef<ApiKeyRow>('ApiKey').implement({
  description: 'An API key, or the session of somebody who signed in; the secret itself is stored nowhere.',
  authScopes: { role: 'ADMIN' },
  fields: (t) => ({
    id: t.id({
      description: 'Unique over all types; opaque.',
      resolve: ({ id }) => encodeGlobalId('ApiKey', id),
    }),
    name: t.exposeString('name', { description: 'What it is for.' }),
    role: t.expose('role', { type: Role, description: 'What it may do.' }),
    scopes: t.field({
      type: [KeyScope],
      description: 'What it may be used for within the role.',
      resolve: ({ role, scopes }) => [...(scopes ?? scopesOfRole(role))],
    }),
    userId: t.id({
      nullable: true,
      description: 'Id of the User it stands for; null for a key that stands for nobody.',
      resolve: ({ userId }) => (userId === null ? null : encodeGlobalId('User', userId)),
    }),
    prefix: t.exposeString('prefix', {
      description: 'First characters of the key, to recognise it by; empty for a key that somebody chose.',
    }),
    state: t.field({
      type: ApiKeyState,
      description: 'Whether it can be used.',
      resolve: (row, _args, { now }) => stateOf(row, now()),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ends; null for never.',
    }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, to the minute; null before the first time.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked; null while it was not.',
    }),
    rotatedAt: t.expose('rotatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it last got a new secret; null while it has its first.',
    }),
    previousValidUntil: t.expose('previousValidUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when the secret before that is taken, or was; null when it ended at once.',
    }),
  }),
});

function stateOf({ revokedAt, expiresAt }: ApiKeyRow, now: ReturnType<ApiContext['now']>) {
  if (revokedAt) return 'REVOKED';
  return expiresAt && expiresAt <= now ? 'EXPIRED' : 'ACTIVE';
}
