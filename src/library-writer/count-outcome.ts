import type { InspectedLibrary } from './inspect-library.ts';
import type { LibraryReader } from './library-context.ts';
import { findPlaceholders } from './mark-placeholders.ts';
import { waitingLibrary } from './scan-library.ts';
import { libraryAt, type ServerView } from './server-library.ts';

/** Counts of what was done for one user, or would be done. */
export interface UserOutcome {
  /** Server libraries created. */
  readonly libraries: number;
  readonly librariesRemoved: number;
  /** Server libraries whose options had to be set again. */
  readonly librariesRepaired: number;
  /** Users to whom their library was opened. */
  readonly accessGranted: number;
  /** Series in the library. */
  readonly series: number;
  readonly filesWritten: number;
  readonly filesRemoved: number;
  readonly filesUnchanged: number;
  readonly conflicts: number;
  readonly scans: number;
  readonly placeholdersMarked: number;
}

/** The counts that doing what was found out would end with; placeholders are looked up unless `known` says how many. */
export async function countOutcome(
  context: LibraryReader,
  server: ServerView,
  inspected: InspectedLibrary,
  known?: { readonly placeholdersMarked: number },
): Promise<UserOutcome> {
  const { plan, diff, steps } = inspected;
  return {
    libraries: steps.create ? 1 : 0,
    librariesRemoved: steps.remove ? 1 : 0,
    librariesRepaired: steps.repair.length > 0 ? 1 : 0,
    accessGranted: steps.grant ? 1 : 0,
    series: plan.shown.length,
    filesWritten: diff.create.length + diff.update.length,
    filesRemoved: diff.remove.length,
    filesUnchanged: diff.unchanged,
    conflicts: diff.conflicts.length,
    scans: steps.scan ? 1 : 0,
    placeholdersMarked: known?.placeholdersMarked ?? (await placeholdersToMark(context, server, inspected)),
  };
}

/** How many placeholders the user has not watched yet, those that the server has never seen included. */
async function placeholdersToMark(
  context: LibraryReader,
  server: ServerView,
  inspected: InspectedLibrary,
): Promise<number> {
  const { plan, steps, manifest, place } = inspected;
  if (!steps.scan && manifest.pending !== 'marks') return 0;
  const library = libraryAt(server, place.serverPath);
  if (!library) return plan.placeholders.length;
  const found = await findPlaceholders(context, waitingLibrary(context, inspected, library.id));
  return plan.placeholders.length - (found.shown - found.unplayed.length);
}
