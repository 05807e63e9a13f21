import { join } from 'node:path';
import { setPending } from './apply-library.ts';
import type { LibraryContext } from './library-context.ts';
import { type LibraryPlace, serverMappings } from './library-settings.ts';
import type { LibraryUser } from './library-writer.repo.ts';
import type { Manifest } from './manifest.ts';
import type { PlaceholderLibrary } from './mark-placeholders.ts';
import { toLocalPath } from './path-mapping.ts';
import type { LibraryPlan } from './plan-library.ts';
import type { LibraryFolder } from './read-library.ts';
import { ensureServerLibrary, type KnownLibraries, libraryAt } from './server-library.ts';

/** A library whose files are as planned. */
export interface WrittenLibrary {
  readonly user: LibraryUser;
  readonly place: LibraryPlace;
  readonly folder: LibraryFolder;
  readonly plan: LibraryPlan;
  readonly manifest: Manifest;
}

/** A library that was scanned, whose placeholders are still to be marked as watched. */
export interface WaitingLibrary extends PlaceholderLibrary, WrittenLibrary {}

/** What was done at the media server: how many libraries created, how many scans asked for. */
export interface ScanOutcome {
  readonly libraries: number;
  readonly scans: number;
  /** The server's id of the library; null when it has none and needs none. */
  readonly libraryId: string | null;
  readonly waiting: WaitingLibrary | undefined;
}

/**
 * Makes the media server show a written library: finds or creates it there, and asks for a scan when files changed,
 * when it is new there or when `force` says so. Each step is noted in the manifest first, so that a run after a kill
 * does what is left.
 *
 * @throws ShowrunnerError `MEDIA_SERVER_*` or `LIBRARY_WRITE_FAILED`
 */
export async function scanLibrary(
  context: LibraryContext,
  known: KnownLibraries,
  written: WrittenLibrary,
  force: boolean,
): Promise<ScanOutcome> {
  const { user, place, folder, plan } = written;
  const found = libraryAt(known, place.serverPath);
  if (!found && plan.files.size === 0) {
    await setPending(folder, written.manifest, 'nothing');
    return { libraries: 0, scans: 0, libraryId: null, waiting: undefined };
  }
  const isScanned = found !== undefined && !force;
  const manifest = isScanned ? written.manifest : await setPending(folder, written.manifest, 'scan');
  const { library, isNew } = await ensureServerLibrary(context, known, {
    userName: user.name,
    serverPath: place.serverPath,
  });
  const libraries = isNew ? 1 : 0;
  if (manifest.pending !== 'scan') {
    const waiting = waitingLibrary(context, { ...written, manifest }, library.id);
    return { libraries, scans: 0, libraryId: library.id, waiting };
  }
  await context.mediaServer.refreshLibrary(library.id, context.signal);
  const scanned = await setPending(folder, manifest, plan.placeholders.length > 0 ? 'marks' : 'nothing');
  const waiting = waitingLibrary(context, { ...written, manifest: scanned }, library.id);
  return { libraries, scans: 1, libraryId: library.id, waiting };
}

function waitingLibrary(
  context: LibraryContext,
  written: WrittenLibrary,
  libraryId: string,
): WaitingLibrary | undefined {
  if (written.manifest.pending !== 'marks') return undefined;
  const paths = new Set(written.plan.placeholders.map((path) => join(written.place.path, path)));
  const mappings = serverMappings(context.libraries);
  return {
    ...written,
    libraryId,
    userId: written.user.providerId,
    expected: paths.size,
    isPlaceholder: (path) => paths.has(toLocalPath(path, mappings)),
  };
}
