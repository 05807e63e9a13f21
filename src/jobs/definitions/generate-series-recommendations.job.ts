import { z } from 'zod';
import { generateSeriesRecommendations } from '../../recommendations/generate-series-recommendations.ts';
import { defineJob, someIds } from '../job-definition.ts';

export const generateSeriesRecommendationsJob = defineJob({
  name: 'generate-series-recommendations',
  description: 'Scores, diversifies, ranks and explains the series that each enabled user has not begun.',
  resources: ['recommendations'],
  prerequisites: ['generate-series-embeddings', 'sync-series-watch-history'],
  outdatedBy: {
    'sync-series': ['seriesUpdated', 'seriesRemoved'],
    'generate-series-embeddings': ['embedded', 'activated'],
    'sync-series-watch-history': ['playStatesChanged', 'playStatesCleared', 'seriesStatesChanged'],
  },
  params: z.object({
    userIds: someIds,
    count: z.number().int().min(1).max(100).optional(),
    force: z.boolean().default(false),
    dryRun: z.boolean().default(false),
  }),
  results: {
    users: 'Users looked at.',
    sets: 'Recommendation sets made.',
    unchanged: 'Users for whom nothing had changed.',
    failed: 'Users whose set could not be made.',
    picks: 'Picks in the new sets.',
    candidates: 'Candidates scored for the new sets.',
  },
  run: (context, _services, params) => generateSeriesRecommendations(context, params),
});
