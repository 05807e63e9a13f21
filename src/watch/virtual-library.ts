import { episodeRows } from '../catalog/episode-rows.ts';
import { matchTitle } from '../catalog/identity.ts';
import { seriesRow } from '../catalog/series-row.ts';
import { findKnownTitles } from '../catalog/series-upsert.repo.ts';
import type { ListInput, MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { byItem } from './held-episodes.ts';
import type { HistoryLibrary } from './history-libraries.ts';
import type { PlayState } from './merge-play-states.ts';
import { playStateOf } from './merge-play-states.ts';
import { type Play, playOf } from './play-log.ts';
import { episodesInSlots, type HeldEpisode } from './play-states.repo.ts';
import { isTouched } from './resolve-states.ts';
import { toldItems } from './virtual-items.repo.ts';

type WatchContext = VerbContext & { readonly mediaServer: MediaServer };

/** What one item of a library of ours says of an episode. */
export interface VirtualState extends PlayState {
  readonly itemId: string;
}

/** What the libraries that Showrunner wrote for a user hold and say, read whole. */
export interface VirtualLibraryHistory {
  /** Series items in them. */
  readonly seriesIds: readonly string[];
  /** Episode items in them. */
  readonly itemIds: ReadonlySet<string>;
  /** Those of them that told of a play before, and say now that there is none. */
  readonly untouched: readonly string[];
  readonly states: readonly VirtualState[];
  readonly plays: readonly Play[];
  /** Items reported. */
  readonly seen: number;
}

/**
 * Reads a user's play states in the libraries that Showrunner wrote for them, and maps them back to the episodes that
 * the items stand for. The catalog never takes such a library as a source, so there are no copies to go by: its series
 * are matched by identity and its episodes by number. Some servers keep play states by item, and what was watched
 * through a recommendation would be lost otherwise.
 *
 * @throws ShowrunnerError `MEDIA_SERVER_*` when a list breaks off
 */
export async function readVirtualLibraries(
  context: WatchContext,
  providerUserId: string,
  libraries: readonly HistoryLibrary[],
): Promise<VirtualLibraryHistory> {
  const seriesIds: string[] = [];
  const itemIds = new Set<string>();
  const states: VirtualState[] = [];
  const plays: Play[] = [];
  let seen = 0;
  for (const library of libraries) {
    const list = { libraryId: library.providerId, userId: providerUserId, signal: context.signal };
    const titleOf = await matchSeries(context, library, list);
    seriesIds.push(...titleOf.keys());
    const held = await matchEpisodes(context, list, titleOf);
    for (const { itemId } of held) itemIds.add(itemId);
    const episodesOf = byItem(held);
    for await (const page of context.mediaServer.playStates(list)) {
      context.signal.throwIfAborted();
      seen += page.items.length;
      for (const item of page.items)
        for (const episode of episodesOf.get(item.itemId) ?? []) {
          states.push({ ...playStateOf(item, episode, true), itemId: item.itemId });
          const play = playOf(item, episode, 'VIRTUAL_LIBRARY');
          if (play) plays.push(play);
        }
    }
  }
  const untouched = await askForUnreported(context, providerUserId, itemIds, states);
  return { seriesIds, itemIds, untouched, states, plays, seen };
}

/** A list may have left an item out for want of sense in it: only what says itself that it is untouched was unwatched. */
async function askForUnreported(
  { db, mediaServer, signal }: WatchContext,
  providerUserId: string,
  itemIds: ReadonlySet<string>,
  states: readonly VirtualState[],
): Promise<string[]> {
  const reported = new Set(states.map((state) => state.itemId));
  const silent = (await toldItems(db, providerUserId)).filter(
    (itemId) => itemIds.has(itemId) && !reported.has(itemId),
  );
  if (silent.length === 0) return [];
  const items = await mediaServer.playStatesOf({ userId: providerUserId, itemIds: silent, signal });
  return items.filter((item) => !isTouched(item)).map((item) => item.itemId);
}

async function matchSeries(
  { db, mediaServer, signal }: WatchContext,
  library: HistoryLibrary,
  list: ListInput,
): Promise<ReadonlyMap<string, number>> {
  const titleOf = new Map<string, number>();
  for await (const page of mediaServer.series(list)) {
    signal.throwIfAborted();
    const rows = page.items.map(seriesRow);
    const { titles } = await findKnownTitles(db, library.id, rows);
    for (const row of rows) {
      const titleId = matchTitle({ ...row, copyOf: null }, titles);
      if (titleId !== null) titleOf.set(row.itemId, titleId);
    }
  }
  return titleOf;
}

async function matchEpisodes(
  { db, mediaServer, signal }: WatchContext,
  list: ListInput,
  titleOf: ReadonlyMap<string, number>,
): Promise<HeldEpisode[]> {
  const held: HeldEpisode[] = [];
  for await (const page of mediaServer.episodes(list)) {
    signal.throwIfAborted();
    const slots = page.items.flatMap(episodeRows).flatMap(({ itemId, seriesId, slot }) => {
      const titleId = titleOf.get(seriesId);
      return titleId === undefined ? [] : [{ itemId, titleId, slot }];
    });
    held.push(...(await episodesInSlots(db, slots)));
  }
  return held;
}
