import { z } from 'zod';
import { builder } from './builder.ts';
import { toConnection, valueFor } from './connection.ts';
import { cursor } from './cursor.ts';
import { OfUser } from './episode.ts';
import { integer, pageSize, parseInput } from './input.ts';
import { Series, SeriesFeedback, User } from './refs.ts';
import { parseDateTime } from './scalars.ts';
import { parsedBy } from './selection.ts';

const FEEDBACK = 'FEEDBACK';

const updatedAt = z.string().refine((value) => parseDateTime(value) !== null);
const PageArguments = z.object({
  first: pageSize(20),
  after: cursor(FEEDBACK, z.tuple([updatedAt, integer])),
});

builder.objectType(SeriesFeedback, {
  description: 'What a user said of a series, and how it acts on their picks.',
  fields: (t) => ({
    series: t.expose('series', { type: Series, description: 'The series it is about.' }),
    rating: t.exposeInt('rating', {
      nullable: true,
      description: '1 to 10: how much the series speaks for or against others like it; 5 for neither.',
    }),
    dismissedAt: t.expose('dismissedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'When the user called it not interesting: it is not picked, and speaks a little against its like.',
    }),
    snoozedUntil: t.expose('snoozedUntil', {
      type: 'DateTime',
      nullable: true,
      description:
        'Until when it is not picked; it says nothing of the taste. A time that is past has no effect.',
    }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When any of it last changed.' }),
  }),
});

const FeedbackConnection = builder.connectionObject(
  { type: SeriesFeedback, name: 'SeriesFeedbackConnection', description: 'A page of feedback.' },
  { name: 'SeriesFeedbackEdge', description: 'Feedback and its place in the list.' },
);

builder.objectField(Series, 'feedback', (t) =>
  t.field({
    type: SeriesFeedback,
    nullable: true,
    description:
      'What a user said of the series; null for nothing. A VIEWER may ask for their own user only.',
    args: { userId: t.arg.id({ required: true, description: 'Id of a User.' }) },
    extensions: parsedBy(OfUser),
    authScopes: (_series, args) => ({ ownUser: parseInput(OfUser, args).userId }),
    resolve: ({ feedback }, args) => valueFor(feedback, parseInput(OfUser, args)),
  }),
);

builder.objectField(User, 'feedback', (t) =>
  t.field({
    type: FeedbackConnection,
    description: 'What the user said of series, the latest first.',
    args: {
      first: t.arg.int({ defaultValue: 20, description: 'How many, 1 to 100.' }),
      after: t.arg.string({ description: '`endCursor` of the page before.' }),
    },
    extensions: parsedBy(PageArguments),
    resolve: ({ feedback }, args) => {
      const asked = parseInput(PageArguments, args);
      return toConnection(FEEDBACK, valueFor(feedback, asked), asked);
    },
  }),
);
