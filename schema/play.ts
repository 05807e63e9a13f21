import { z } from 'zod';
import { builder } from './builder.ts';
import { toConnection, valueFor } from './connection.ts';
import { cursor } from './cursor.ts';
import { integer, pageSize, parseInput } from './input.ts';
import { Episode, Play, User } from './refs.ts';
import { parseDateTime } from './scalars.ts';
import { parsedBy } from './selection.ts';

const PLAYS = 'PLAYS';

const playedAt = z.string().refine((value) => parseDateTime(value) !== null);
const PlaysArguments = z.object({
  first: pageSize(20),
  after: cursor(PLAYS, z.tuple([playedAt.nullable(), integer])),
});

const PlaySource = builder.enumType('PlaySource', {
  description: 'How Showrunner learned of a play.',
  values: {
    LIBRARY: { description: 'A library of the media server reported it.' },
    VIRTUAL_LIBRARY: { description: 'The library with the picks reported it.' },
    WEBHOOK: { description: 'The media server told of it by a webhook.' },
  },
});

builder.objectType(Play, {
  description:
    'One play of an episode. It stays when the episode is marked unwatched, played again or removed.',
  fields: (t) => ({
    episode: t.expose('episode', { type: Episode, description: 'What was played.' }),
    playedAt: t.expose('playedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When, by the media server; null where it knows no date.',
    }),
    percentage: t.exposeFloat('percentage', { description: 'How far it went, 0..1.' }),
    positionMs: t.exposeInt('positionMs', {
      description: 'Where it stopped, in milliseconds from the start; 0 when it went to the end.',
    }),
    source: t.expose('source', { type: PlaySource, description: 'How Showrunner learned of it.' }),
  }),
});

const PlayConnection = builder.connectionObject(
  { type: Play, name: 'PlayConnection', description: 'A page of plays.' },
  { name: 'PlayEdge', description: 'A play and its place in the list.' },
);

builder.objectField(User, 'plays', (t) =>
  t.field({
    type: PlayConnection,
    description:
      'Every play of the user ever seen, the last one first; those of unknown date come at the end.',
    args: {
      first: t.arg.int({ defaultValue: 20, description: 'How many, 1 to 100.' }),
      after: t.arg.string({ description: '`endCursor` of the page before.' }),
    },
    extensions: parsedBy(PlaysArguments),
    resolve: ({ plays }, args) => {
      const asked = parseInput(PlaysArguments, args);
      return toConnection(PLAYS, valueFor(plays, asked), asked);
    },
  }),
);
