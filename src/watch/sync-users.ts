import type { MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { assignFolders } from './user-folders.ts';
import { insertUsers, knownUsers, markUsersRemoved, updateUsers } from './users.repo.ts';

/** How to take in users who are new. */
export interface SyncUsersInput {
  /** Whether Showrunner works for new users at once or waits to be told. */
  readonly newUsers: 'enabled' | 'disabled';
}

/**
 * Brings the users in line with the media server. A user who is gone is marked removed, never deleted, and keeps
 * folder, settings and history for when they come back.
 *
 * @returns counts: usersSeen, usersAdded, usersUpdated, usersRemoved
 * @throws ShowrunnerError `MEDIA_SERVER_*` when the server cannot be reached or lists no user at all
 */
export async function syncUsers(
  { db, mediaServer, signal, progress, now }: VerbContext & { readonly mediaServer: MediaServer },
  { newUsers }: SyncUsersInput,
) {
  progress.step('Users', undefined, 'users');
  await mediaServer.connect(signal);
  const listed = (await mediaServer.users(signal)).map((user) => ({
    ...user,
    enabledFolders: user.enabledFolders.toSorted(),
  }));
  signal.throwIfAborted();
  if (listed.length === 0)
    throw new ShowrunnerError('MEDIA_SERVER_BAD_ANSWER', 'The media server lists no users at all.', {
      remedy: 'Check that the API key may read users.',
    });
  const counts = await db.transaction(async (tx) => {
    const known = await knownUsers(tx);
    const knownIds = new Set(known.map((user) => user.providerId));
    const fresh = listed.filter((user) => !knownIds.has(user.id));
    const folders = assignFolders(
      fresh.map((user) => user.name),
      known.map((user) => user.folder),
    );
    const usersUpdated = await updateUsers(tx, listed);
    const usersRemoved = await markUsersRemoved(tx, listed, now());
    const added = fresh.map((user, index) => ({ ...user, folder: folders[index] ?? user.id }));
    if (added.length > 0) await insertUsers(tx, added, newUsers === 'enabled', now());
    return { usersSeen: listed.length, usersAdded: fresh.length, usersUpdated, usersRemoved };
  });
  progress.advance(listed.length);
  return counts;
}
