import type { Dialect, MediaLibrary, MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { createCatalogPreview } from './catalog-preview.ts';
import { type CatalogStore, createCatalogStore, type OwnRoot } from './catalog-store.ts';
import { needsFullPass } from './full-pass.ts';
import { allLibraries, type Library } from './libraries.repo.ts';
import { isLimited, pickListingUser } from './listing-user.ts';
import type { Removed } from './remove-unseen.ts';
import { believeEmpty, listedForSure } from './second-look.ts';
import { noCounts, type SyncCounts } from './sync-counts.ts';
import { syncLibrary } from './sync-library.ts';

/** What to sync. */
export interface SyncSeriesInput {
  /** Our ids of the libraries to read; all enabled ones when left out. */
  readonly libraryIds?: readonly number[] | undefined;
  /** Marks removed whatever is missing, however much it is. */
  readonly allowLargeRemoval?: boolean;
  /** Reads everything, also below series that are listed as they were before. */
  readonly full?: boolean;
  /** Reads everything and writes every row again, changed or not. */
  readonly force?: boolean;
  /** Series to save at most, over all libraries: a trial, after which nothing is marked removed. */
  readonly limit?: number | undefined;
  /** Reads as the real run would, writes nothing, and logs what would be written. */
  readonly dryRun?: boolean;
}

type SyncContext = VerbContext & OwnRoot & { readonly mediaServer: MediaServer };

/** What is the same for every library of a run. */
interface Run {
  readonly store: CatalogStore;
  readonly input: SyncSeriesInput;
  readonly userId: string;
  readonly dialect: Dialect;
  /** Server, version and user: only lists of the same ones can be compared. */
  readonly listedAs: string;
  readonly counts: SyncCounts;
  /** Series that may yet be saved; null for all. */
  limit: number | null;
}

/**
 * Brings libraries, titles, seasons and episodes in line with the media server, library by library. Only what changed is
 * read below the series and written; everything is read when it never was, long ago, or as another user or version of
 * the server. What is missing is marked removed, only after a complete pass of its library, and a library or series that
 * suddenly lists nothing only after a second look. A library that fails is reported and the next one read.
 *
 * @returns counts: libraries, series*, episodes* and skipped (items of no use)
 * @throws ShowrunnerError `MEDIA_SERVER_*` when the server cannot be reached or every library failed, `NOT_FOUND` for
 * a library id that names no enabled library, `PREREQUISITE_MISSING` when the server has no user to list as
 */
export async function syncSeries(context: SyncContext, input: SyncSeriesInput): Promise<SyncCounts> {
  const { mediaServer, signal, progress } = context;
  const force = input.force ?? false;
  const store = input.dryRun
    ? await createCatalogPreview(context, force)
    : createCatalogStore(context, force);
  const server = await mediaServer.connect(signal);
  const known = (await allLibraries(context.db)).filter(isSource);
  const listed = await listedForSure(context, known, input.allowLargeRemoval ?? false);
  const libraries = await store.saveLibraries(listed.filter(mayHoldSeries));
  const sources = chooseSources(libraries, input.libraryIds);
  const user = pickListingUser(await mediaServer.users(signal));
  if (isLimited(user))
    progress.log(
      'warn',
      `Listing as ${user.name}, who may not see everything: no user without limits was found.`,
    );

  const listedAs = [server.dialect, server.id, server.version, user.id].join(' ');
  const run: Run = {
    store,
    input,
    userId: user.id,
    dialect: server.dialect,
    listedAs,
    counts: noCounts(),
    limit: input.limit ?? null,
  };
  const errors: ShowrunnerError[] = [];
  for (const library of sources) {
    if (run.limit === 0) break;
    try {
      await syncOne(context, run, library);
      run.counts.libraries += 1;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ShowrunnerError) || !error.code.startsWith('MEDIA_SERVER_')) throw error;
      fail(context, library, error);
      errors.push(error);
    }
  }
  const [firstError] = errors;
  if (firstError && errors.length === sources.length) throw firstError;
  const others = input.libraryIds || run.limit !== null ? [] : libraries.filter((one) => !isSource(one));
  for (const library of others)
    await remove(context, library, run, () => store.removeAllOf(library, input.allowLargeRemoval ?? false));
  return run.counts;
}

async function syncOne(context: SyncContext, run: Run, library: Library): Promise<void> {
  const { input, counts, listedAs } = run;
  const store = run.store.open(library);
  const isFull =
    (input.full ?? false) ||
    (input.force ?? false) ||
    needsFullPass(library, listedAs, run.dialect, context.now());
  const list = { libraryId: library.providerId, userId: run.userId, signal: context.signal };
  const pass = { name: library.name, list, store, isFull, limit: run.limit };
  const seen = await syncLibrary(context, pass, counts);
  if (run.limit !== null) {
    run.limit -= seen?.read.size ?? 0;
  } else if (seen && seen.unreadable > 0) {
    const message = `${library.name}: ${seen.unreadable} items could not be read; nothing is marked removed, and all is read again.`;
    context.progress.log('warn', message);
  } else if (seen) {
    const files = seen.isWhole && seen.episodes.size === 0 ? await store.countFiles() : 0;
    await believeEmpty(context, library.name, list, seen, files);
    await remove(context, library, run, async () => {
      const removed = await store.removeUnseen(seen, input.allowLargeRemoval ?? false);
      await store.completePass(seen, listedAs);
      return removed;
    });
  }
}

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
  { counts }: Run,
  removal: () => Promise<Removed>,
): Promise<void> {
  try {
    const removed = await removal();
    counts.seriesRemoved += removed.series;
    counts.episodesRemoved += removed.episodes;
  } catch (error) {
    if (!(error instanceof ShowrunnerError) || error.code !== 'LARGE_REMOVAL') throw error;
    fail(context, library, error);
  }
}

/** A library that only a dry run knows has no id that a later run could be asked for. */
function fail({ progress }: SyncContext, library: Library, error: ShowrunnerError): void {
  progress.fail(library.name, error, library.id > 0 ? { kind: 'library', id: library.id } : undefined);
}
