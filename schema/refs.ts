import type { LibraryRow } from '../src/catalog/library-reads.repo.ts';
import type { EnrichmentRow } from '../src/enrichment/enrichment-reads.repo.ts';
import type { VirtualLibraryRow } from '../src/library-writer/user-library-reads.repo.ts';
import type { PlayStateRow } from '../src/watch/state-reads.repo.ts';
import { builder } from './builder.ts';
import type * as rows from './rows.ts';

/**
 * The types of the graph by reference, so that the modules which give them their fields need not import one another.
 */
export const Series = builder.objectRef<rows.Series>('Series');
export const Enrichment = builder.objectRef<EnrichmentRow>('Enrichment');
export const Season = builder.objectRef<rows.Season>('Season');
export const Episode = builder.objectRef<rows.Episode>('Episode');
export const SimilarSeries = builder.objectRef<rows.SimilarSeries>('SimilarSeries');
export const Library = builder.objectRef<LibraryRow>('Library');
export const User = builder.objectRef<rows.User>('User');
export const SeriesWatchState = builder.objectRef<rows.SeriesWatchState>('SeriesWatchState');
export const SeriesFeedback = builder.objectRef<rows.SeriesFeedback>('SeriesFeedback');
export const PlayState = builder.objectRef<PlayStateRow>('PlayState');
export const Play = builder.objectRef<rows.Play>('Play');
export const RecommendationSet = builder.objectRef<rows.RecommendationSet>('RecommendationSet');
export const Pick = builder.objectRef<rows.Pick>('Pick');
export const Evidence = builder.objectRef<rows.Evidence>('Evidence');
export const VirtualLibrary = builder.objectRef<VirtualLibraryRow>('VirtualLibrary');
export const WeightsVersion = builder.objectRef<rows.WeightsVersion>('WeightsVersion');
export const Evaluation = builder.objectRef<rows.Evaluation>('Evaluation');
