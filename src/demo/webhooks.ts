import type { Episode, Series } from './items.ts';
import type { MediaState } from './media-state.ts';
import type { DemoUser } from './users.ts';

/** What was done to an item. */
export type WebhookCause = 'played' | 'unplayed' | 'stopped';

/**
 * Sends the webhooks that a change of play states causes, to the address that `POST /demo/webhook` set; without one,
 * nothing. As the servers do, it does not wait for an answer and does not try again.
 */
export function sendWebhooks(
  state: MediaState,
  user: DemoUser,
  item: Series | Episode,
  cause: WebhookCause,
): void {
  const { webhookUrl } = state;
  if (webhookUrl === null) return;
  const isEmby = state.profile.dialect === 'emby';
  const bodies = isEmby ? [embyBody(user, item, cause)] : jellyfinBodies(user, item, cause);
  for (const body of bodies) {
    fetch(webhookUrl, {
      method: 'POST',
      // Jellyfin's plugin says so unless its destination is given another content type.
      headers: { 'content-type': isEmby ? 'application/json' : 'text/plain' },
      body: JSON.stringify(body),
    }).catch((error: unknown) => state.log.warn({ err: error }, 'The demo server could not send a webhook'));
  }
}

/** A stop is told twice; a mark of a series once for each of its episodes. */
function jellyfinBodies(user: DemoUser, item: Series | Episode, cause: WebhookCause) {
  const episodes = item.kind === 'Series' ? item.episodes.filter((one) => !one.isVirtual) : [item];
  const common = (episode: Episode) => ({
    ItemType: 'Episode',
    ItemId: episode.id,
    UserId: user.id,
    NotificationUsername: user.name,
    SeriesName: episode.series.name,
  });
  return episodes.flatMap((episode) => [
    ...(cause === 'stopped' ? [{ NotificationType: 'PlaybackStop', ...common(episode) }] : []),
    {
      NotificationType: 'UserDataSaved',
      SaveReason: cause === 'stopped' ? 'PlaybackFinished' : 'TogglePlayed',
      ...common(episode),
    },
  ]);
}

function embyBody(user: DemoUser, item: Series | Episode, cause: WebhookCause) {
  const event = { played: 'item.markplayed', unplayed: 'item.markunplayed', stopped: 'playback.stop' }[cause];
  return {
    Event: event,
    User: { Name: user.name, Id: user.id },
    Item: { Id: item.id, Type: item.kind, Name: item.name },
    ...(cause === 'stopped' && { PlaybackInfo: { PlayedToCompletion: true } }),
  };
}
