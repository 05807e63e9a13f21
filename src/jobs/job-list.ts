import { cleanEmbeddingsJob } from './definitions/clean-embeddings.job.ts';
import { enrichMetadataJob } from './definitions/enrich-metadata.job.ts';
import { evaluateRecommendationsJob } from './definitions/evaluate-recommendations.job.ts';
import { generateSeriesEmbeddingsJob } from './definitions/generate-series-embeddings.job.ts';
import { generateSeriesRecommendationsJob } from './definitions/generate-series-recommendations.job.ts';
import { syncSeriesJob } from './definitions/sync-series.job.ts';
import { syncSeriesLibrariesJob } from './definitions/sync-series-libraries.job.ts';
import { syncSeriesWatchHistoryJob } from './definitions/sync-series-watch-history.job.ts';
import { syncUsersJob } from './definitions/sync-users.job.ts';
import type { JobDefinition } from './job-definition.ts';

/** Every job there is, in the order in which a first set-up runs them. A new job is one more line here. */
export const JOBS: readonly JobDefinition[] = [
  syncUsersJob,
  syncSeriesJob,
  enrichMetadataJob,
  generateSeriesEmbeddingsJob,
  syncSeriesWatchHistoryJob,
  generateSeriesRecommendationsJob,
  syncSeriesLibrariesJob,
  evaluateRecommendationsJob,
  cleanEmbeddingsJob,
];
