import { z } from 'zod';
import { SERIES_STATES } from '../drizzle/tables/watch.ts';
import { ShowrunnerError } from '../src/platform/errors.ts';
import { readObject } from '../src/platform/json-shapes.repo.ts';
import { EMPTY_SELECTION, selectionBelow } from '../src/platform/selection.ts';
import { listUsers, updateUser } from '../src/watch/user-reads.repo.ts';
import { builder } from './builder.ts';
import { toConnection, valueFor } from './connection.ts';
import { cursor } from './cursor.ts';
import { BadInputError, failing, NotFoundError } from './failures.ts';
import { globalId } from './global-id.ts';
import { integer, pageSize, parseInput, text } from './input.ts';
import { RecommendationSet, SeriesWatchState, User, VirtualLibrary } from './refs.ts';
import type * as rows from './rows.ts';
import { parseDateTime } from './scalars.ts';
import { parsedBy, selectionOf } from './selection.ts';
import { shapes } from './shapes.ts';
import { SeriesState } from './watch-state.ts';

const WATCH_STATES = 'WATCH_STATES';
const USERS = 'USERS';

const playedAt = z.string().refine((value) => parseDateTime(value) !== null);
const WatchStatesArguments = z.object({
  first: pageSize(20),
  after: cursor(WATCH_STATES, z.tuple([playedAt.nullable(), integer])),
  states: z
    .array(z.enum(SERIES_STATES))
    .nullish()
    .transform((states) => states ?? null),
});
const UsersArguments = z.object({
  first: pageSize(20),
  after: cursor(USERS, z.tuple([text(10_000), integer])),
});
const ById = z.object({ id: globalId('User') });

const SeriesWatchStateConnection = builder.connectionObject(
  { type: SeriesWatchState, name: 'SeriesWatchStateConnection', description: 'A page of series states.' },
  { name: 'SeriesWatchStateEdge', description: 'A series state and its place in the list.' },
);
const UserConnection = builder.connectionObject(
  { type: User, name: 'UserConnection', description: 'A page of users.' },
  { name: 'UserEdge', description: 'A user and their place in the list.' },
);

builder.node(User, {
  description: 'A user of the media server. A VIEWER sees the user their key is bound to, and no other.',
  id: { resolve: ({ id }) => id },
  authScopes: ({ id }) => ({ ownUser: id }),
  runScopesOnType: true,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name on the media server.' }),
    isAdmin: t.exposeBoolean('isAdmin', { description: 'Administrator of the media server.' }),
    isDisabled: t.exposeBoolean('isDisabled', { description: 'Locked out of the media server.' }),
    recommendationsEnabled: t.exposeBoolean('recommendationsEnabled', {
      description:
        "Whether Showrunner reads this user's history, picks for them and keeps a library for them.",
    }),
    explanationsEnabled: t.exposeBoolean('explanationsEnabled', {
      description: 'Whether picks carry an explanation.',
    }),
    historyShared: t.exposeBoolean('historyShared', {
      description: "Whether what the user watched may count in others' picks; see `setHistorySharing`.",
    }),
    historySyncedAt: t.expose('historySyncedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the watch history was last read completely.',
    }),
    removedAt: t.expose('removedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the user was found gone from the media server; null while they are there.',
    }),
    watchStates: t.field({
      type: SeriesWatchStateConnection,
      description: 'Where the user stands with the series they touched, the last played first.',
      args: {
        first: t.arg.int({ defaultValue: 20, description: 'How many, 1 to 100.' }),
        after: t.arg.string({ description: '`endCursor` of the page before.' }),
        states: t.arg({ type: [SeriesState], description: 'Only these states; empty or left out for all.' }),
      },
      extensions: parsedBy(WatchStatesArguments),
      resolve: ({ watchStates }, args) => {
        const asked = parseInput(WatchStatesArguments, args);
        return toConnection(WATCH_STATES, valueFor(watchStates, asked), asked);
      },
    }),
    recommendations: t.expose('recommendations', {
      type: RecommendationSet,
      nullable: true,
      description: 'The current picks; null before the first were generated.',
    }),
    library: t.expose('library', {
      type: VirtualLibrary,
      nullable: true,
      description: 'The virtual library that shows the picks; null before it was first written.',
    }),
  }),
});

