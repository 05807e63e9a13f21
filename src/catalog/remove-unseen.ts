import type { VerbContext } from '../platform/context.ts';
import { refuseLargeRemoval } from './large-removal.ts';
import type { Library } from './libraries.repo.ts';
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

const BATCH = 1_000;
/** A series takes its episodes along, so that fewer of them fit one statement. */
const SERIES_IN_BATCH = 50;

/** Item ids that a complete pass of a library met. */
export interface Seen {
  readonly series: ReadonlySet<string>;
  readonly episodes: ReadonlySet<string>;
}

/** What was marked removed. */
export interface Removed {
  readonly series: number;
  readonly episodes: number;
}

/**
 * Marks removed what a complete pass of a library did not meet, then the titles, seasons and episodes that have
 * nothing left anywhere. It can be cut off after any statement: the next pass marks the rest.
 *
 * @throws ShowrunnerError `LARGE_REMOVAL`, with nothing marked, when too much of the library would go
 */
export async function removeUnseen(
  context: VerbContext,
  library: Library,
  seen: Seen,
  allowLargeRemoval: boolean,
): Promise<Removed> {
  const series = await unseenSeries(context, library.id, seen.series);
  const files = await unseenEpisodes(context, series.keptCopyIds, seen.episodes);
  const refusal = refuseLargeRemoval({
    library: library.name,
    titles: series.titles,
    goneTitles: series.goneTitles,
    episodes: files.episodes,
    goneEpisodes: files.goneEpisodes,
  });
  if (refusal && !allowLargeRemoval) throw refusal;
  await markTitleCopies(context, series.goneCopyIds);
  for (const batch of batches(files.gone, BATCH)) {
    context.signal.throwIfAborted();
    await markEpisodeCopiesRemoved(context.db, batch, context.now());
  }
  return settle(context, library.id);
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
  const nothing = new Set<string>();
  const { goneCopyIds, titles, goneTitles } = await unseenSeries(context, library.id, nothing);
  const refusal = refuseLargeRemoval({
    library: library.name,
    titles,
    goneTitles,
    episodes: 0,
    goneEpisodes: 0,
  });
  if (refusal && library.removedAt && !allowLargeRemoval) throw refusal;
  await markTitleCopies(context, goneCopyIds);
  return settle(context, library.id);
}

async function unseenSeries({ db, signal }: VerbContext, libraryId: number, seen: ReadonlySet<string>) {
  const goneCopyIds: number[] = [];
  const keptCopyIds: number[] = [];
  const titles = new Set<number>();
  const kept = new Set<number>();
  let page: TitleCopyRef[] = [];
  do {
    signal.throwIfAborted();
    page = await liveTitleCopies(db, libraryId, page.at(-1)?.id ?? 0, BATCH);
    for (const copy of page) {
      const isSeen = seen.has(copy.itemId);
      titles.add(copy.titleId);
      if (isSeen) kept.add(copy.titleId);
      (isSeen ? keptCopyIds : goneCopyIds).push(copy.id);
    }
  } while (page.length === BATCH);
  return { goneCopyIds, keptCopyIds, titles: titles.size, goneTitles: titles.size - kept.size };
}

async function unseenEpisodes(
  { db, signal }: VerbContext,
  titleCopyIds: readonly number[],
  seen: ReadonlySet<string>,
) {
  const gone: EpisodeCopyRef[] = [];
  const episodes = new Set<number>();
  const kept = new Set<number>();
  for (const batch of batches(titleCopyIds, SERIES_IN_BATCH)) {
    signal.throwIfAborted();
    for (const copy of await liveEpisodeCopies(db, batch)) {
      episodes.add(copy.episodeId);
      if (seen.has(copy.itemId)) kept.add(copy.episodeId);
      else gone.push(copy);
    }
  }
  return { gone, episodes: episodes.size, goneEpisodes: episodes.size - kept.size };
}

async function markTitleCopies({ db, signal, now }: VerbContext, ids: readonly number[]): Promise<void> {
  for (const batch of batches(ids, SERIES_IN_BATCH)) {
    signal.throwIfAborted();
    await markTitleCopiesRemoved(db, batch, now());
  }
}

async function settle({ db, signal, now }: VerbContext, libraryId: number): Promise<Removed> {
  let episodes = 0;
  let series = 0;
  for (const batch of batches(await judgedTitles(db, libraryId), SERIES_IN_BATCH)) {
    signal.throwIfAborted();
    episodes += await markEpisodesWithoutCopies(db, batch, now());
    series += await markEmptySeasonsAndTitles(db, batch, now());
  }
  return { series, episodes };
}

function* batches<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
