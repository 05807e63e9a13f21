import { z } from 'zod';
import { generateSeriesEmbeddings } from '../../embeddings/generate-series-embeddings.ts';
import { defineJob } from '../job-definition.ts';

export const generateSeriesEmbeddingsJob = defineJob({
  name: 'generate-series-embeddings',
  description: 'Embeds every series whose text or model has changed.',
  resources: ['embeddings'],
  prerequisites: ['sync-series'],
  params: z.object({
    force: z.boolean().default(false),
    limit: z.number().int().min(1).optional(),
  }),
  run: (context, services, params) =>
    generateSeriesEmbeddings({ ...context, embedder: services.embedder }, params),
});
