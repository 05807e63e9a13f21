import { z } from 'zod';
import { restrictLibraryAccess } from '../src/library-writer/restrict-library-access.ts';
import { readObject } from '../src/platform/json-shapes.repo.ts';
import { EMPTY_SELECTION, selectionBelow } from '../src/platform/selection.ts';
import { builder } from './builder.ts';
import { BadInputError, failing, MediaServerError, NotFoundError } from './failures.ts';
import { globalId } from './global-id.ts';
import { parseInput } from './input.ts';
import { withMediaServer } from './media-server-call.ts';
import { User } from './refs.ts';
import type * as rows from './rows.ts';
import { selectionOf } from './selection.ts';
import { shapes } from './shapes.ts';

builder.objectField(User, 'seesOthersPicks', (t) =>
  t.exposeBoolean('seesOthersPicks', {
    description:
      'Whether the user can open a library with the picks of others at the media server, as of the last user sync. ' +
      '`restrictLibraryAccess` closes those.',
  }),
);

const Arguments = z.object({ input: z.object({ userId: globalId('User') }) });

const RestrictLibraryAccessInput = builder.inputType('RestrictLibraryAccessInput', {
  description: 'Whose access to restrict.',
  fields: (t) => ({ userId: t.id({ required: true, description: 'Id of a User.' }) }),
});

const RestrictLibraryAccessSuccess = builder
  .objectRef<{ user: rows.User; open: readonly string[]; closed: readonly string[] }>(
    'RestrictLibraryAccessSuccess',
  )
  .implement({
    description: 'The user can open no library with the picks of others.',
    fields: (t) => ({
      user: t.expose('user', { type: User, description: 'The user as they are now.' }),
      openLibraries: t.expose('open', {
        type: ['String'],
        description: 'Names of the libraries that the user can open.',
      }),
      closedLibraries: t.expose('closed', {
        type: ['String'],
        description: 'Names of the libraries that were open before and are closed now; empty when none was.',
      }),
    }),
  });

builder.mutationField('restrictLibraryAccess', (t) =>
  t.field({
    type: RestrictLibraryAccessSuccess,
    description:
      "Closes the libraries with others' picks to a user of the media server and leaves all other rights as they are. " +
      'A user with access to all libraries gets the list of those they could open instead, which libraries made later ' +
      'at the media server do not join by themselves.',
    args: { input: t.arg({ type: RestrictLibraryAccessInput, required: true, description: 'Which user.' }) },
    authScopes: { role: 'ADMIN' },
    errors: { types: [BadInputError, NotFoundError, MediaServerError] },
    resolve: (_root, args, context, info) =>
      failing(async () => {
        const { userId } = parseInput(Arguments, args).input;
        const access = await withMediaServer(context, (server) => restrictLibraryAccess(server, { userId }));
        const below = selectionBelow(selectionOf(info, 'RestrictLibraryAccessSuccess'), 'user');
        const user = await readObject<rows.User>(
          context.db,
          shapes,
          'User',
          userId,
          below ?? EMPTY_SELECTION,
        );
        if (user) return { user, ...access };
        throw new TypeError('The user went away while their access was restricted.');
      }),
  }),
);
