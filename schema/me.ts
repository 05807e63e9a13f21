import type { Scope } from '../drizzle/tables/access.ts';
import { readObject } from '../src/platform/json-shapes.repo.ts';
import { builder } from './builder.ts';
import { ANY_SCOPE } from './key-scopes.ts';
import type { Principal } from './principal.ts';
import { User } from './refs.ts';
import type * as rows from './rows.ts';
import { selectionOf } from './selection.ts';
import { shapes } from './shapes.ts';

export const Role = builder.enumType('Role', {
  description: 'Role of an API key; each includes those before it.',
  values: {
    VIEWER: {
      description: 'Reads the catalog, and the history and picks of the one user the key is bound to.',
    },
    OPERATOR: { description: 'Also reads all users, and runs jobs.' },
    ADMIN: { description: 'Also changes settings.' },
  },
});

export const KeyScope = builder.enumType('KeyScope', {
  description:
    'What an API key may be used for within its role. A key without scopes of its own has all of them.',
  values: {
    READ: { description: 'Queries and subscriptions.' },
    FEEDBACK: {
      description: 'What a user says of series and of their own history, for roles from VIEWER on.',
    },
    JOBS: { description: 'Running and cancelling jobs and workflows, for roles from OPERATOR on.' },
    SETTINGS: { description: 'All other changes, API keys among them, for ADMIN.' },
  } satisfies Record<Scope, { description: string }>,
});

const Caller = builder.objectRef<Principal>('Caller').implement({
  description: 'Who calls: the API key of this request.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the key.' }),
    role: t.expose('role', { type: Role, description: 'What the key may do.' }),
    scopes: t.field({
      type: [KeyScope],
      description: 'What the key may be used for within its role.',
      resolve: ({ scopes }) => [...scopes],
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the key, or the secret that came with the request, ends; null for never.',
    }),
    user: t.field({
      type: User,
      nullable: true,
      description: 'The media-server user the key is bound to; null for a key bound to nobody.',
      resolve: ({ userId }, _args, { db }, info) =>
        userId === null ? null : readObject<rows.User>(db, shapes, 'User', userId, selectionOf(info)),
    }),
  }),
});

builder.queryField('me', (t) =>
  t.field({
    type: Caller,
    description: 'The caller. Every valid key may ask, whatever its scopes.',
    ...ANY_SCOPE,
    resolve: (_root, _args, { principal }) => {
      if (!principal) throw new TypeError('The scopes let nobody in without a key.');
      return principal;
    },
  }),
);
