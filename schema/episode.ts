import { z } from 'zod';
import { builder } from './builder.ts';
import { valueFor } from './connection.ts';
import { globalId } from './global-id.ts';
import { parseInput } from './input.ts';
import { Episode, PlayState, Season, Series } from './refs.ts';
import { parsedBy } from './selection.ts';

/** Arguments of the fields that show what one user did. */
export const OfUser = z.object({ userId: globalId('User') });

builder.objectType(Season, {
  description: 'A season of a series as it is on the media server.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'Counts from 1; 0 holds the specials.' }),
    name: t.exposeString('name', { nullable: true, description: 'Name of the season, where it has one.' }),
    overview: t.exposeString('overview', { nullable: true, description: 'What the season is about.' }),
    premiereDate: t.expose('premiereDate', {
      type: 'Date',
      nullable: true,
      description: 'Day of its first episode.',
    }),
    episodeCount: t.exposeInt('episodeCount', {
      description: 'Episodes of the season that are on the server.',
    }),
    episodes: t.expose('episodes', { type: [Episode], description: 'All of them, by number.' }),
  }),
});

builder.node(Episode, {
  description: 'An episode of a series. It keeps its id when the media server is scanned anew.',
  id: { resolve: ({ id }) => id },
  fields: (t) => ({
    seasonNumber: t.exposeInt('seasonNumber', { description: '0 for a special.' }),
    number: t.exposeInt('number', { nullable: true, description: 'Null for an extra without a number.' }),
    name: t.exposeString('name', { nullable: true, description: 'Name of the episode.' }),
    overview: t.exposeString('overview', { nullable: true, description: 'What the episode is about.' }),
    airDate: t.expose('airDate', { type: 'Date', nullable: true, description: 'When it was first shown.' }),
    runtimeMs: t.exposeInt('runtimeMs', { nullable: true, description: 'Length in milliseconds.' }),
    series: t.expose('series', { type: Series, description: 'The series it belongs to.' }),
    playState: t.field({
      type: PlayState,
      nullable: true,
      description:
        'What a user did with the episode; null for nothing. A VIEWER may ask for their own user only.',
      args: { userId: t.arg.id({ required: true, description: 'Id of a User.' }) },
      extensions: parsedBy(OfUser),
      authScopes: (_episode, args) => ({ ownUser: parseInput(OfUser, args).userId }),
      resolve: ({ playState }, args) => valueFor(playState, parseInput(OfUser, args)),
    }),
  }),
});

builder.objectType(PlayState, {
  description: 'What a user did with an episode, over all copies of it.',
  fields: (t) => ({
    played: t.exposeBoolean('played', { description: 'Whether the media server counts it as watched.' }),
    positionMs: t.exposeInt('positionMs', {
      description: 'Where playback stopped, in milliseconds from the start.',
    }),
    percentage: t.exposeFloat('percentage', {
      description: 'How far into the episode, 0..1; 1 when played.',
    }),
    playCount: t.exposeInt('playCount', { description: 'How often it was played.' }),
    lastPlayedAt: t.expose('lastPlayedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last played.',
    }),
  }),
});
