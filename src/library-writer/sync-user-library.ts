import { applyLibrary } from './apply-library.ts';
import { countOutcome, type UserOutcome } from './count-outcome.ts';
import { type InspectOptions, inspectLibrary } from './inspect-library.ts';
import { keepLeavingPlays } from './keep-leaving-plays.ts';
import type { LibraryContext } from './library-context.ts';
import { type LibraryUser, rememberUserLibrary } from './library-writer.repo.ts';
import { removeUserLibrary } from './remove-user-library.ts';
import { reportDiff } from './report-diff.ts';
import { reportDryRun } from './report-dry-run.ts';
import { scanLibrary, type WaitingLibrary } from './scan-library.ts';
import type { ServerView } from './server-library.ts';
import { waitForScan } from './wait-for-scan.ts';

/** What was done for one user, or would be done in a dry run. */
export interface UserResult {
  readonly counts: UserOutcome;
  /** The library, when its placeholders are still to be marked as watched. */
  readonly waiting: WaitingLibrary | undefined;
}

/**
 * Brings the library of one user in line with their current picks: files, server library, access and scan. For a user
 * who is no longer enabled it removes everything that Showrunner owns there.
 *
 * @throws ShowrunnerError `LIBRARY_WRITE_FAILED` or `MEDIA_SERVER_*`
 */
export async function syncUserLibrary(
  context: LibraryContext,
  server: ServerView,
  user: LibraryUser,
  options: InspectOptions & { readonly dryRun: boolean },
): Promise<UserResult> {
  const inspected = await inspectLibrary(context, server, user, options);
  const { place, folder, plan, manifest: before, diff, steps } = inspected;
  reportDiff(context.progress, inspected);
  if (options.dryRun) {
    reportDryRun(context.progress, inspected);
    return { counts: await countOutcome(context, server, inspected), waiting: undefined };
  }
  const counts = await countOutcome(context, server, inspected, { placeholdersMarked: 0 });
  if (!user.enabled) {
    await removeUserLibrary(context, server, inspected);
    return { counts, waiting: undefined };
  }
  const remember = (providerLibraryId: string | null, shown = plan.shown) =>
    context.db.transaction((tx) =>
      rememberUserLibrary(tx, {
        userId: user.id,
        path: place.path,
        providerLibraryId,
        setId: user.setId,
        fileCount: diff.owned.size,
        shown,
        syncedAt: context.now(),
      }),
    );
  if (plan.files.size + before.files.size + steps.repair.length === 0 && !steps.scan) {
    await remember(null);
    return { counts, waiting: undefined };
  }
  // Known before its first file is written: a user disabled after a kill still has their files removed.
  if (user.fileCount === 0) await remember(null, []);
  if (steps.scan) await waitForScan(context, server, place.serverPath);
  await keepLeavingPlays(context, server, inspected);
  const manifest = await applyLibrary({
    folder,
    plan: plan.files,
    manifest: before,
    diff,
    signal: context.signal,
  });
  const { libraryId, waiting } = await scanLibrary(context, server, { ...inspected, manifest });
  await remember(libraryId);
  return { counts, waiting };
}
