import { z } from 'zod';
import { SERIES_STATES } from '../drizzle/tables/watch.ts';
import {
  countGenres,
  type GenreCount as GenreCountRow,
  listSeries,
  type SeriesOrder,
} from '../src/catalog/series-list.repo.ts';
import { SERIES_STATUSES } from '../src/catalog/series-reads.repo.ts';
import { readObject } from '../src/platform/json-shapes.repo.ts';
import { inWatchState } from '../src/watch/state-reads.repo.ts';
import { builder } from './builder.ts';
import { toConnection } from './connection.ts';
import { cursor } from './cursor.ts';
import { globalId } from './global-id.ts';
import { integer, pageSize, parseInput, text } from './input.ts';
import { Series } from './refs.ts';
import type * as rows from './rows.ts';
import { parseDateTime } from './scalars.ts';
import { selectionOf } from './selection.ts';
import { SeriesStatus } from './series.ts';
import { shapes } from './shapes.ts';
import { SeriesState } from './watch-state.ts';

const SeriesWatchFilter = builder.inputType('SeriesWatchFilter', {
  description: 'Series by where a user stands with them. A VIEWER may ask for their own user only.',
  fields: (t) => ({
    userId: t.id({
      required: true,
      description: 'Id of a User. Nothing matches for a user that does not exist.',
    }),
    states: t.field({
      type: [SeriesState],
      required: true,
      description: 'Any of these; a series that the user never touched is UNWATCHED.',
    }),
  }),
});

const SeriesFilter = builder.inputType('SeriesFilter', {
  description:
    'Which series to list: all that is given must hold; of a list any value may match, an empty one filters nothing.',
  fields: (t) => ({
    genres: t.stringList({ description: 'Any of these genres.' }),
    networks: t.stringList({ description: 'Any of these networks.' }),
    statuses: t.field({ type: [SeriesStatus], description: 'Any of these.' }),
    yearFrom: t.int({ description: 'First year, inclusive.' }),
    yearTo: t.int({ description: 'Last year, inclusive.' }),
    minRating: t.float({
      description: 'Least community rating, 0..10; series without a rating are left out.',
    }),
    includeRemoved: t.boolean({
      defaultValue: false,
      description: 'Also series that have gone from the server.',
    }),
    libraryId: t.id({ description: 'Id of a Library that holds a copy.' }),
    watch: t.field({ type: SeriesWatchFilter, description: 'Where a user stands with them.' }),
  }),
});

const SeriesSortField = builder.enumType('SeriesSortField', {
  description: 'What to order series by.',
  values: {
    NAME: { description: 'Sort name.' },
    YEAR: { description: 'Year of the first episode.' },
    RATING: { description: 'Community rating.' },
    ADDED: { description: 'When the media server got it.' },
  },
});
const SortDirection = builder.enumType('SortDirection', {
  description: 'Which end of an order comes first.',
  values: { ASC: { description: 'The least first.' }, DESC: { description: 'The greatest first.' } },
});
const SeriesSort = builder.inputType('SeriesSort', {
  description: 'An order; series without the value come last in both directions.',
  fields: (t) => ({
    field: t.field({ type: SeriesSortField, required: true, description: 'What to order by.' }),
    direction: t.field({
      type: SortDirection,
      required: true,
      defaultValue: 'ASC',
      description: 'Which end first.',
    }),
  }),
});

const names = z.array(text(200)).max(100).nullish();
const ListArguments = z.object({
  first: pageSize(20),
  after: z.string().nullish(),
  search: text(200).nullish(),
  filter: z
    .object({
      genres: names,
      networks: names,
      statuses: z.array(z.enum(SERIES_STATUSES)).nullish(),
      yearFrom: integer.nullish(),
      yearTo: integer.nullish(),
      minRating: z.number().min(0, 'Ratings go from 0 to 10.').max(10, 'Ratings go from 0 to 10.').nullish(),
      includeRemoved: z.boolean().nullish(),
      libraryId: globalId('Library').nullish(),
      watch: z.object({ userId: globalId('User'), states: z.array(z.enum(SERIES_STATES)) }).nullish(),
    })
    .nullish(),
  sort: z
    .object({ field: z.enum(['NAME', 'YEAR', 'RATING', 'ADDED']), direction: z.enum(['ASC', 'DESC']) })
    .nullish(),
});

