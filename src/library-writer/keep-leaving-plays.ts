import { ShowrunnerError } from '../platform/errors.ts';
import { keepVirtualPlays } from '../watch/keep-virtual-plays.ts';
import type { InspectedLibrary } from './inspect-library.ts';
import type { LibraryContext } from './library-context.ts';
import { libraryAt, type ServerView } from './server-library.ts';

/**
 * Reads the plays of a user's library before any of its files goes; nothing is asked when none does. When they cannot be
 * read the library stays as it is, unless its user is not to have one and the media server has refused for good.
 *
 * @throws ShowrunnerError `MEDIA_SERVER_*`
 */
export async function keepLeavingPlays(
  context: LibraryContext,
  server: ServerView,
  { user, place, plan, diff, steps }: InspectedLibrary,
): Promise<void> {
  const library = libraryAt(server, place.serverPath);
  if (!library || !steps.isKnownUser || (diff.remove.length === 0 && !steps.remove)) return;
  const stays = plan.shown.map(({ titleId }) => titleId);
  try {
    await keepVirtualPlays(context, { userId: user.id, providerLibraryId: library.id, stays });
  } catch (error) {
    context.signal.throwIfAborted();
    if (user.enabled || !(error instanceof ShowrunnerError) || error.retryable) throw error;
    context.progress.log(
      'warn',
      `${user.name}: plays in the library could not be read before it is removed: ${error.message}`,
    );
  }
}
