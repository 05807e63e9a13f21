import { ShowrunnerError } from '../platform/errors.ts';
import { wait } from '../platform/wait.ts';
import { prepareRoot, setPending } from './apply-library.ts';
import type { LibraryContext } from './library-context.ts';
import { checkLibrarySettings } from './library-settings.ts';
import { type LibraryUser, readLibraryUsers } from './library-writer.repo.ts';
import { markPlaceholders } from './mark-placeholders.ts';
import { playsLocalStrm } from './output-mode.ts';
import { checkRoot } from './read-library.ts';
import type { WaitingLibrary } from './scan-library.ts';
import { knownLibraries } from './server-library.ts';
import { syncUserLibrary } from './sync-user-library.ts';

/** How often the server is asked for placeholders it has not scanned yet. */
/** A small scan is done in a second, a large one in a minute: look often at first. */
const LOOKS = 8;
const DEFAULT_SCAN_WAIT_MS = 500;

/** Which libraries to write and how. */
export interface SyncSeriesLibrariesInput {
  /** Users to write for; all when left out. */
  readonly userIds?: readonly number[];
  /** Only count what would be done. */
  readonly dryRun?: boolean;
  /** Read every file back instead of trusting the manifest, and scan even when nothing changed. */
  readonly force?: boolean;
}

/**
 * Writes each enabled user's current picks as a library of their own, has the media server scan it and marks the
 * placeholders that carry the ranks as watched. Only what differs is written; a library in which nothing changed is
 * not scanned. A user who fails is reported and the others go on.
 *
 * @throws ShowrunnerError `BAD_CONFIGURATION`, `NOT_FOUND` (unknown user), `LIBRARY_WRITE_FAILED` (the root cannot be
 * used) or `MEDIA_SERVER_*`
 */
export async function syncSeriesLibraries(
  context: LibraryContext,
  input: SyncSeriesLibrariesInput,
): Promise<Record<string, number>> {
  const { progress, signal } = context;
  const options = { dryRun: input.dryRun ?? false, force: input.force ?? false };
  checkLibrarySettings(context.libraries);
  await checkRoot(context.libraries.root);
  await warnOfDeadStrm(context);
  const users = await chooseUsers(context, input.userIds);
  if (!options.dryRun && users.length > 0) await prepareRoot(context.libraries.root);
  const known = await knownLibraries(context.mediaServer, signal);
  const waiting: WaitingLibrary[] = [];
  const counts = {
    users: 0,
    libraries: 0,
    series: 0,
    filesWritten: 0,
    filesRemoved: 0,
    filesUnchanged: 0,
    conflicts: 0,
    scans: 0,
    placeholdersMarked: 0,
  };
  progress.step('Write libraries', users.length, 'users');
  for (const user of users) {
    signal.throwIfAborted();
    await forUser(context, user, async () => {
      const done = await syncUserLibrary(context, known, user, options);
      if (done.waiting) waiting.push(done.waiting);
      counts.users += 1;
      counts.libraries += done.libraries;
      counts.series += done.series;
      counts.filesWritten += done.filesWritten;
      counts.filesRemoved += done.filesRemoved;
      counts.filesUnchanged += done.filesUnchanged;
      counts.conflicts += done.conflicts;
      counts.scans += done.scans;
    });
    progress.advance(1, user.name);
  }
  if (waiting.length > 0) counts.placeholdersMarked = await markAll(context, waiting);
  return counts;
}

/** Users to write for, and those whose library is to be emptied because they were disabled since. */
async function chooseUsers(context: LibraryContext, userIds?: readonly number[]): Promise<LibraryUser[]> {
  const users = await readLibraryUsers(context.db, userIds);
  const unknown = userIds?.filter((id) => !users.some((user) => user.id === id)) ?? [];
  if (unknown.length > 0)
    throw new ShowrunnerError('NOT_FOUND', 'There is no such user.', {
      field: 'userIds',
      value: unknown.join(', '),
    });
  const without = users.filter((user) => user.enabled && user.setId === null).map((user) => user.name);
  if (without.length > 0)
    context.progress.log('info', 'Users without recommendations keep their library as it is.', {
      users: without,
    });
  return users.filter((user) => (user.enabled ? user.setId !== null : user.fileCount > 0));
}

/**
 * Looks for the placeholders of all libraries in rounds, so that one slow scan does not hold up the rest. What the
 * server has not scanned in the end is left to the next run.
 */
async function markAll(context: LibraryContext, libraries: readonly WaitingLibrary[]): Promise<number> {
  const { progress, signal } = context;
  let pauseMs = context.libraries.scanWaitMs ?? DEFAULT_SCAN_WAIT_MS;
  let waiting = libraries;
  let marked = 0;
  progress.step('Mark placeholders as watched', libraries.length, 'users');
  for (let look = 1; waiting.length > 0; look += 1) {
    const unfinished: WaitingLibrary[] = [];
    for (const library of waiting) {
      signal.throwIfAborted();
      await forUser(context, library.user, async () => {
        const answer = await markPlaceholders(context, library);
        marked += answer.marked;
        if (answer.missing === 0) await setPending(library.folder, library.manifest, 'nothing');
        else if (look < LOOKS) unfinished.push(library);
        else progress.log('warn', notScanned(library, answer.missing));
      });
      if (!unfinished.includes(library)) progress.advance(1, library.user.name);
    }
    waiting = unfinished;
    if (waiting.length === 0) break;
    await wait(pauseMs, signal);
    pauseMs *= 2;
  }
  return marked;
}

function notScanned(library: WaitingLibrary, missing: number): string {
  return (
    `${library.user.name}: the media server does not show ${missing} of ${library.expected} placeholders yet; ` +
    'the next run looks for them again.'
  );
}

async function forUser(context: LibraryContext, user: LibraryUser, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    context.signal.throwIfAborted();
    context.progress.fail(user.name, error);
  }
}

async function warnOfDeadStrm(context: LibraryContext): Promise<void> {
  if (context.libraries.mode !== 'strm') return;
  const server = await context.mediaServer.connect(context.signal);
  if (playsLocalStrm(server)) return;
  context.progress.log(
    'warn',
    `Jellyfin ${server.version} does not play STRM files that hold a path; choose symbolic links instead.`,
  );
}