builder.objectType(VirtualLibrary, {
  description: 'A library on the media server that Showrunner fills with the picks of one user.',
  fields: (t) => ({
    path: t.exposeString('path', { description: 'Its folder, as Showrunner sees it.' }),
    fileCount: t.exposeInt('fileCount', { description: 'Files in it.' }),
    syncedAt: t.expose('syncedAt', { type: 'DateTime', description: 'When it was last written.' }),
  }),
});

builder.queryFields((t) => ({
  user: t.field({
    type: User,
    nullable: true,
    description: 'The user with the id; null when there is none. A VIEWER may ask for their own only.',
    args: { id: t.arg.id({ required: true, description: 'Id of a User.' }) },
    authScopes: (_root, args) => ({ ownUser: parseInput(ById, args).id }),
    resolve: (_root, args, { db }, info) =>
      readObject<rows.User>(db, shapes, 'User', parseInput(ById, args).id, selectionOf(info)),
  }),
  users: t.field({
    type: UserConnection,
    description: 'The users that are on the media server, by name.',
    args: {
      first: t.arg.int({ defaultValue: 20, description: 'How many, 1 to 100.' }),
      after: t.arg.string({ description: '`endCursor` of the page before.' }),
    },
    authScopes: { role: 'OPERATOR' },
    resolve: async (_root, args, { db }, info) => {
      const asked = parseInput(UsersArguments, args);
      return toConnection(USERS, await listUsers<rows.User>(db, shapes, asked, selectionOf(info)), asked);
    },
  }),
}));

const UpdateUserArguments = z.object({
  input: z
    .object({
      userId: globalId('User'),
      recommendationsEnabled: z.boolean().nullish(),
      explanationsEnabled: z.boolean().nullish(),
    })
    .refine((input) => input.recommendationsEnabled != null || input.explanationsEnabled != null, {
      message: 'There is nothing to change.',
      params: { remedy: 'Give `recommendationsEnabled`, `explanationsEnabled` or both.' },
    }),
});

const UpdateUserInput = builder.inputType('UpdateUserInput', {
  description: 'Settings of a user; one that is left out stays as it is.',
  fields: (t) => ({
    userId: t.id({ required: true, description: 'Id of a User.' }),
    recommendationsEnabled: t.boolean({
      description: 'Whether to read their history, pick for them and keep a library for them.',
    }),
    explanationsEnabled: t.boolean({ description: 'Whether their picks carry an explanation.' }),
  }),
});

const UpdateUserSuccess = builder.objectRef<{ user: rows.User }>('UpdateUserSuccess').implement({
  description: 'The settings are changed.',
  fields: (t) => ({ user: t.expose('user', { type: User, description: 'The user as they are now.' }) }),
});

builder.mutationField('updateUser', (t) =>
  t.field({
    type: UpdateUserSuccess,
    description: 'Changes what Showrunner does for a user.',
    args: { input: t.arg({ type: UpdateUserInput, required: true, description: 'User and settings.' }) },
    authScopes: { role: 'ADMIN' },
    errors: { types: [BadInputError, NotFoundError] },
    resolve: (_root, args, { db }, info) =>
      failing(async () => {
        const { input } = parseInput(UpdateUserArguments, args);
        const selection = selectionBelow(selectionOf(info, 'UpdateUserSuccess'), 'user') ?? EMPTY_SELECTION;
        const user = await updateUser<rows.User>(db, shapes, input, selection);
        if (user) return { user };
        throw new ShowrunnerError('NOT_FOUND', 'There is no such user.', {
          field: 'input.userId',
          remedy: 'Pass the id of one of `users`.',
        });
      }),
  }),
);
