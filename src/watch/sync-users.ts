import type { MediaServer, MediaUser } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import type { Queryable } from '../platform/database.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { writeParentalRatings } from './parental-ratings.repo.ts';
import { readParentalRatings } from './parental-ratings.ts';
import { writerOf } from './rehearse.ts';
import { assignFolders } from './user-folders.ts';
import { insertUsers, knownUsers, markUsersRemoved, updateUsers } from './users.repo.ts';

/** How to take in users who are new. */
export interface SyncUsersInput {
  /** Whether Showrunner works for new users at once or waits to be told. */
  readonly newUsers: 'enabled' | 'disabled';
  /** Whether to write nothing and only tell what would be written. */
  readonly dryRun?: boolean;
}

type UsersContext = VerbContext & { readonly mediaServer: MediaServer };

/** Lines in the log of a dry run. */
const MOST_LINES = 50;

/**
 * Brings the users in line with the media server. A user who is gone is marked removed, never deleted, and keeps
 * folder, settings and history for when they come back.
 *
 * @returns counts: usersSeen, usersAdded, usersUpdated, usersRemoved
 * @throws ShowrunnerError `MEDIA_SERVER_*` when the server cannot be reached or lists no user at all
 */
export async function syncUsers(context: UsersContext, input: SyncUsersInput) {
  const { db, progress, now } = context;
  const listed = await readUsers(context);
  const ratings = await readParentalRatings(context, listed);
  const dryRun = input.dryRun ?? false;
  const { added, updated, removed } = await writerOf(
    db,
    dryRun,
  )(async (tx) => {
    if (ratings) await writeParentalRatings(tx, ratings);
    return writeUsers(tx, listed, input.newUsers, now());
  });
  if (dryRun) {
    const lines = [
      ...added.map((name) => `Would add the user ${name}, ${input.newUsers} here.`),
      ...updated.map((name) => `Would update the user ${name}.`),
      ...removed.map((name) => `Would mark the user ${name} as gone from the media server.`),
    ];
    for (const line of lines.slice(0, MOST_LINES)) progress.log('info', line);
    if (lines.length > MOST_LINES) progress.log('info', `And ${lines.length - MOST_LINES} users more.`);
  }
  progress.advance(listed.length);
  return {
    usersSeen: listed.length,
    usersAdded: added.length,
    usersUpdated: updated.length,
    usersRemoved: removed.length,
  };
}

/** Reads the users of the media server, none of whom is written yet; see `syncUsers` for what it throws. */
export async function readUsers({ mediaServer, signal, progress }: UsersContext): Promise<MediaUser[]> {
  progress.step('Users', undefined, 'users');
  await mediaServer.connect(signal);
  const listed = (await mediaServer.users(signal)).map((user) => ({
    ...user,
    enabledFolders: user.enabledFolders.toSorted(),
    blockedTags: user.blockedTags.toSorted(),
    allowedTags: user.allowedTags.toSorted(),
  }));
  signal.throwIfAborted();
  if (listed.length > 0) return listed;
  throw new ShowrunnerError('MEDIA_SERVER_BAD_ANSWER', 'The media server lists no users at all.', {
    remedy: 'Check that the API key may read users.',
  });
}

/** Writes what is new of the users, in a transaction; returns the names of those it wrote. */
export async function writeUsers(
  tx: Queryable,
  listed: readonly MediaUser[],
  newUsers: SyncUsersInput['newUsers'],
  now: Date,
): Promise<{ added: string[]; updated: string[]; removed: string[] }> {
  const known = await knownUsers(tx);
  const knownIds = new Set(known.map((user) => user.providerId));
  const fresh = listed.filter((user) => !knownIds.has(user.id));
  const folders = assignFolders(
    fresh.map((user) => user.name),
    known.map((user) => user.folder),
  );
  const updated = await updateUsers(tx, listed);
  const removed = await markUsersRemoved(tx, listed, now);
  const added = fresh.map((user, index) => ({ ...user, folder: folders[index] ?? user.id }));
  if (added.length > 0) await insertUsers(tx, added, newUsers === 'enabled', now);
  return { added: added.map((user) => user.name), updated, removed };
}
