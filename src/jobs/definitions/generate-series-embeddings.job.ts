import { z } from 'zod';
import { generateSeriesEmbeddings } from '../../embeddings/generate-series-embeddings.ts';
import { defineJob, someIds } from '../job-definition.ts';

export const generateSeriesEmbeddingsJob = defineJob({
  name: 'generate-series-embeddings',
  description: 'Embeds every series whose text or model has changed.',
  resources: ['embeddings'],
  prerequisites: ['sync-series'],
  // Episodes are not embedded.
  outdatedBy: {
    'sync-series': ['seriesAdded', 'seriesUpdated'],
    'enrich-metadata': ['textsChanged', 'expired'],
  },
  params: z.object({
    force: z.boolean().default(false),
    limit: z.number().int().min(1).optional(),
    titleIds: someIds,
    dryRun: z.boolean().default(false),
  }),
  results: {
    titles: 'Titles looked at.',
    embedded: 'Titles that were embedded.',
    unchanged: 'Titles whose text and model had not changed.',
    failed: 'Titles that could not be embedded.',
    truncated: 'Titles of whose text only the beginning was embedded, because the model reads no more.',
    alsoEmbedded: 'Titles that were embedded for the active model too, while another one is not in use yet.',
    tokens: 'Tokens the provider counted; estimated in a dry run, null when it counts none.',
    costMicroUsd: 'What they cost, in millionths of a US dollar; null when the price is not known.',
    activated: '1 when another model took over, else 0.',
  },
  unknownResults: ['tokens', 'costMicroUsd'],
  run: (context, services, params) =>
    generateSeriesEmbeddings({ ...context, embedder: services.embedder }, params),
});
