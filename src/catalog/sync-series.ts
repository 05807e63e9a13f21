import type { MediaLibrary, MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { allLibraries, type Library, markLibraryComplete, saveLibraries } from './libraries.repo.ts';
import { isLimited, pickListingUser } from './listing-user.ts';
import { type Removed, removeAllOf, removeUnseen } from './remove-unseen.ts';
import { type SyncCounts, syncLibrary } from './sync-library.ts';

/** What to sync. */
export interface SyncSeriesInput {
  /** Our ids of the libraries to read; all enabled ones when left out. */
  readonly libraryIds?: readonly number[];
  /** Marks removed whatever is missing, however much it is. */
  readonly allowLargeRemoval?: boolean;
  /** Writes every row again, changed or not. */
  readonly force?: boolean;
}

type SyncContext = VerbContext & { readonly mediaServer: MediaServer };

/**
 * Brings libraries, titles, seasons and episodes in line with the media server, library by library. Only what changed
 * is written; what is missing is marked removed, and only after a complete pass of its library. A library that fails
 * is reported and the next one read.
 *
 * @returns counts: libraries, series*, episodes* and skipped (items of no use)
 * @throws ShowrunnerError `MEDIA_SERVER_*` when the server cannot be reached or every library failed, `NOT_FOUND` for
 * a library id that names no enabled library, `PREREQUISITE_MISSING` when the server has no user to list as
 */
export async function syncSeries(context: SyncContext, input: SyncSeriesInput): Promise<SyncCounts> {
  const { db, mediaServer, signal, progress } = context;
  await mediaServer.connect(signal);
  const listed = (await mediaServer.libraries(signal)).filter(mayHoldSeries);
  await saveLibraries(db, listed, context.now());
  const libraries = await allLibraries(db);
  const sources = chooseSources(libraries, input.libraryIds);
  const user = pickListingUser(await mediaServer.users(signal));
  if (isLimited(user))
    progress.log(
      'warn',
      `Listing as ${user.name}, who may not see everything: no user without limits was found.`,
    );

  const counts: SyncCounts = { ...NO_COUNTS };
  const errors: ShowrunnerError[] = [];
  for (const library of sources) {
    try {
      const pass = { library, userId: user.id, force: input.force ?? false };
      const seen = await syncLibrary(context, pass, counts);
      await remove(context, library, counts, async () => {
        const removed = await removeUnseen(context, library, seen, input.allowLargeRemoval ?? false);
        await markLibraryComplete(db, library.id, context.now());
        return removed;
      });
      counts.libraries += 1;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ShowrunnerError) || !error.code.startsWith('MEDIA_SERVER_')) throw error;
      progress.fail(library.name, error);
      errors.push(error);
    }
  }
  const [firstError] = errors;
  if (firstError && errors.length === sources.length) throw firstError;
  for (const library of input.libraryIds ? [] : libraries.filter((one) => !isSource(one)))
    await remove(context, library, counts, () =>
      removeAllOf(context, library, input.allowLargeRemoval ?? false),
    );
  return counts;
}

const NO_COUNTS: SyncCounts = {
  libraries: 0,
  seriesSeen: 0,
  seriesAdded: 0,
  seriesUpdated: 0,
  seriesRemoved: 0,
  episodesSeen: 0,
  episodesAdded: 0,
  episodesUpdated: 0,
  episodesRemoved: 0,
  skipped: 0,
};

function mayHoldSeries({ collectionType }: MediaLibrary): boolean {
  return collectionType === null || collectionType === 'mixed' || collectionType === 'tvshows';
}

function isSource(library: Library): boolean {
  return library.enabled && !library.isVirtual && library.removedAt === null;
}

function chooseSources(libraries: readonly Library[], ids: readonly number[] | undefined): Library[] {
  const sources = libraries.filter(isSource);
  const unknown = ids?.find((id) => !sources.some((library) => library.id === id));
  if (unknown === undefined) return ids ? sources.filter((library) => ids.includes(library.id)) : sources;
  throw new ShowrunnerError('NOT_FOUND', 'There is no enabled library with this id on the media server.', {
    field: 'libraryIds',
    value: String(unknown),
    remedy: 'Name libraries that are enabled, not virtual and still on the media server.',
  });
}

/** A refused removal is reported, but the library counts as read. */
async function remove(
  context: SyncContext,
  library: Library,
  counts: SyncCounts,
  removal: () => Promise<Removed>,
): Promise<void> {
  try {
    const removed = await removal();
    counts.seriesRemoved += removed.series;
    counts.episodesRemoved += removed.episodes;
  } catch (error) {
    if (!(error instanceof ShowrunnerError) || error.code !== 'LARGE_REMOVAL') throw error;
    context.progress.fail(library.name, error);
  }
}
