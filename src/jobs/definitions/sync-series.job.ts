import { z } from 'zod';
import { syncSeries } from '../../catalog/sync-series.ts';
import { defineJob } from '../job-definition.ts';

export const syncSeriesJob = defineJob({
  name: 'sync-series',
  description: 'Reads series, seasons and episodes of all enabled libraries from the media server.',
  resources: ['catalog'],
  params: z.object({
    libraryIds: z.array(z.number().int()).optional(),
    allowLargeRemoval: z.boolean().default(false),
    force: z.boolean().default(false),
  }),
  run: (context, services, params) => syncSeries({ ...context, mediaServer: services.mediaServer() }, params),
});
