import { z } from 'zod';
import { syncSeries } from '../../catalog/sync-series.ts';
import { rootOnServer } from '../../library-writer/library-settings.ts';
import { defineJob, someIds } from '../job-definition.ts';

export const syncSeriesJob = defineJob({
  name: 'sync-series',
  description: 'Reads series, seasons and episodes of all enabled libraries from the media server.',
  resources: ['catalog'],
  params: z.object({
    libraryIds: someIds,
    allowLargeRemoval: z.boolean().default(false),
    full: z.boolean().default(false),
    force: z.boolean().default(false),
    limit: z.number().int().min(1).optional(),
    dryRun: z.boolean().default(false),
  }),
  results: {
    libraries: 'Libraries read to their end.',
    seriesSeen: 'Series the media server listed.',
    seriesAdded: 'Series seen for the first time.',
    seriesUpdated: 'Series that had changed.',
    seriesRemoved: 'Series that are gone from the media server.',
    episodesSeen: 'Episodes the media server listed.',
    episodesAdded: 'Episodes seen for the first time.',
    episodesUpdated: 'Episodes that had changed.',
    episodesRemoved: 'Episodes that are gone from the media server.',
    skipped: 'Items that are of no use here, such as episodes without a series.',
  },
  run: (context, services, params) =>
    syncSeries(
      { ...context, mediaServer: services.mediaServer(), ownRoot: rootOnServer(services.libraries) },
      params,
    ),
});
