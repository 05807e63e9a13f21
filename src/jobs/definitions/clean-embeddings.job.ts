import { z } from 'zod';
import { cleanEmbeddings, DEFAULT_KEEP_DAYS } from '../../embeddings/clean-embeddings.ts';
import { defineJob } from '../job-definition.ts';

export const cleanEmbeddingsJob = defineJob({
  name: 'clean-embeddings',
  description:
    'Removes embedding models that are no longer in use, with their vectors and indexes, and vectors of series that are gone.',
  resources: ['embeddings'],
  params: z.object({
    keepDays: z.number().int().min(0).max(36_500).default(DEFAULT_KEEP_DAYS),
    dryRun: z.boolean().default(false),
  }),
  results: {
    modelsRemoved: 'Models that were removed.',
    indexesRemoved: 'Indexes that were removed with them.',
    vectorsRemoved: 'Vectors that were removed: theirs, and those of series that are gone.',
  },
  run: (context, services, params) => cleanEmbeddings({ ...context, embedder: services.embedder }, params),
});
