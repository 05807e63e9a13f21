import type { GraphQLResolveInfo } from 'graphql';
import { z } from 'zod';
import { ShowrunnerError } from '../src/platform/errors.ts';
import { readObject } from '../src/platform/json-shapes.repo.ts';
import { EMPTY_SELECTION, selectionBelow } from '../src/platform/selection.ts';
import { type GivenFeedback, giveFeedback } from '../src/taste/give-feedback.ts';
import { updateUser } from '../src/watch/user-reads.repo.ts';
import { builder } from './builder.ts';
import type { ApiContext } from './context.ts';
import { BadInputError, failing, NotFoundError } from './failures.ts';
import { globalId } from './global-id.ts';
import { parseInput } from './input.ts';
import { Series, User } from './refs.ts';
import { askForNewPicks } from './rerank.ts';
import type * as rows from './rows.ts';
import { selectionOf } from './selection.ts';
import { shapes } from './shapes.ts';

const FAILURES = { types: [BadInputError, NotFoundError] };
const WHOSE = z.object({ userId: globalId('User').nullish() });
const About = WHOSE.extend({ seriesId: globalId('Series') });

const FeedbackTaken = builder
  .objectRef<{ series: rows.Series; newPicksAsked: boolean }>('FeedbackTaken')
  .implement({
    description: 'What was said is stored. Said again it changes nothing.',
    fields: (t) => ({
      series: t.expose('series', { type: Series, description: 'The series it is about.' }),
      newPicksAsked: t.exposeBoolean('newPicksAsked', {
        description:
          'Whether new picks of the user are being made. False where nothing changed, and where the next regular run takes it up.',
      }),
    }),
  });

const HistorySharingSet = builder.objectRef<{ user: rows.User }>('HistorySharingSet').implement({
  description: 'The setting is stored; it acts with the next run of the recommendations.',
  fields: (t) => ({ user: t.expose('user', { type: User, description: 'The user as they are now.' }) }),
});

builder.mutationFields((t) => {
  const about = {
    userId: t.arg.id({ description: 'Id of a User; the user of the key when left out.' }),
    seriesId: t.arg.id({ required: true, description: 'Id of a Series.' }),
  };
  return {
    rateSeries: t.field({
      type: FeedbackTaken,
      description:
        'Rates a series. The rating replaces what was guessed from the history. A VIEWER rates for their own user only, as with all feedback.',
      args: {
        ...about,
        rating: t.arg.int({ description: '1 to 10; null or left out takes the rating back.' }),
      },
      authScopes: ownUser,
      errors: FAILURES,
      resolve: (_root, args, context, info) =>
        take(context, info, args, { kind: 'RATING', rating: args.rating ?? null }),
    }),
    dismissSeries: t.field({
      type: FeedbackTaken,
      description: 'Says that a series is not interesting: it is not picked any more.',
      args: about,
      authScopes: ownUser,
      errors: FAILURES,
      resolve: (_root, args, context, info) =>
        take(context, info, args, { kind: 'DISMISSED', isDismissed: true }),
    }),
    undismissSeries: t.field({
      type: FeedbackTaken,
      description: 'Takes `dismissSeries` back.',
      args: about,
      authScopes: ownUser,
      errors: FAILURES,
      resolve: (_root, args, context, info) =>
        take(context, info, args, { kind: 'DISMISSED', isDismissed: false }),
    }),
    snoozeSeries: t.field({
      type: FeedbackTaken,
      description: 'Leaves a series out of the picks until a time.',
      args: {
        ...about,
        until: t.arg({
          type: 'DateTime',
          required: true,
          description: 'Until when, within the next ten years.',
        }),
      },
      authScopes: ownUser,
      errors: FAILURES,
      resolve: (_root, args, context, info) =>
        take(context, info, args, { kind: 'SNOOZED', until: args.until }),
    }),
    unsnoozeSeries: t.field({
      type: FeedbackTaken,
      description: 'Takes `snoozeSeries` back.',
      args: about,
      authScopes: ownUser,
      errors: FAILURES,
      resolve: (_root, args, context, info) => take(context, info, args, { kind: 'SNOOZED', until: null }),
    }),
    setHistorySharing: t.field({
      type: HistorySharingSet,
      description:
        "Says whether what a user watched may count in others' picks. Their own picks stay as they are.",
      args: {
        userId: about.userId,
        shared: t.arg.boolean({ required: true, description: 'Whether it may.' }),
      },
      authScopes: ownUser,
      errors: FAILURES,
      resolve: (_root, args, context, info) =>
        failing(async () => {
          const userId = userOf(context, parseInput(WHOSE, args).userId);
          const below = selectionBelow(selectionOf(info, 'HistorySharingSet'), 'user') ?? EMPTY_SELECTION;
          const settings = { userId, historyShared: args.shared };
          const user = await updateUser<rows.User>(context.db, shapes, settings, below);
          if (user) return { user };
          throw new ShowrunnerError('NOT_FOUND', 'There is no such user.', {
            field: 'userId',
            remedy: 'Pass the id of a User as a query returned it.',
          });
        }),
    }),
  };
});

function ownUser(_root: unknown, args: { userId?: string | null | undefined }) {
  const { userId } = parseInput(WHOSE, args);
  return userId == null ? ({ role: 'VIEWER' } as const) : { ownUser: userId };
}

/** The user named, or else the one the key is bound to. */
function userOf({ principal }: ApiContext, userId: number | null | undefined): number {
  const found = userId ?? principal?.userId;
  if (found != null) return found;
  throw new ShowrunnerError('BAD_INPUT', 'This key is bound to no user: name one.', {
    field: 'userId',
    remedy: 'Pass the id of a User as `userId`.',
  });
}

function take(
  context: ApiContext,
  info: GraphQLResolveInfo,
  args: { userId?: string | null | undefined; seriesId: string },
  given: GivenFeedback,
) {
  return failing(async () => {
    const parsed = parseInput(About, args);
    const about = { userId: userOf(context, parsed.userId), titleId: parsed.seriesId };
    const isNew = await giveFeedback(context, about, given);
    const newPicksAsked = isNew && (await askForNewPicks(context, about.userId));
    const below = selectionBelow(selectionOf(info, 'FeedbackTaken'), 'series') ?? EMPTY_SELECTION;
    const series = await readObject<rows.Series>(context.db, shapes, 'Series', about.titleId, below);
    if (series) return { series, newPicksAsked };
    throw new TypeError('The series went away while it was spoken of.');
  });
}
