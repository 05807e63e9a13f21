import { databaseFailure } from '../platform/database-failure.ts';
import type { LibraryContext } from './library-context.ts';
import type { LibraryUser } from './library-writer.repo.ts';

/** Does the work for one user; what fails is reported so that it can be done again for this user alone. */
export async function forUser(
  context: LibraryContext,
  user: LibraryUser,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    context.signal.throwIfAborted();
    // Not this user's failure: the whole run is tried again.
    if (databaseFailure(error)) throw error;
    context.progress.fail(user.name, error, { kind: 'user', id: user.id });
  }
}
