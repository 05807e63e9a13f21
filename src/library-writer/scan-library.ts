import { join } from 'node:path';
import { setPending } from './apply-library.ts';
import type { InspectedLibrary } from './inspect-library.ts';
import type { LibraryContext } from './library-context.ts';
import { type LibrarySettings, serverMappings } from './library-settings.ts';
import { rememberServerLibrary } from './library-writer.repo.ts';
import type { PlaceholderLibrary } from './mark-placeholders.ts';
import { toLocalPath } from './path-mapping.ts';
import {
  createOwnLibrary,
  grantLibrary,
  libraryAt,
  repairLibrary,
  type ServerView,
} from './server-library.ts';

/** A library that was scanned, whose placeholders are still to be marked as watched. */
export interface WaitingLibrary extends PlaceholderLibrary, InspectedLibrary {}

/**
 * Makes the media server show a written library (its manifest as it is now): finds or creates it there, sets its options
 * again, opens it to the user and asks for a scan, each where it is needed. Each step is noted in the manifest first, so
 * that a run after a kill does what is left.
 *
 * @returns the server's id of the library, null when it has none and needs none
 * @throws ShowrunnerError `MEDIA_SERVER_*` or `LIBRARY_WRITE_FAILED`
 */
export async function scanLibrary(
  context: LibraryContext,
  server: ServerView,
  written: InspectedLibrary,
): Promise<{ readonly libraryId: string | null; readonly waiting: WaitingLibrary | undefined }> {
  const { user, place, folder, plan, steps } = written;
  const found = libraryAt(server, place.serverPath);
  if (!found && !steps.create) {
    await setPending(folder, written.manifest, 'nothing');
    return { libraryId: null, waiting: undefined };
  }
  const manifest = steps.scan ? await setPending(folder, written.manifest, 'scan') : written.manifest;
  const wanted = { userName: user.name, userId: user.providerId, serverPath: place.serverPath };
  const library = found ?? (await createOwnLibrary(context, server, wanted));
  await context.db.transaction((tx) => rememberServerLibrary(tx, library));
  if (steps.repair.length > 0) {
    await repairLibrary(context, server, library);
    context.progress.log('info', `${user.name}: options of the library were changed and are set again.`, {
      options: steps.repair,
    });
  }
  if (steps.grant) await grantLibrary(context, server, user.providerId, library);
  if (manifest.pending === 'scan') {
    await context.mediaServer.refreshLibrary(library.id, context.signal);
    const scanned = await setPending(folder, manifest, plan.placeholders.length > 0 ? 'marks' : 'nothing');
    return {
      libraryId: library.id,
      waiting: unfinished(context, { ...written, manifest: scanned }, library.id),
    };
  }
  return { libraryId: library.id, waiting: unfinished(context, { ...written, manifest }, library.id) };
}

/** What looking for the placeholders of a library needs. */
export function waitingLibrary(
  context: { readonly libraries: LibrarySettings },
  inspected: InspectedLibrary,
  libraryId: string,
): WaitingLibrary {
  const { place, plan, user } = inspected;
  const placeholders = new Set(plan.placeholders.map((path) => join(place.path, path)));
  const links = new Set(plan.links.map((path) => join(place.path, path)));
  const mappings = serverMappings(context.libraries);
  return {
    ...inspected,
    libraryId,
    userId: user.providerId,
    expected: placeholders.size,
    isPlaceholder: (path) => placeholders.has(toLocalPath(path, mappings)),
    isLink: (path) => links.has(toLocalPath(path, mappings)),
  };
}

function unfinished(
  context: LibraryContext,
  written: InspectedLibrary,
  libraryId: string,
): WaitingLibrary | undefined {
  return written.manifest.pending === 'marks' ? waitingLibrary(context, written, libraryId) : undefined;
}
