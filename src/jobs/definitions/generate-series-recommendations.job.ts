import { z } from 'zod';
import { generateSeriesRecommendations } from '../../recommendations/generate-series-recommendations.ts';
import { defineJob } from '../job-definition.ts';

export const generateSeriesRecommendationsJob = defineJob({
  name: 'generate-series-recommendations',
  description: 'Scores, diversifies, ranks and explains the series that each enabled user has not begun.',
  resources: ['recommendations'],
  prerequisites: ['generate-series-embeddings', 'sync-series-watch-history'],
  params: z.object({
    userIds: z.array(z.number().int()).optional(),
    count: z.number().int().min(1).max(100).optional(),
    force: z.boolean().default(false),
  }),
  run: (context, _services, params) => generateSeriesRecommendations(context, params),
});
