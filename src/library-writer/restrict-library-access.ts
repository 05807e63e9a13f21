import { ShowrunnerError } from '../platform/errors.ts';
import { canOpen, restricted } from './library-access.ts';
import type { LibraryReader } from './library-context.ts';
import { libraryOwners, rememberAccess } from './library-owners.repo.ts';
import { readLibraryUsers } from './library-writer.repo.ts';
import { visibleOthers } from './others-picks.ts';
import { readServer } from './server-library.ts';

/** What a user may open after their access was restricted. */
export interface RestrictedAccess {
  /** Names of the libraries that the user may open. */
  readonly open: readonly string[];
  /** Names of the libraries with others' picks that were open before and are closed now. */
  readonly closed: readonly string[];
}

/**
 * Closes the libraries with others' picks to a user and leaves all others as they were: "all folders" becomes the list
 * of what the user could open, which libraries made later at the media server do not join by themselves. The whole
 * policy is read, written back and read again. Nothing is written when there is nothing to close.
 *
 * @throws ShowrunnerError `NOT_FOUND` (unknown user) or `MEDIA_SERVER_*`
 */
export async function restrictLibraryAccess(
  context: Pick<LibraryReader, 'db' | 'mediaServer' | 'signal'>,
  input: { readonly userId: number },
): Promise<RestrictedAccess> {
  const { db, mediaServer, signal } = context;
  const [user] = await readLibraryUsers(db, [input.userId]);
  if (!user)
    throw new ShowrunnerError('NOT_FOUND', 'There is no such user.', {
      field: 'input.userId',
      remedy: 'Pass the id of one of `users`.',
    });
  const server = await readServer(mediaServer, signal);
  const before = await mediaServer.policy(user.providerId, signal);
  server.policies.set(user.providerId, before);
  const libraries = [...server.libraries.values()];
  const closed = visibleOthers(server, await libraryOwners(db), user).map(({ library }) => library);
  const policy = restricted(before, libraries, closed);
  if (policy) await mediaServer.setPolicy({ userId: user.providerId, policy, signal });
  const after = policy ? await mediaServer.policy(user.providerId, signal) : before;
  if (closed.some((library) => canOpen(after, library)))
    throw new ShowrunnerError(
      'MEDIA_SERVER_BAD_ANSWER',
      'The media server took the new rights but does not show them.',
      {
        remedy: 'Choose the libraries of this user in the dashboard of the media server.',
      },
    );
  const open = libraries.filter((library) => canOpen(after, library));
  await rememberAccess(db, user.id, {
    enableAllFolders: after.EnableAllFolders !== false,
    enabledFolders: after.EnableAllFolders !== false ? [] : open.map((library) => library.id),
  });
  return { open: open.map(({ name }) => name), closed: closed.map(({ name }) => name) };
}
