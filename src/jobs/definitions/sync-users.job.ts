import { z } from 'zod';
import { syncUsers } from '../../watch/sync-users.ts';
import { defineJob } from '../job-definition.ts';

export const syncUsersJob = defineJob({
  name: 'sync-users',
  description: 'Reads the users of the media server, their rights and whether they are disabled.',
  resources: ['watch'],
  params: z.object({}),
  run: (context, services) =>
    syncUsers({ ...context, mediaServer: services.mediaServer() }, { newUsers: services.newUsers }),
});
