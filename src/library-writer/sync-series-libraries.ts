import { ShowrunnerError } from '../platform/errors.ts';
import { prepareRoot } from './apply-library.ts';
import type { UserOutcome } from './count-outcome.ts';
import { forUser } from './for-user.ts';
import type { LibraryContext } from './library-context.ts';
import { checkLibrarySettings } from './library-settings.ts';
import { type LibraryUser, readLibraryUsers } from './library-writer.repo.ts';
import { markAll } from './mark-all.ts';
import { warnOfVisiblePicks } from './others-picks.ts';
import { playsLocalStrm } from './output-mode.ts';
import { checkRoot } from './read-library.ts';
import type { WaitingLibrary } from './scan-library.ts';
import { readServer } from './server-library.ts';
import { syncUserLibrary } from './sync-user-library.ts';

/** Users named in one log line; the rest is counted. */
const LISTED = 20;

/** Which libraries to write and how. */
export interface SyncSeriesLibrariesInput {
  /** Users to write for; all when left out. */
  readonly userIds?: readonly number[];
  /** Most series in each library, the best picks first; all picks when left out. */
  readonly limit?: number;
  /** Only tell what would be done: log lines and the same counts, but not a file, row or call that changes anything. */
  readonly dryRun?: boolean;
  /** Read every file back instead of trusting the manifest, and scan even when nothing changed. */
  readonly force?: boolean;
}

/**
 * Writes each enabled user's current picks as a library of their own, opens it to them, has the media server scan it and
 * marks the placeholders that carry the ranks as watched. Only what differs is written; a library in which nothing
 * changed is not scanned. The library of a user who was disabled is removed. A user who fails is reported and the others
 * go on.
 *
 * @throws ShowrunnerError `BAD_CONFIGURATION`, `NOT_FOUND` (unknown user), `LIBRARY_WRITE_FAILED` (the root cannot be
 * used) or `MEDIA_SERVER_*`
 */
export async function syncSeriesLibraries(
  context: LibraryContext,
  input: SyncSeriesLibrariesInput,
): Promise<Record<string, number>> {
  const { progress, signal } = context;
  const options = {
    dryRun: input.dryRun ?? false,
    force: input.force ?? false,
    ...(input.limit !== undefined && { limit: input.limit }),
  };
  checkLibrarySettings(context.libraries);
  await checkRoot(context.libraries.root);
  await warnOfDeadStrm(context);
  const users = await chooseUsers(context, input.userIds);
  if (!options.dryRun && users.length > 0) await prepareRoot(context.libraries.root);
  const server = await readServer(context.mediaServer, signal);
  const waiting: WaitingLibrary[] = [];
  const counts = { users: 0, ...NO_COUNTS };
  progress.step('Write libraries', users.length, 'users');
  for (const user of users) {
    signal.throwIfAborted();
    await forUser(context, user, async () => {
      const done = await syncUserLibrary(context, server, user, options);
      if (done.waiting) waiting.push(done.waiting);
      counts.users += 1;
      for (const name of COUNTS) counts[name] += done.counts[name];
    });
    progress.advance(1, user.name);
  }
  if (waiting.length > 0) counts.placeholdersMarked += await markAll(context, waiting);
  await warnOfVisiblePicks(context, server);
  return counts;
}

const NO_COUNTS = {
  libraries: 0,
  librariesRemoved: 0,
  librariesRepaired: 0,
  accessGranted: 0,
  series: 0,
  filesWritten: 0,
  filesRemoved: 0,
  filesUnchanged: 0,
  conflicts: 0,
  scans: 0,
  placeholdersMarked: 0,
} satisfies UserOutcome;

const COUNTS = [
  'libraries',
  'librariesRemoved',
  'librariesRepaired',
  'accessGranted',
  'series',
  'filesWritten',
  'filesRemoved',
  'filesUnchanged',
  'conflicts',
  'scans',
  'placeholdersMarked',
] as const;

/** Users to write for, and those whose library is to be removed because they were disabled since. */
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
      users: without.slice(0, LISTED),
      count: without.length,
    });
  return users.filter((user) => (user.enabled ? user.setId !== null : user.path !== null));
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
