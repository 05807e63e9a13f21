import { applyLibrary } from './apply-library.ts';
import { diffLibrary } from './diff-library.ts';
import type { LibraryContext } from './library-context.ts';
import { libraryPlace } from './library-settings.ts';
import {
  type LibraryUser,
  readPickedEpisodes,
  readPicks,
  rememberUserLibrary,
} from './library-writer.repo.ts';
import { type LibraryPlan, planLibrary } from './plan-library.ts';
import { readDisk, readManifest } from './read-library.ts';
import { reportDiff } from './report-diff.ts';
import { scanLibrary, type WaitingLibrary } from './scan-library.ts';
import { type KnownLibraries, libraryAt } from './server-library.ts';

/** What was done for one user, or would be done in a dry run. */
export interface UserOutcome {
  readonly libraries: number;
  readonly series: number;
  readonly filesWritten: number;
  readonly filesRemoved: number;
  readonly filesUnchanged: number;
  readonly conflicts: number;
  readonly scans: number;
  readonly waiting: WaitingLibrary | undefined;
}

/**
 * Brings the library of one user in line with their current picks: files, server library and scan. For a user who is
 * no longer enabled it removes everything that Showrunner owns there.
 *
 * @throws ShowrunnerError `LIBRARY_WRITE_FAILED` or `MEDIA_SERVER_*`
 */
export async function syncUserLibrary(
  context: LibraryContext,
  known: KnownLibraries,
  user: LibraryUser,
  options: { readonly dryRun: boolean; readonly force: boolean },
): Promise<UserOutcome> {
  const { libraries: settings, signal } = context;
  const place = libraryPlace(settings, user.folder);
  const folder = { root: settings.root, base: place.base };
  const plan = await planFor(context, user);
  const before = await readManifest(folder);
  const disk = await readDisk(folder, [...plan.files.keys(), ...before.files.keys()], {
    verify: options.force || before.pending === 'files',
    signal,
  });
  const diff = diffLibrary(plan.files, before, disk);
  reportDiff(context.progress, user, place, plan, diff);
  const counts = {
    series: plan.series,
    filesWritten: diff.create.length + diff.update.length,
    filesRemoved: diff.remove.length,
    filesUnchanged: diff.unchanged,
    conflicts: diff.conflicts.length,
  };
  if (options.dryRun) {
    const libraries = plan.files.size > 0 && !libraryAt(known, place.serverPath) ? 1 : 0;
    const isDue = before.pending === 'files' || before.pending === 'scan' || options.force;
    const isChanged = counts.filesWritten + counts.filesRemoved + libraries > 0;
    return { ...counts, libraries, scans: isDue || isChanged ? 1 : 0, waiting: undefined };
  }
  const remember = (providerLibraryId: string | null) =>
    rememberUserLibrary(context.db, {
      userId: user.id,
      path: place.path,
      providerLibraryId,
      setId: user.enabled ? user.setId : null,
      fileCount: diff.owned.size,
      syncedAt: context.now(),
    });
  if (plan.files.size + before.files.size === 0) {
    await remember(null);
    return { ...counts, libraries: 0, scans: 0, waiting: undefined };
  }
  // Known before its first file is written: a user disabled after a kill still has their files removed.
  if (user.fileCount === 0) await remember(null);
  const manifest = await applyLibrary({ folder, plan: plan.files, manifest: before, diff, signal });
  const { libraryId, ...scanned } = await scanLibrary(
    context,
    known,
    { user, place, folder, plan, manifest },
    options.force,
  );
  await remember(libraryId);
  return { ...counts, ...scanned };
}

async function planFor(context: LibraryContext, user: LibraryUser): Promise<LibraryPlan> {
  const { db, libraries: settings } = context;
  if (!user.enabled || user.setId === null) return planLibrary([], [], settings.mode);
  const picks = await readPicks(db, user.setId);
  const episodes = await readPickedEpisodes(db, user.setId);
  return planLibrary(picks, episodes, settings.mode);
}
