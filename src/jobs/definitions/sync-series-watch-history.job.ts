import { z } from 'zod';
import { syncSeriesWatchHistory } from '../../watch/sync-series-watch-history.ts';
import { defineJob, someIds } from '../job-definition.ts';

export const syncSeriesWatchHistoryJob = defineJob({
  name: 'sync-series-watch-history',
  description: 'Reads what each enabled user has watched and works out where they stand with every series.',
  resources: ['watch'],
  prerequisites: ['sync-series'],
  outdatedBy: {
    'sync-series': [
      'seriesAdded',
      'seriesUpdated',
      'seriesRemoved',
      'episodesAdded',
      'episodesUpdated',
      'episodesRemoved',
    ],
  },
  params: z.object({
    userIds: someIds,
    full: z.boolean().default(false),
    dryRun: z.boolean().default(false),
  }),
  results: {
    users: 'Users whose history was read.',
    playStatesSeen: 'Play states the media server listed.',
    playStatesChanged: 'Play states that were new or had changed.',
    playStatesCleared: 'Episodes that were marked unwatched since.',
    playsAdded: 'Plays that the log did not have yet.',
    seriesStatesChanged: 'Series with which a user stands elsewhere now.',
    unknownItems: 'Watched items that belong to no known episode.',
  },
  run: (context, services, params) =>
    syncSeriesWatchHistory(
      { ...context, mediaServer: services.mediaServer() },
      { ...params, newUsers: services.newUsers, thresholds: services.seriesStates },
    ),
});
