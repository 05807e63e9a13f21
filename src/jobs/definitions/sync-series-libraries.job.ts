import { z } from 'zod';
import { defaultOutputMode } from '../../library-writer/output-mode.ts';
import { syncSeriesLibraries } from '../../library-writer/sync-series-libraries.ts';
import { defineJob } from '../job-definition.ts';

export const syncSeriesLibrariesJob = defineJob({
  name: 'sync-series-libraries',
  description: 'Writes the picks of each enabled user as a library of the media server.',
  resources: ['libraries'],
  prerequisites: ['generate-series-recommendations'],
  params: z.object({
    userIds: z.array(z.number().int()).optional(),
    dryRun: z.boolean().default(false),
    force: z.boolean().default(false),
  }),
  run: async (context, services, params) => {
    const mediaServer = services.mediaServer();
    const mode = services.libraries.mode ?? defaultOutputMode(await mediaServer.connect(context.signal));
    return syncSeriesLibraries(
      { ...context, mediaServer, libraries: { ...services.libraries, mode } },
      params,
    );
  },
});
