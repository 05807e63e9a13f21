import { z } from 'zod';

/** What a webhook of a media server is about: it is only a hint to ask the server. */
export interface WebhookEvent {
  /** The media server's id of the user. */
  readonly userId: string;
  /** What was played or marked: an episode, or a series, also for a season of it (the catalog knows no ids of seasons). */
  readonly itemId: string;
}

/** Longer than any id of the two servers. */
const LONGEST_ID = 64;

/** Numbers too, as a template without quotation marks gives Emby's ids; null for anything that cannot be an id. */
const id = z.unknown().transform((value) => {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^[\w-]+$/.test(text) && text.length <= LONGEST_ID ? text : null;
});
const word = z.unknown().transform((value) => (typeof value === 'string' ? value.trim().toLowerCase() : ''));

const JellyfinShape = z.object({
  NotificationType: word,
  SaveReason: word.optional(),
  ItemType: word.optional(),
  UserId: id,
  ItemId: id,
  SeriesId: id.optional(),
});

const EmbyShape = z.object({
  Event: word,
  User: z.object({ Id: id }),
  Item: z.object({ Id: id, Type: word.optional(), SeriesId: id.optional() }),
});

/** After these a play state is another one than before. Begin and progress come by the second and change nothing yet. */
const JELLYFIN_EVENTS = ['playbackstop', 'userdatasaved'];
const JELLYFIN_REASONS_OF_PLAYBACK = ['playbackstart', 'playbackprogress'];
const EMBY_EVENTS = [
  'playback.stop',
  'playback.pause',
  'playback.scrobble',
  'item.markplayed',
  'item.markunplayed',
];
const OF_SERIES = ['', 'episode', 'season', 'series'];

/**
 * Reads what Jellyfin's webhook plugin or Emby sends; null for what is neither, or changes no play state of an episode.
 * Jellyfin's templates may leave out or rename anything but what is read here.
 */
export function parseWebhook(body: unknown): WebhookEvent | null {
  const jellyfin = JellyfinShape.safeParse(body);
  if (jellyfin.success && jellyfin.data.NotificationType !== '') {
    const { NotificationType, SaveReason = '', ItemType = '', UserId, ItemId, SeriesId } = jellyfin.data;
    if (!JELLYFIN_EVENTS.includes(NotificationType) || JELLYFIN_REASONS_OF_PLAYBACK.includes(SaveReason))
      return null;
    return eventOf(ItemType, UserId, ItemId, SeriesId);
  }
  const emby = EmbyShape.safeParse(body);
  if (!emby.success || !EMBY_EVENTS.includes(emby.data.Event)) return null;
  const { Id, Type = '', SeriesId } = emby.data.Item;
  return eventOf(Type, emby.data.User.Id, Id, SeriesId);
}

function eventOf(
  type: string,
  userId: string | null,
  itemId: string | null,
  seriesId: string | null = null,
): WebhookEvent | null {
  const id = type === 'season' ? seriesId : itemId;
  return userId === null || id === null || !OF_SERIES.includes(type) ? null : { userId, itemId: id };
}
