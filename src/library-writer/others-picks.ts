import type { ServerLibrary } from '../media-server/library-control.ts';
import { canOpen } from './library-access.ts';
import type { LibraryContext } from './library-context.ts';
import { activeUsers, type LibraryOwner, libraryOwners } from './library-owners.repo.ts';
import type { ServerView } from './server-library.ts';

/** Users named in the warning; the rest is counted. */
const LISTED = 10;

/** A library with another user's picks. */
export interface OthersLibrary {
  readonly owner: LibraryOwner;
  readonly library: ServerLibrary;
}

/** The libraries with others' picks that a user may open, in order of their owners' names. */
export function visibleOthers(
  server: ServerView,
  owners: readonly LibraryOwner[],
  user: { readonly id: number; readonly providerId: string },
): readonly OthersLibrary[] {
  const policy = server.policies.get(user.providerId);
  if (!policy) return [];
  return owners.flatMap((owner) => {
    const library = server.libraries.get(owner.providerLibraryId);
    return owner.userId !== user.id && library && canOpen(policy, library) ? [{ owner, library }] : [];
  });
}

/** Warns in one line of users who can see the picks of others. */
export async function warnOfVisiblePicks(context: LibraryContext, server: ServerView): Promise<void> {
  const owners = await libraryOwners(context.db);
  const users = await activeUsers(context.db);
  const seeing = users.filter((user) => visibleOthers(server, owners, user).length > 0);
  if (seeing.length === 0) return;
  const who = seeing.length === 1 ? 'One user' : `${seeing.length} users`;
  context.progress.log('warn', `${who} can see the picks of others at the media server.`, {
    users: seeing.slice(0, LISTED).map((user) => user.name),
    remedy:
      'Call restrictLibraryAccess for each, or choose their libraries in the dashboard of the media server.',
  });
}
