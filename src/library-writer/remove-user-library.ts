import { applyLibrary, removeManifest } from './apply-library.ts';
import type { InspectedLibrary } from './inspect-library.ts';
import { keepLeavingPlays } from './keep-leaving-plays.ts';
import type { LibraryContext } from './library-context.ts';
import { forgetUserLibrary } from './library-writer.repo.ts';
import { libraryAt, removeOwnLibrary, type ServerView } from './server-library.ts';

/**
 * Takes away the library of a user who is no longer enabled: what they played there is read, then our files go by the manifest, then the server's library, then
 * what we remember of it. A run after a kill at any point does the rest. A server library to which somebody gave other
 * folders stays and is scanned.
 *
 * @throws ShowrunnerError `LIBRARY_WRITE_FAILED` or `MEDIA_SERVER_*`
 */
export async function removeUserLibrary(
  context: LibraryContext,
  server: ServerView,
  inspected: InspectedLibrary,
): Promise<void> {
  const { mediaServer, progress, signal } = context;
  const { user, place, folder, plan, manifest, diff, steps } = inspected;
  await keepLeavingPlays(context, server, inspected);
  await applyLibrary({ folder, plan: plan.files, manifest, diff, signal });
  const library = libraryAt(server, place.serverPath);
  if (library && steps.remove) await removeOwnLibrary(context, server, user.providerId, library);
  if (library && steps.isShared) {
    progress.log(
      'warn',
      `${user.name}: the library "${library.name}" also shows other folders, so it stays at the media server.`,
      { remedy: 'Take our folder out of it in the dashboard of the media server.', folder: place.serverPath },
    );
    if (steps.scan) await mediaServer.refreshLibrary(library.id, signal);
  }
  await removeManifest(folder);
  await context.db.transaction((tx) => forgetUserLibrary(tx, user.id));
}
