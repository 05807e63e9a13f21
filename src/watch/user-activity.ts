import type { Activity, MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { knownItems } from './episode-items.repo.ts';

/** What the media server's activity log says of one user. */
export interface UserActivity {
  /** Items played. */
  readonly itemIds: readonly string[];
  /** Whether something was played of which the log does not say what it was. */
  readonly isVague: boolean;
}

const IDLE: UserActivity = { itemIds: [], isVague: false };

/** Who did what, by the media server's id of the user. Null where the server tells nothing: then everybody may have. */
export type ActivityOfUsers = ((providerUserId: string) => UserActivity) | null;

/** Groups a log by user; the log may write ids with dashes and in capitals where the lists do not. */
export function activityByUser(log: readonly Activity[] | null): ActivityOfUsers {
  if (log === null) return null;
  const users = new Map<string, { itemIds: string[]; isVague: boolean }>();
  for (const { userId, itemId } of log) {
    const user = users.get(folded(userId)) ?? { itemIds: [], isVague: false };
    users.set(folded(userId), user);
    if (itemId === null) user.isVague = true;
    else user.itemIds.push(itemId);
  }
  return (providerUserId) => users.get(folded(providerUserId)) ?? IDLE;
}

/**
 * Whether a user may have played an episode outside the ordinary libraries, and so in one of ours: the log names an
 * episode that the catalog does not know, or does not say what was played.
 */
export async function mayHavePlayedElsewhere(
  { db, mediaServer, signal }: VerbContext & { readonly mediaServer: MediaServer },
  providerUserId: string,
  activity: UserActivity | null,
): Promise<boolean> {
  if (activity === null || activity.isVague) return true;
  const itemIds = [...new Set(activity.itemIds.map(folded))];
  if (itemIds.length === 0) return false;
  const known = await knownItems(db, itemIds);
  const unknown = itemIds.filter((itemId) => !known.has(itemId));
  if (unknown.length === 0) return false;
  // Films are unknown too; only episodes come back.
  const episodes = await mediaServer.playStatesOf({ userId: providerUserId, itemIds: unknown, signal });
  return episodes.length > 0;
}

/** An id without dashes and capitals: logs and webhooks write Guids in other forms than lists. */
export function folded(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}
