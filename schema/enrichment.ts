import { ATTRIBUTIONS } from '../src/enrichment/attribution.ts';
import { countsBySource, type SourceCounts } from '../src/enrichment/enrichment-reads.repo.ts';
import { SOURCES, type SourceName } from '../src/enrichment/metadata-source.ts';
import { builder } from './builder.ts';
import { Enrichment, Series } from './refs.ts';
import { SeriesStatus } from './series.ts';

const PublicCatalog = builder.enumType('PublicCatalog', {
  description: 'A public catalog of series.',
  values: {
    TMDB: { description: 'The Movie Database, themoviedb.org.' },
    TVMAZE: { description: 'TVmaze, tvmaze.com.' },
  },
});

const MatchedBy = builder.enumType('MatchedBy', {
  description: 'How a series was recognised in a public catalog.',
  values: {
    TMDB_ID: { description: 'By its id at The Movie Database.' },
    TVDB_ID: { description: 'By its id at TheTVDB.' },
    IMDB_ID: { description: 'By its id at IMDb.' },
    TITLE_AND_YEAR: { description: 'By its name and year.' },
  },
});

const Attribution = builder.objectRef<SourceName>('Attribution').implement({
  description: 'What whoever shows data of a public catalog has to tell.',
  fields: (t) => ({
    label: t.string({ description: 'Name of the catalog.', resolve: (source) => ATTRIBUTIONS[source].label }),
    notice: t.string({
      description: 'The words to show beside the data.',
      resolve: (source) => ATTRIBUTIONS[source].notice,
    }),
    website: t.string({
      description: 'Where to lead from there.',
      resolve: (source) => ATTRIBUTIONS[source].website,
    }),
    terms: t.string({
      description: 'Address of the terms or the licence.',
      resolve: (source) => ATTRIBUTIONS[source].terms,
    }),
  }),
});

builder.objectType(Enrichment, {
  description: 'What a public catalog knows of a series.',
  fields: (t) => ({
    source: t.expose('source', { type: PublicCatalog, description: 'Who knows it.' }),
    url: t.string({
      description: 'Page of the series there.',
      resolve: ({ source, url }) => `${ATTRIBUTIONS[source].seriesPage}${url}`,
    }),
    notice: t.string({
      description: 'What has to be told beside the data.',
      resolve: ({ source }) => ATTRIBUTIONS[source].notice,
    }),
    matchedBy: t.expose('matchedBy', { type: MatchedBy, description: 'How the series was recognised.' }),
    confidence: t.exposeFloat('confidence', {
      description: 'How sure it is that this is the series, 0..1; less than 0.8 is not stored.',
    }),
    fetchedAt: t.expose('fetchedAt', { type: 'DateTime', description: 'When it was read.' }),
    keywords: t.expose('keywords', { type: ['String'], description: 'Finer topics; TMDb only.' }),
    genres: t.expose('genres', { type: ['String'], description: 'Such as `Drama`.' }),
    networks: t.expose('networks', { type: ['String'], description: 'Who first showed it.' }),
    status: t.expose('status', {
      type: SeriesStatus,
      nullable: true,
      description: 'Whether it goes on; null when unknown.',
    }),
    voteAverage: t.exposeFloat('voteAverage', {
      nullable: true,
      description: "The public's rating, 0..10; null when nobody voted.",
    }),
    voteCount: t.exposeInt('voteCount', { nullable: true, description: 'Votes behind it; TMDb only.' }),
    popularity: t.exposeFloat('popularity', {
      nullable: true,
      description: "In the catalog's own scale: TVmaze's ends at 100, TMDb's is open.",
    }),
  }),
});

builder.objectFields(Series, (t) => ({
  enrichment: t.expose('enrichment', {
    type: [Enrichment],
    description:
      'What public catalogs know of it, TMDb first; empty when none is enabled, none knows it, or none was asked yet.',
  }),
}));

/** A source with how its look-ups ended. */
interface SourceView extends SourceCounts {
  readonly source: SourceName;
  readonly isEnabled: boolean;
}

const MetadataSource = builder.objectRef<SourceView>('MetadataSource').implement({
  description: 'A public catalog, and how far the series here were looked up in it.',
  fields: (t) => ({
    source: t.expose('source', { type: PublicCatalog, description: 'Which one it is.' }),
    isEnabled: t.exposeBoolean('isEnabled', {
      description: 'Whether it is asked. What it said before it was disabled stays for 180 days.',
    }),
    attribution: t.field({
      type: Attribution,
      description: 'What has to be told where its data is shown.',
      resolve: ({ source }) => source,
    }),
    found: t.exposeInt('found', { description: 'Series it knows.' }),
    notFound: t.exposeInt('notFound', { description: 'Series it does not know with enough confidence.' }),
    failed: t.exposeInt('failed', { description: 'Series whose last look-up failed; it is tried again.' }),
  }),
});

builder.queryField('metadataSources', (t) =>
  t.field({
    type: [MetadataSource],
    description: 'The public catalogs that can be asked, TMDb first.',
    resolve: async (_root, _args, { db, services }) => {
      const counts = await countsBySource(db);
      return SOURCES.map((source) => ({
        source,
        isEnabled: services.metadata.sources.some(({ name }) => name === source),
        ...(counts.get(source) ?? { found: 0, notFound: 0, failed: 0 }),
      }));
    },
  }),
);
