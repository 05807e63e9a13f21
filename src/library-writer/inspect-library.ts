import { diffLibrary, type LibraryDiff } from './diff-library.ts';
import type { LibraryReader } from './library-context.ts';
import { type LibraryPlace, libraryPlace } from './library-settings.ts';
import { type LibraryUser, readPickedEpisodes, readPicks } from './library-writer.repo.ts';
import type { Manifest } from './manifest.ts';
import { type LibraryPlan, planLibrary } from './plan-library.ts';
import { type LibraryFolder, readDisk, readManifest } from './read-library.ts';
import { libraryAt, type ServerView } from './server-library.ts';
import { planServerSteps, type ServerSteps } from './server-steps.ts';

/** How closely to look at a library, and how much of it to plan. */
export interface InspectOptions {
  /** Read every file back instead of trusting the manifest, and scan even when nothing changed. */
  readonly force: boolean;
  /** Most series in a library; all picks when left out. */
  readonly limit?: number;
}

/** Everything that is known of a user's library before anything is done. */
export interface InspectedLibrary {
  readonly user: LibraryUser;
  readonly place: LibraryPlace;
  readonly folder: LibraryFolder;
  readonly plan: LibraryPlan;
  /** As it is on disk. */
  readonly manifest: Manifest;
  readonly diff: LibraryDiff;
  readonly steps: ServerSteps;
}

/**
 * Compares the library of one user with what it should be, on disk and at the media server, and writes nothing. For a
 * user who is not enabled it should be nothing at all.
 *
 * @throws ShowrunnerError `BAD_CONFIGURATION`, `LIBRARY_WRITE_FAILED` or `MEDIA_SERVER_*`
 */
export async function inspectLibrary(
  context: LibraryReader,
  server: ServerView,
  user: LibraryUser,
  options: InspectOptions,
): Promise<InspectedLibrary> {
  const { libraries: settings, signal } = context;
  const place = libraryPlace(settings, user.folder);
  const folder = { root: settings.root, base: place.base };
  const plan = await planFor(context, user, options.limit);
  const manifest = await readManifest(folder);
  const disk = await readDisk(folder, [...plan.files.keys(), ...manifest.files.keys()], {
    verify: options.force || manifest.pending === 'files',
    signal,
  });
  const diff = diffLibrary(plan.files, manifest, disk);
  const steps = planServerSteps({
    enabled: user.enabled,
    hasFiles: plan.files.size > 0,
    isChanged: diff.create.length + diff.update.length + diff.remove.length > 0,
    pending: manifest.pending,
    force: options.force,
    found: libraryAt(server, place.serverPath),
    policy: server.policies.get(user.providerId),
    serverPath: place.serverPath,
  });
  return { user, place, folder, plan, manifest, diff, steps };
}

async function planFor(context: LibraryReader, user: LibraryUser, limit?: number): Promise<LibraryPlan> {
  const { db, libraries: settings } = context;
  if (!user.enabled || user.setId === null) return planLibrary([], [], settings.mode);
  const picks = await readPicks(db, user.setId);
  const episodes = await readPickedEpisodes(db, user.setId);
  return planLibrary(picks.slice(0, limit), episodes, settings.mode);
}
