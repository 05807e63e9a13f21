import { readObject } from '../src/platform/json-shapes.repo.ts';
import { builder } from './builder.ts';
import type { Principal } from './principal.ts';
import { User } from './refs.ts';
import type * as rows from './rows.ts';
import { selectionOf } from './selection.ts';
import { shapes } from './shapes.ts';

const Role = builder.enumType('Role', {
  description: 'Role of an API key; each includes those before it.',
  values: {
    VIEWER: {
      description: 'Reads the catalog, and the history and picks of the one user the key is bound to.',
    },
    OPERATOR: { description: 'Also reads all users, and runs jobs.' },
    ADMIN: { description: 'Also changes settings.' },
  },
});

const Caller = builder.objectRef<Principal>('Caller').implement({
  description: 'Who calls: the API key of this request.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the key.' }),
    role: t.expose('role', { type: Role, description: 'What the key may do.' }),
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
    description: 'The caller.',
    resolve: (_root, _args, { principal }) => {
      if (!principal) throw new TypeError('The scopes let nobody in without a key.');
      return principal;
    },
  }),
);
