import { z } from 'zod';
import { enrichMetadata } from '../../enrichment/enrich-metadata.ts';
import { defineJob, someIds } from '../job-definition.ts';

export const enrichMetadataJob = defineJob({
  name: 'enrich-metadata',
  description:
    'Asks public catalogs for keywords, networks, status and votes of series that are new there or were read long ago.',
  resources: ['metadata'],
  prerequisites: ['sync-series'],
  outdatedBy: { 'sync-series': ['seriesAdded', 'seriesUpdated'] },
  params: z.object({
    force: z.boolean().default(false),
    limit: z.number().int().min(1).optional(),
    titleIds: someIds,
    dryRun: z.boolean().default(false),
  }),
  results: {
    titles: 'Titles looked at.',
    found: 'Titles that a catalog knew.',
    notFound: 'Titles that no catalog knew with enough confidence.',
    failed: 'Titles of which a look-up failed.',
    changed: 'Titles of which a fact was new or had changed.',
    textsChanged:
      'Titles of which keywords, genres or networks, which are embedded, were new or had changed.',
    expired: 'Titles of which facts were cleared because they were read more than 180 days ago.',
    requests: 'Requests sent to the catalogs.',
    remaining: 'Titles that are left for the next run.',
  },
  run: (context, services, params) => enrichMetadata({ ...context, metadata: services.metadata }, params),
});
