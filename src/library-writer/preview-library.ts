import type { ShownSeries } from '../../drizzle/tables/library-writer.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { type InspectedLibrary, inspectLibrary } from './inspect-library.ts';
import type { LibraryReader } from './library-context.ts';
import { libraryOwners } from './library-owners.repo.ts';
import type { LibraryProblem } from './library-problems.ts';
import { findProblems } from './library-problems.ts';
import { checkLibrarySettings } from './library-settings.ts';
import { readLibraryUsers } from './library-writer.repo.ts';
import { visibleOthers } from './others-picks.ts';
import type { OutputMode } from './output-mode.ts';
import { checkRoot } from './read-library.ts';
import { type SeriesChanges, seriesChanges } from './series-changes.ts';
import { freeLibraryName, libraryAt, readServer, type ServerView } from './server-library.ts';
import { NO_STEPS, type ServerSteps } from './server-steps.ts';

/** One file of a library that is to be written or removed. */
export interface FileChange {
  /** Relative to the library's folder. */
  readonly path: string;
  readonly change: 'CREATE' | 'UPDATE' | 'REMOVE';
}

/** Where a library stands at the media server. */
type ServerLibraryState = 'ABSENT' | 'READY' | 'CHANGED' | 'SCANNING';

/** What a run would do for one user, and what stands in its way. */
export interface LibraryPreview {
  readonly userId: number;
  readonly mode: OutputMode;
  /** The library's folder as Showrunner and as the media server see it. */
  readonly path: string;
  readonly serverPath: string;
  readonly series: SeriesChanges;
  readonly files: readonly FileChange[];
  readonly filesKept: number;
  readonly server: {
    readonly state: ServerLibraryState;
    /** The server's id; null while it is absent. */
    readonly id: string | null;
    /** Its name, or the one that it would get. */
    readonly name: string;
    readonly steps: ServerSteps;
  };
  readonly problems: readonly LibraryProblem[];
  /** Names of the libraries with others' picks that the user can open. */
  readonly visibleOthers: readonly string[];
}

/**
 * Computes what the next run would change in the library of one user. Nothing is written, neither here nor at the media
 * server.
 *
 * @throws ShowrunnerError `NOT_FOUND` (unknown user), `BAD_CONFIGURATION`, `LIBRARY_WRITE_FAILED` (the root cannot be
 * read) or `MEDIA_SERVER_*`
 */
export async function previewLibrary(
  context: LibraryReader,
  input: { readonly userId: number },
): Promise<LibraryPreview> {
  const { db, libraries: settings, mediaServer, signal } = context;
  const [user] = await readLibraryUsers(db, [input.userId]);
  if (!user)
    throw new ShowrunnerError('NOT_FOUND', 'There is no such user.', {
      field: 'userId',
      remedy: 'Pass the id of one of `users`.',
    });
  checkLibrarySettings(settings);
  await checkRoot(settings.root);
  const server = await readServer(mediaServer, signal);
  const inspected = await inspectLibrary(context, server, user, { force: false });
  const others = visibleOthers(server, await libraryOwners(db), user);
  const info = await mediaServer.connect(signal);
  return {
    userId: user.id,
    mode: settings.mode,
    path: inspected.place.path,
    serverPath: inspected.place.serverPath,
    series: seriesChanges(user.shown, shownAfter(inspected)),
    files: fileChanges(inspected),
    filesKept: inspected.diff.unchanged,
    server: serverState(server, inspected),
    problems: findProblems(inspected, {
      settings,
      info,
      visibleOthers: others.map(({ library }) => library.name),
    }),
    visibleOthers: others.map(({ library }) => library.name),
  };
}

/** A user without recommendations keeps their library as it is. */
function shownAfter({ user, plan }: InspectedLibrary): readonly ShownSeries[] {
  return user.enabled && user.setId === null ? user.shown : plan.shown;
}

function fileChanges({ user, diff }: InspectedLibrary): readonly FileChange[] {
  if (user.enabled && user.setId === null) return [];
  const change = (kind: FileChange['change'], paths: readonly string[]) =>
    paths.map((path) => ({ path, change: kind }));
  return [
    ...change('CREATE', diff.create),
    ...change('UPDATE', diff.update),
    ...change('REMOVE', diff.remove),
  ].sort((left, right) => (left.path < right.path ? -1 : 1));
}

function serverState(server: ServerView, inspected: InspectedLibrary): LibraryPreview['server'] {
  const { user, place } = inspected;
  const steps = user.enabled && user.setId === null ? NO_STEPS : inspected.steps;
  const found = libraryAt(server, place.serverPath);
  if (!found) return { state: 'ABSENT', id: null, name: freeLibraryName(server, user.name), steps };
  const state = found.isScanning ? 'SCANNING' : steps.repair.length > 0 ? 'CHANGED' : 'READY';
  return { state, id: found.id, name: found.name, steps };
}
