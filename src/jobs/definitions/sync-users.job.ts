import { z } from 'zod';
import { syncUsers } from '../../watch/sync-users.ts';
import { defineJob } from '../job-definition.ts';

export const syncUsersJob = defineJob({
  name: 'sync-users',
  description: 'Reads the users of the media server, their rights and whether they are disabled.',
  resources: ['watch'],
  params: z.object({ dryRun: z.boolean().default(false) }),
  results: {
    usersSeen: 'Users the media server listed.',
    usersAdded: 'Users seen for the first time.',
    usersUpdated: 'Users whose rights, state or name had changed.',
    usersRemoved: 'Users that are gone from the media server.',
  },
  run: (context, services, params) =>
    syncUsers(
      { ...context, mediaServer: services.mediaServer() },
      { ...params, newUsers: services.newUsers },
    ),
});
