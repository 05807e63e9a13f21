import { z } from 'zod';
import { type LibraryRow, listLibraries, setLibraryEnabled } from '../src/catalog/library-reads.repo.ts';
import { ShowrunnerError } from '../src/platform/errors.ts';
import { EMPTY_SELECTION, selectionBelow } from '../src/platform/selection.ts';
import { builder } from './builder.ts';
import { BadInputError, failing, NotFoundError } from './failures.ts';
import { globalId } from './global-id.ts';
import { parseInput } from './input.ts';
import { Library } from './refs.ts';
import { selectionOf } from './selection.ts';
import { shapes } from './shapes.ts';

builder.node(Library, {
  description: 'A library of the media server.',
  id: { resolve: ({ id }) => id },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name on the media server.' }),
    collectionType: t.exposeString('collectionType', {
      nullable: true,
      description:
        'What it holds, in the words of the media server: `tvshows`, `movies`; null for a mixed one.',
    }),
    enabled: t.exposeBoolean('enabled', { description: 'Whether Showrunner syncs it.' }),
    isVirtual: t.exposeBoolean('isVirtual', { description: 'Written by Showrunner, and so never synced.' }),
    lastCompleteSyncAt: t.expose('lastCompleteSyncAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last read from beginning to end.',
    }),
    removedAt: t.expose('removedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was found gone from the media server; null while it is there.',
    }),
    seriesCount: t.exposeInt('seriesCount', { description: 'Series that have a copy in it.' }),
  }),
});

builder.queryField('libraries', (t) =>
  t.field({
    type: [Library],
    description: 'The libraries that are on the media server, by name.',
    resolve: (_root, _args, { db }, info) => listLibraries<LibraryRow>(db, shapes, selectionOf(info)),
  }),
);

const Arguments = z.object({ input: z.object({ libraryId: globalId('Library'), enabled: z.boolean() }) });

const SetLibraryEnabledInput = builder.inputType('SetLibraryEnabledInput', {
  description: 'Whether to sync a library.',
  fields: (t) => ({
    libraryId: t.id({ required: true, description: 'Id of a Library that is not virtual.' }),
    enabled: t.boolean({ required: true, description: 'Whether to sync it.' }),
  }),
});

const SetLibraryEnabledSuccess = builder
  .objectRef<{ library: LibraryRow }>('SetLibraryEnabledSuccess')
  .implement({
    description: 'The library is set.',
    fields: (t) => ({
      library: t.expose('library', { type: Library, description: 'The library as it is now.' }),
    }),
  });

builder.mutationField('setLibraryEnabled', (t) =>
  t.field({
    type: SetLibraryEnabledSuccess,
    description:
      'Sets whether Showrunner syncs a library. Series of a disabled one are not recommended from then on and count as removed with the next sync; nothing is deleted, and enabling it brings all back.',
    args: {
      input: t.arg({ type: SetLibraryEnabledInput, required: true, description: 'Library and setting.' }),
    },
    authScopes: { role: 'ADMIN' },
    errors: { types: [BadInputError, NotFoundError] },
    resolve: (_root, args, { db }, info) =>
      failing(async () => {
        const { input } = parseInput(Arguments, args);
        const selection = selectionBelow(selectionOf(info, 'SetLibraryEnabledSuccess'), 'library');
        const library = await setLibraryEnabled<LibraryRow>(db, shapes, input, selection ?? EMPTY_SELECTION);
        if (library) return { library };
        throw new ShowrunnerError('NOT_FOUND', 'There is no such library of the media server.', {
          field: 'input.libraryId',
          remedy: 'Pass the id of one of `libraries` that is not virtual.',
        });
      }),
  }),
);
