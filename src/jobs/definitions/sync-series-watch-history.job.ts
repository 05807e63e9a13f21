import { z } from 'zod';
import { syncSeriesWatchHistory } from '../../watch/sync-series-watch-history.ts';
import { defineJob } from '../job-definition.ts';

export const syncSeriesWatchHistoryJob = defineJob({
  name: 'sync-series-watch-history',
  description: 'Reads what each enabled user has watched and works out where they stand with every series.',
  resources: ['watch'],
  prerequisites: ['sync-series'],
  params: z.object({ userIds: z.array(z.number().int()).optional() }),
  run: (context, services, params) =>
    syncSeriesWatchHistory(
      { ...context, mediaServer: services.mediaServer() },
      { ...params, newUsers: services.newUsers },
    ),
});
