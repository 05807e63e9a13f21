import type { ListInput, MediaServer, Page } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { episodeRows } from './episode-rows.ts';
import { retireFormerEpisodes, saveEpisodeCopies, saveEpisodes } from './episodes-upsert.repo.ts';
import type { Library } from './libraries.repo.ts';
import type { Seen } from './remove-unseen.ts';
import { type SaveOptions, saveSeriesPage } from './save-series-page.ts';
import { seasonRow } from './season-row.ts';
import { addUnlistedSeasons, saveSeasons } from './seasons-upsert.repo.ts';
import { refreshCatalogStatistics } from './statistics.repo.ts';

/** Counts of a sync; they grow as it goes, so that a pass that breaks off still counts for what it did. */
export interface SyncCounts extends Record<string, number> {
  libraries: number;
  seriesSeen: number;
  seriesAdded: number;
  seriesUpdated: number;
  seriesRemoved: number;
  episodesSeen: number;
  episodesAdded: number;
  episodesUpdated: number;
  episodesRemoved: number;
  skipped: number;
}

/** What a pass of one library needs beside the verb's context. */
export interface LibraryPass {
  readonly library: Library;
  /** The media server's id of the user through whose eyes to list. */
  readonly userId: string;
  readonly force: boolean;
}

type SyncContext = VerbContext & { readonly mediaServer: MediaServer };

/**
 * Reads one library to its end and writes what changed: series, then episodes, then seasons, which live by their
 * episodes. Each page is one transaction. Nothing is marked removed here.
 *
 * @returns the item ids met
 * @throws ShowrunnerError `MEDIA_SERVER_*` when the server fails midway; what was written by then stays
 */
export async function syncLibrary(
  context: SyncContext,
  { library, userId, force }: LibraryPass,
  counts: SyncCounts,
): Promise<Seen> {
  const { db, mediaServer, signal } = context;
  const list: ListInput = { libraryId: library.providerId, userId, signal };
  const options = (): SaveOptions => ({ libraryId: library.id, now: context.now(), force });
  const seen = { series: new Set<string>(), episodes: new Set<string>() };

  context.progress.step(`${library.name}: series`, undefined, 'series');
  await eachPage(context, mediaServer.series(list), counts, async (page) => {
    const items = unseen(page, seen.series);
    const saved = await db.transaction((tx) => saveSeriesPage(tx, items, options()));
    counts.seriesSeen += items.length;
    counts.seriesAdded += saved.added;
    counts.seriesUpdated += saved.updated;
    return items.length;
  });

  const episodesBefore = counts.episodesAdded;
  context.progress.step(`${library.name}: episodes`, undefined, 'episodes');
  await eachPage(context, mediaServer.episodes(list), counts, async (page) => {
    const items = unseen(page, seen.episodes);
    const rows = items.flatMap(episodeRows);
    const saved = await db.transaction(async (tx) => {
      await retireFormerEpisodes(tx, rows, options());
      const { added, updated } = await saveEpisodes(tx, rows, options());
      return { added, updated, unknown: await saveEpisodeCopies(tx, rows, options()) };
    });
    counts.episodesSeen += items.length;
    counts.episodesAdded += saved.added;
    counts.episodesUpdated += saved.updated;
    counts.skipped += saved.unknown + items.filter((item) => item.seriesId === null).length;
    return items.length;
  });

  await refreshCatalogStatistics(db, counts.episodesAdded - episodesBefore);

  context.progress.step(`${library.name}: seasons`, undefined, 'seasons');
  await eachPage(context, mediaServer.seasons(list), counts, async (page) => {
    const rows = page.flatMap((item) => seasonRow(item) ?? []);
    await saveSeasons(db, rows, options());
    return page.length;
  });
  await addUnlistedSeasons(db, library.id);
  return seen;
}

async function eachPage<Item>(
  { signal, progress }: SyncContext,
  pages: AsyncIterable<Page<Item>>,
  counts: SyncCounts,
  save: (items: readonly Item[]) => Promise<number>,
): Promise<void> {
  for await (const page of pages) {
    signal.throwIfAborted();
    counts.skipped += page.skipped;
    if (page.items.length > 0) progress.advance(await save(page.items));
  }
  signal.throwIfAborted();
}

/** Items met for the first time in this pass: a scan in between can move an item to a later page as well. */
function unseen<Item extends { readonly id: string }>(items: readonly Item[], seen: Set<string>): Item[] {
  return items.filter((item) => {
    if (seen.has(item.id)) return false;
    seen.add(item.id);
    return true;
  });
}
