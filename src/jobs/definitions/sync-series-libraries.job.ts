import { z } from 'zod';
import { chooseOutputMode } from '../../library-writer/choose-output-mode.ts';
import { syncSeriesLibraries } from '../../library-writer/sync-series-libraries.ts';
import { defineJob, someIds } from '../job-definition.ts';

export const syncSeriesLibrariesJob = defineJob({
  name: 'sync-series-libraries',
  description: 'Writes the picks of each enabled user as a library of the media server.',
  // Plays of picks that leave are read before they go.
  resources: ['libraries', 'watch'],
  prerequisites: ['generate-series-recommendations'],
  params: z.object({
    userIds: someIds,
    limit: z.number().int().min(1).max(1_000).optional(),
    dryRun: z.boolean().default(false),
    force: z.boolean().default(false),
  }),
  results: {
    users: 'Users looked at.',
    libraries: 'Libraries of the media server that were made.',
    librariesRemoved: 'Libraries of the media server that were removed, their user being disabled.',
    librariesRepaired: 'Libraries of the media server whose options had been changed and were set again.',
    accessGranted: 'Users to whom their library was opened.',
    series: 'Series in the libraries.',
    filesWritten: 'Files and links written.',
    filesRemoved: 'Files and links removed.',
    filesUnchanged: 'Files and links left as they were.',
    conflicts: 'Places taken by a file that is not ours.',
    scans: 'Scans asked of the media server.',
    placeholdersMarked: 'Placeholders marked as watched.',
  },
  run: async (context, services, params) => {
    const mediaServer = services.mediaServer();
    const mode = await chooseOutputMode(mediaServer, services.libraries.mode, context.signal);
    return syncSeriesLibraries(
      { ...context, mediaServer, libraries: { ...services.libraries, mode } },
      params,
    );
  },
});
