import { z } from 'zod';
import type { ExternalIds as ExternalIdsRow } from '../src/catalog/series-reads.repo.ts';
import { builder } from './builder.ts';
import { toConnection, valueFor } from './connection.ts';
import { cursor } from './cursor.ts';
import { OfUser } from './episode.ts';
import { integer, pageSize, parseInput } from './input.ts';
import { Episode, Season, Series, SeriesWatchState, SimilarSeries } from './refs.ts';
import { parsedBy } from './selection.ts';

export const SeriesStatus = builder.enumType('SeriesStatus', {
  description: 'Whether a series goes on.',
  values: {
    CONTINUING: { description: 'More episodes are to come.' },
    ENDED: { description: 'The last episode has aired.' },
    UNRELEASED: { description: 'The first episode has not aired yet.' },
  },
});

const ExternalIds = builder.objectRef<ExternalIdsRow>('ExternalIds').implement({
  description: 'Ids of a series in the public catalogs.',
  fields: (t) => ({
    tvdb: t.exposeString('tvdb', { nullable: true, description: 'TheTVDB.' }),
    tmdb: t.exposeString('tmdb', { nullable: true, description: 'The Movie Database.' }),
    imdb: t.exposeString('imdb', { nullable: true, description: 'IMDb, such as `tt0944947`.' }),
  }),
});

const EPISODES = 'EPISODES';
const EpisodesArguments = z.object({
  first: pageSize(20),
  after: cursor(EPISODES, z.tuple([integer, integer.nullable(), integer])),
});
const EpisodeConnection = builder.connectionObject(
  {
    type: Episode,
    name: 'EpisodeConnection',
    description: 'A page of episodes.',
  },
  { name: 'EpisodeEdge', description: 'An episode and its place in the list.' },
);

const SimilarArguments = z.object({ first: pageSize(10) });

builder.node(Series, {
  description: 'A series, however many copies of it the media server holds.',
  id: { resolve: ({ id }) => id },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name in the language of the media server.' }),
    originalName: t.exposeString('originalName', {
      nullable: true,
      description: 'Name in the language of origin.',
    }),
    year: t.exposeInt('year', { nullable: true, description: 'Year of the first episode.' }),
    premiereDate: t.expose('premiereDate', {
      type: 'Date',
      nullable: true,
      description: 'Day of the first episode.',
    }),
    endDate: t.expose('endDate', {
      type: 'Date',
      nullable: true,
      description: 'Day of the last episode, once ended.',
    }),
    status: t.expose('status', {
      type: SeriesStatus,
      nullable: true,
      description: 'Whether it goes on; null when unknown.',
    }),
    overview: t.exposeString('overview', { nullable: true, description: 'What it is about.' }),
    genres: t.expose('genres', { type: ['String'], description: 'Such as `Drama`.' }),
    keywords: t.expose('keywords', { type: ['String'], description: 'Finer topics, such as `time travel`.' }),
    networks: t.expose('networks', { type: ['String'], description: 'Who made or first showed it.' }),
    communityRating: t.exposeFloat('communityRating', {
      nullable: true,
      description: "The audience's rating, 0..10.",
    }),
    officialRating: t.exposeString('officialRating', {
      nullable: true,
      description: 'Age rating, such as `TV-14`.',
    }),
    runtimeMinutes: t.exposeInt('runtimeMinutes', {
      nullable: true,
      description: 'Usual length of an episode, in minutes.',
    }),
    externalIds: t.expose('externalIds', {
      type: ExternalIds,
      description: 'Its ids in the public catalogs.',
    }),
    addedAt: t.expose('addedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the media server got it.',
    }),
    removedAt: t.expose('removedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was found gone from the media server; null while it is there.',
    }),
    mergedInto: t.expose('mergedInto', {
      type: Series,
      nullable: true,
      description:
        'The series that this one turned out to be, which has its episodes and plays now. An id of a series stays good by it.',
    }),
    seasonCount: t.exposeInt('seasonCount', { description: 'Seasons on the server, specials not counted.' }),
    episodeCount: t.exposeInt('episodeCount', {
      description: 'Episodes on the server, specials not counted.',
    }),
    seasons: t.expose('seasons', { type: [Season], description: 'By number, specials last.' }),
    episodes: t.field({
      type: EpisodeConnection,
      description: 'Episodes on the server by season and number, specials last.',
      args: {
        first: t.arg.int({ defaultValue: 20, description: 'How many, 1 to 100.' }),
        after: t.arg.string({ description: '`endCursor` of the page before; it fits any series.' }),
      },
      extensions: parsedBy(EpisodesArguments),
      resolve: ({ episodes }, args) => {
        const asked = parseInput(EpisodesArguments, args);
        return toConnection(EPISODES, valueFor(episodes, asked), asked);
      },
    }),
    similar: t.field({
      type: [SimilarSeries],
      description:
        'The series on the server that are most like this one, the nearest first; empty when it has no embedding.',
      args: { first: t.arg.int({ defaultValue: 10, description: 'How many at most, 1 to 100.' }) },
      extensions: parsedBy(SimilarArguments),
      resolve: ({ similar }, args) => valueFor(similar, parseInput(SimilarArguments, args)),
    }),
    watchState: t.field({
      type: SeriesWatchState,
      nullable: true,
      description:
        'Where a user stands with the series; null when nothing is known. A VIEWER may ask for their own user only.',
      args: { userId: t.arg.id({ required: true, description: 'Id of a User.' }) },
      extensions: parsedBy(OfUser),
      authScopes: (_series, args) => ({ ownUser: parseInput(OfUser, args).userId }),
      resolve: ({ watchState }, args) => valueFor(watchState, parseInput(OfUser, args)),
    }),
  }),
});

builder.objectType(SimilarSeries, {
  description: 'A series that is like another one.',
  fields: (t) => ({
    series: t.expose('series', { type: Series, description: 'The series that is alike.' }),
    similarity: t.exposeFloat('similarity', {
      description:
        'Cosine similarity of the embeddings under the active model, 0..1; 1 for the same direction.',
    }),
  }),
});
