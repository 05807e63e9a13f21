import type { MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { storedUnplayed, touchedSeries, type UnplayedCount } from './history-marks.repo.ts';
import type { VirtualLibraryHistory } from './virtual-library.ts';
import type { EnabledUser } from './watch-snapshot.repo.ts';

type WatchContext = VerbContext & { readonly mediaServer: MediaServer };

/** How many episodes of each series a user has not played, and where that is another number than before. */
export interface ReadCounts {
  /** As the server says now, by series item. */
  readonly now: ReadonlyMap<string, number>;
  /** Series items that were asked for; not every one is answered. */
  readonly asked: ReadonlySet<string>;
  /** Series items in libraries of ours. */
  readonly virtualIds: readonly string[];
  readonly isVirtualChanged: boolean;
  /** Our ids of series in ordinary libraries; those that are counted for the first time are among them. */
  readonly changedTitles: ReadonlySet<number>;
}

/** Asks for the counts of the series that a user has touched, and of those in libraries of ours. */
export async function readCounts(
  { db, mediaServer, signal }: WatchContext,
  user: EnabledUser,
  libraryIds: readonly number[],
): Promise<ReadCounts> {
  const stored = await storedUnplayed(db, user.id);
  const touched = await touchedSeries(db, user.id, libraryIds);
  const virtualIds = [...stored.values()].filter((one) => one.isVirtual).map((one) => one.itemId);
  const itemIds = [...touched.map((copy) => copy.itemId), ...virtualIds];
  const now = await mediaServer.unplayedCounts({ userId: user.providerId, itemIds, signal });
  const changed = touched.filter(
    ({ itemId }) => now.has(itemId) && now.get(itemId) !== stored.get(itemId)?.unplayed,
  );
  return {
    now,
    asked: new Set(itemIds),
    virtualIds,
    isVirtualChanged: virtualIds.some((itemId) => now.get(itemId) !== stored.get(itemId)?.unplayed),
    changedTitles: new Set(changed.map((copy) => copy.titleId)),
  };
}

/** The counts to store: those read, and those of series that were touched, or written by us, for the first time. */
export async function completeCounts(
  { db, mediaServer, signal }: WatchContext,
  user: EnabledUser,
  libraryIds: readonly number[],
  read: {
    readonly counts: ReadCounts;
    readonly virtual: VirtualLibraryHistory | null;
    readonly episodeIds: readonly number[];
  },
): Promise<UnplayedCount[]> {
  const { counts, virtual, episodeIds } = read;
  const virtualIds = new Set(virtual?.seriesIds ?? counts.virtualIds);
  if (episodeIds.length === 0 && virtual === null) return countsOf(counts.now, virtualIds);
  const touched = await touchedSeries(db, user.id, libraryIds, episodeIds);
  const wanted = new Set([...touched.map((copy) => copy.itemId), ...virtualIds]);
  const itemIds = [...wanted].filter((itemId) => !counts.asked.has(itemId));
  const more = await mediaServer.unplayedCounts({ userId: user.providerId, itemIds, signal });
  return countsOf(new Map([...counts.now, ...more]), virtualIds).filter(({ itemId }) => wanted.has(itemId));
}

/** Counts as they are stored. */
export function countsOf(
  unplayed: ReadonlyMap<string, number>,
  virtualIds: ReadonlySet<string>,
): UnplayedCount[] {
  return [...unplayed].map(([itemId, count]) => ({
    itemId,
    isVirtual: virtualIds.has(itemId),
    unplayed: count,
  }));
}
