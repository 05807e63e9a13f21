import type { EpisodeItem, ListInput, MediaServer, Page, SeasonItem } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { type EpisodeRow, episodeRows } from './episode-rows.ts';
import { readsSeriesAlone } from './full-pass.ts';
import type { LibraryStore } from './library-store.ts';
import { savingBehind } from './saving-behind.ts';
import { seasonRow } from './season-row.ts';
import type { Seen } from './seen.ts';
import { type SeriesRow, seriesRow } from './series-row.ts';
import type { SyncCounts } from './sync-counts.ts';

/** What a pass of one library needs beside the verb's context. */
export interface LibraryPass {
  readonly name: string;
  readonly list: ListInput;
  readonly store: LibraryStore;
  /** Reads all episodes, whether or not their series changed. */
  readonly isFull: boolean;
  /** Series to save at most; null for all. */
  readonly limit: number | null;
}

type SyncContext = VerbContext & { readonly mediaServer: MediaServer };
type Counted = SyncContext & { readonly counts: SyncCounts; unreadable: number };

/**
 * Reads one library and saves what changed: series, then episodes, then seasons, which live by their episodes. Unless
 * the pass is full, the episodes of series that are listed as they were before are not read. Nothing is marked removed
 * here.
 *
 * @returns what it met; null when the library is as it was
 * @throws ShowrunnerError `MEDIA_SERVER_*` when the server fails midway; what was saved by then stays
 */
export async function syncLibrary(
  context: SyncContext,
  pass: LibraryPass,
  counts: SyncCounts,
): Promise<Seen | null> {
  const { store } = pass;
  const counted: Counted = { ...context, counts, unreadable: 0 };
  const known = await store.listVersions();
  const { listed, changed } = await readSeries(counted, pass, known);
  const series = new Set(listed.keys());
  const isSame =
    !pass.isFull && changed.size === 0 && [...known.keys()].every((itemId) => series.has(itemId));
  if (isSame) return null;

  const alone =
    pass.limit !== null || (!pass.isFull && readsSeriesAlone(changed.size, await store.countFiles()));
  const lists = alone ? [...changed.keys()].map((seriesId) => ({ ...pass.list, seriesId })) : [pass.list];
  const { seen: episodes, bare } = await readEpisodes(counted, pass, lists);
  const { unreadable } = counted;
  const read = alone ? changed : listed;
  const seen = { before: known.size, series, read, episodes, unreadable, isWhole: !alone, bare };
  await readSeasons(counted, pass, lists);
  await store.completeSeasons(seen);
  return seen;
}

async function readSeries(context: Counted, pass: LibraryPass, known: ReadonlyMap<string, string | null>) {
  const { mediaServer, counts, progress } = context;
  const listed = new Map<string, string | null>();
  const changed = new Map<string, string | null>();
  const isChanged = ({ itemId, listVersion }: SeriesRow) =>
    pass.isFull || listVersion === null || known.get(itemId) !== listVersion;
  progress.step(`${pass.name}: series`, undefined, 'series');
  for await (const items of pages(context, mediaServer.series(pass.list))) {
    const fresh = items.filter((item) => !listed.has(item.id)).map(seriesRow);
    for (const row of fresh) listed.set(row.itemId, row.listVersion);
    const rows = fresh.filter(isChanged);
    const meant = pass.limit === null ? rows : rows.slice(0, pass.limit - changed.size);
    for (const row of meant) changed.set(row.itemId, row.listVersion);
    const saved = meant.length > 0 ? await pass.store.saveSeries(meant) : NOTHING;
    counts.seriesSeen += fresh.length;
    counts.seriesAdded += saved.added;
    counts.seriesUpdated += saved.updated;
    progress.advance(fresh.length);
    if (pass.limit !== null && changed.size >= pass.limit) break;
  }
  return { listed, changed };
}

async function readEpisodes(context: Counted, pass: LibraryPass, lists: readonly ListInput[]) {
  const { mediaServer, counts, progress } = context;
  const seen = new Set<string>();
  const bare: string[] = [];
  const before = counts.episodesAdded;
  progress.step(`${pass.name}: episodes`, undefined, 'episodes');
  const save = async (items: readonly EpisodeItem[], rows: readonly EpisodeRow[]) => {
    const saved = await pass.store.saveEpisodes(rows);
    counts.episodesSeen += items.length;
    counts.episodesAdded += saved.added;
    counts.episodesUpdated += saved.updated;
    counts.skipped += saved.unknown + items.filter((item) => item.seriesId === null).length;
    progress.advance(items.length);
  };
  await savingBehind(async (saveBehind) => {
    for (const list of lists) {
      const met = seen.size;
      for await (const page of pages<EpisodeItem>(context, mediaServer.episodes(list))) {
        const items = unseen(page, seen);
        const rows = items.flatMap(episodeRows);
        await saveBehind(() => save(items, rows));
      }
      if (list.seriesId !== undefined && seen.size === met) bare.push(list.seriesId);
    }
  });
  await pass.store.completeEpisodes(counts.episodesAdded - before);
  return { seen, bare };
}

async function readSeasons(context: Counted, pass: LibraryPass, lists: readonly ListInput[]): Promise<void> {
  const { mediaServer, progress } = context;
  progress.step(`${pass.name}: seasons`, undefined, 'seasons');
  await savingBehind(async (saveBehind) => {
    for (const list of lists) {
      for await (const items of pages<SeasonItem>(context, mediaServer.seasons(list))) {
        const rows = items.flatMap((item) => seasonRow(item) ?? []);
        await saveBehind(async () => {
          await pass.store.saveSeasons(rows);
          progress.advance(items.length);
        });
      }
    }
  });
}

const NOTHING = { added: 0, updated: 0 };

/** The pages that hold something; what was skipped is counted. */
async function* pages<Item>(
  context: Counted,
  source: AsyncIterable<Page<Item>>,
): AsyncGenerator<readonly Item[]> {
  const { signal, counts } = context;
  for await (const page of source) {
    signal.throwIfAborted();
    counts.skipped += page.skipped;
    context.unreadable += page.unreadable ?? 0;
    if (page.items.length > 0) yield page.items;
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