/** What a cursor of each order holds beside the id. */
const SORT_VALUES: Record<SeriesOrder, z.ZodType<string | number | null>> = {
  NAME: text(10_000),
  YEAR: integer.nullable(),
  RATING: z.number().min(0).max(1_000).nullable(),
  ADDED: z
    .string()
    .refine((value) => parseDateTime(value) !== null)
    .nullable(),
  RELEVANCE: z.number().min(0).max(1_000),
};

const SeriesConnection = builder.connectionObject(
  { type: Series, name: 'SeriesConnection', description: 'A page of series.' },
  { name: 'SeriesEdge', description: 'A series and its place in the list.' },
);

const GenreCount = builder.objectRef<GenreCountRow>('GenreCount').implement({
  description: 'A genre and how frequent it is.',
  fields: (t) => ({
    genre: t.exposeString('genre', { description: 'Name of the genre.' }),
    seriesCount: t.exposeInt('seriesCount', { description: 'Series on the server that have it.' }),
  }),
});

builder.queryFields((t) => ({
  series: t.field({
    type: Series,
    nullable: true,
    description: 'The series with the id; null when there is none. A removed one is still found.',
    args: { id: t.arg.id({ required: true, description: 'Id of a Series.' }) },
    resolve: (_root, args, { db }, info) => {
      const { id } = parseInput(z.object({ id: globalId('Series') }), args);
      return readObject<rows.Series>(db, shapes, 'Series', id, selectionOf(info));
    },
  }),
  seriesConnection: t.field({
    type: SeriesConnection,
    description: 'Series by filter and order, a page at a time.',
    args: {
      first: t.arg.int({ defaultValue: 20, description: 'How many, 1 to 100.' }),
      after: t.arg.string({ description: '`endCursor` of the page before, with the same search and sort.' }),
      search: t.arg.string({
        description:
          'Words that must occur in name, original name or overview, each at least as the beginning of a word. Blank searches nothing.',
      }),
      filter: t.arg({
        type: SeriesFilter,
        description: 'Which series; all that are on the server when left out.',
      }),
      sort: t.arg({
        type: SeriesSort,
        description: 'By relevance when searching, else by name, when left out.',
      }),
    },
    authScopes: (_root, args) => {
      const watch = parseInput(ListArguments, args).filter?.watch;
      return watch ? { ownUser: watch.userId } : true;
    },
    resolve: async (_root, args, { db }, info) => {
      const { filter, sort, ...asked } = parseInput(ListArguments, args);
      const search = asked.search?.trim() || null;
      const order: SeriesOrder = sort?.field ?? (search ? 'RELEVANCE' : 'NAME');
      const descending = sort ? sort.direction === 'DESC' : order === 'RELEVANCE';
      const tag = `${order} ${descending ? 'DESC' : 'ASC'}${order === 'RELEVANCE' ? ` ${search}` : ''}`;
      const key = z.tuple([SORT_VALUES[order], integer]);
      const { after } = parseInput(z.object({ after: cursor(tag, key) }), asked);
      const query = { first: asked.first, after, search, filter: filter ?? {}, order, descending };
      const conditions = filter?.watch ? [inWatchState(filter.watch.userId, filter.watch.states)] : [];
      const page = await listSeries<rows.Series>(db, shapes, { ...query, conditions }, selectionOf(info));
      return toConnection(tag, page, query);
    },
  }),
  genres: t.field({
    type: [GenreCount],
    description: 'Genres of the series on the server, the most frequent first.',
    resolve: (_root, _args, { db }) => countGenres(db),
  }),
}));
