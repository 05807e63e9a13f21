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
    'enrich-metadata': ['changed', 'expired'],
    'generate-series-embeddings': ['embedded', 'alsoEmbedded', 'activated'],
    'evaluate-recommendations': ['applied'],
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
    explanationsWorded: 'Explanations worded by the language model, now or earlier for the same evidence.',
    explanationsRefused:
      'Explanations left to the template because the language model named what is not in the evidence.',
    explanationsLeft:
      'Explanations left to the template for this run: the language model gave none, or the budget was used up.',
    explanationTokens: 'Tokens that the language model used.',
  },
  run: (context, { explainer, pickThreads, recommendations }, params) =>
    generateSeriesRecommendations({ ...context, explainer, pickThreads }, params, recommendations),
});
