import { renewWebhookSecret } from '../src/watch/webhook-secret.ts';
import { builder } from './builder.ts';
import { failing, MediaServerError } from './failures.ts';

const RenewWebhookSecretSuccess = builder.objectRef<{ path: string }>('RenewWebhookSecretSuccess').implement({
  description: 'There is a new secret; webhooks with the one made before are not taken any more.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description:
        'Path on this server to which the media server is to send webhooks, such as `/webhooks/4fz…`. It holds the secret and is not shown again.',
    }),
  }),
});

builder.mutationField('renewWebhookSecret', (t) =>
  t.field({
    type: RenewWebhookSecretSuccess,
    description:
      "Makes the secret address for playback webhooks: of Jellyfin's webhook plugin (playback stop and user data saved, with all properties) or of Emby.",
    authScopes: { role: 'ADMIN' },
    errors: { types: [MediaServerError] },
    resolve: (_root, _args, { db, now, services }) =>
      failing(async () => {
        // Without a media server there is nobody to send any.
        services.mediaServer();
        return { path: `/webhooks/${await renewWebhookSecret(db, now())}` };
      }),
  }),
);
