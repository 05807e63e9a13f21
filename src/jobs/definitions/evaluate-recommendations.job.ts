import { z } from 'zod';
import { evaluateRecommendations } from '../../evaluation/evaluate-recommendations.ts';
import { defineJob } from '../job-definition.ts';

export const evaluateRecommendationsJob = defineJob({
  name: 'evaluate-recommendations',
  description:
    'Measures the recommender on the histories of this server, beside baselines, and learns from what became of past picks.',
  resources: ['evaluation'],
  prerequisites: ['sync-series-watch-history'],
  params: z.object({
    retrain: z.boolean().optional(),
    dryRun: z.boolean().default(false),
  }),
  results: {
    users: 'Viewers of whom series were held out.',
    skipped: 'Viewers who have begun no series that is there.',
    heldOut: 'Series held out, over all viewers.',
    evaluations: 'Evaluations stored.',
    shown: 'Past picks whose outcome is known, as far as the weights are to be learnt from them.',
    started: 'Those of them that were started.',
    retrained: 'Versions of the weights that were learnt.',
    applied: 'Those of them that are in force now.',
  },
  run: (context, { recommendations }, params) => evaluateRecommendations(context, params, recommendations),
});
