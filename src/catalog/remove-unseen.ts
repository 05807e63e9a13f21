import type { VerbContext } from '../platform/context.ts';
import { refuseLargeRemoval } from './large-removal.ts';
import type { Library } from './libraries.repo.ts';
import { countFiles, forgetListVersions } from './list-versions.repo.ts';
import {
  type EpisodeCopyRef,
  judgedTitles,
  liveEpisodeCopies,
  liveTitleCopies,
  markEmptySeasonsAndTitles,
  markEpisodeCopiesRemoved,
  markEpisodesWithoutCopies,
  markTitleCopiesRemoved,
  type TitleCopyRef,
} from './removal.repo.ts';
import type { Seen } from './seen.ts';

const BATCH = 1_000;
/** A series takes its episodes along, so that fewer of them fit one statement. */
const SERIES_IN_BATCH = 50;

/** What was marked removed. */
export interface Removed {
  readonly series: number;
  readonly episodes: number;
}

/**
 * Marks removed what a pass of a library did not meet, then the titles, seasons and episodes that have nothing left
 * anywhere. Of series whose episodes were not read no episode is missed. It can be cut off after any statement: the
 * next pass marks the rest.
 *
 * @throws ShowrunnerError `LARGE_REMOVAL`, with nothing marked, when too much of the library would go
 */
export async function removeUnseen(
  context: VerbContext,
  library: Library,
  seen: Seen,
  allowLargeRemoval: boolean,
): Promise<Removed> {
  const { db } = context;
  if (seen.before === 0) return { series: 0, episodes: 0 };
  const series = await unseenSeries(context, library.id, seen.series);
  const read = series.kept.filter((copy) => seen.read.has(copy.itemId));
  const files = await unseenEpisodes(context, read, seen.episodes);
  const refusal = refuseLargeRemoval({
    library: library.name,
    titles: series.titles,
    goneTitles: series.goneTitles,
    episodes: seen.isWhole ? files.episodes : await countFiles(db, library.id),
    goneEpisodes: files.goneEpisodes,
  });
  if (refusal && !allowLargeRemoval) throw refusal;
  const removed = await removeSeries(context, series.gone);
  for (const batch of batches(files.gone, BATCH)) {
    context.signal.throwIfAborted();
    await db.transaction((tx) => markEpisodeCopiesRemoved(tx, batch, context.now()));
  }
  const poorer = new Set(files.gone.map((file) => file.titleCopyId));
  const poorerTitles = read.filter((copy) => poorer.has(copy.id)).map((copy) => copy.titleId);
  await db.transaction((tx) => forgetListVersions(tx, poorerTitles));
  const among = seen.isWhole ? undefined : read.map((copy) => copy.titleId);
  const rest = await settle(context, await judgedTitles(db, library.id, among));
  return { series: removed.series + rest.series, episodes: removed.episodes + rest.episodes };
}

/**
 * Marks removed all that a library holds, for one that is no source any more: disabled, virtual or gone.
 *
 * @throws ShowrunnerError `LARGE_REMOVAL`, with nothing marked, when the library vanished from the server with many titles
 */
export async function removeAllOf(
  context: VerbContext,
  library: Library,
  allowLargeRemoval: boolean,
): Promise<Removed> {
  const { gone, titles, goneTitles } = await unseenSeries(context, library.id, new Set());
  const refusal = refuseLargeRemoval({
    library: library.name,
    titles,
    goneTitles,
    episodes: 0,
    goneEpisodes: 0,
  });
  if (refusal && library.removedAt && !allowLargeRemoval) throw refusal;
  return removeSeries(context, gone);
}

async function unseenSeries({ db, signal }: VerbContext, libraryId: number, seen: ReadonlySet<string>) {
  const gone: TitleCopyRef[] = [];
  const kept: TitleCopyRef[] = [];
  let page: TitleCopyRef[] = [];
  do {
    signal.throwIfAborted();
    page = await liveTitleCopies(db, libraryId, page.at(-1)?.id ?? 0, BATCH);
    for (const copy of page) (seen.has(copy.itemId) ? kept : gone).push(copy);
  } while (page.length === BATCH);
  const keptTitles = new Set(kept.map((copy) => copy.titleId));
  const titles = new Set([...kept, ...gone].map((copy) => copy.titleId));
  return { gone, kept, titles: titles.size, goneTitles: titles.size - keptTitles.size };
}

async function unseenEpisodes(
  { db, signal }: VerbContext,
  copies: readonly TitleCopyRef[],
  seen: ReadonlySet<string>,
) {
  const gone: EpisodeCopyRef[] = [];
  const episodes = new Set<number>();
  const kept = new Set<number>();
  for (const batch of batches(copies, SERIES_IN_BATCH)) {
    signal.throwIfAborted();
    const ids = batch.map((copy) => copy.id);
    for (const copy of await liveEpisodeCopies(db, ids)) {
      episodes.add(copy.episodeId);
      if (seen.has(copy.itemId)) kept.add(copy.episodeId);
      else gone.push(copy);
    }
  }
  return { gone, episodes: episodes.size, goneEpisodes: episodes.size - kept.size };
}

/** Each batch is one transaction, with all that hangs on it: no later pass would look there again. */
async function removeSeries(context: VerbContext, copies: readonly TitleCopyRef[]): Promise<Removed> {
  const removed = { series: 0, episodes: 0 };
  for (const batch of batches(copies, SERIES_IN_BATCH)) {
    context.signal.throwIfAborted();
    const titleIds = [...new Set(batch.map((copy) => copy.titleId))];
    const now = context.now();
    await context.db.transaction(async (tx) => {
      const ids = batch.map((copy) => copy.id);
      await markTitleCopiesRemoved(tx, ids, now);
      await forgetListVersions(tx, titleIds);
      removed.episodes += await markEpisodesWithoutCopies(tx, titleIds, now);
      removed.series += await markEmptySeasonsAndTitles(tx, titleIds, now);
    });
  }
  return removed;
}

async function settle({ db, signal, now }: VerbContext, titleIds: readonly number[]): Promise<Removed> {
  const removed = { series: 0, episodes: 0 };
  for (const batch of batches(titleIds, SERIES_IN_BATCH)) {
    signal.throwIfAborted();
    await db.transaction(async (tx) => {
      removed.episodes += await markEpisodesWithoutCopies(tx, batch, now());
      removed.series += await markEmptySeasonsAndTitles(tx, batch, now());
    });
  }
  return removed;
}

function* batches<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
