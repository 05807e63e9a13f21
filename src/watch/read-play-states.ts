import type { ListInput, MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import type { HistoryLibrary } from './history-libraries.ts';
import { mergePlayStates, type PlayState, playStateOf } from './merge-play-states.ts';
import { episodesOfItems, type HeldEpisode } from './play-states.repo.ts';
import { readVirtualLibrary } from './virtual-library.ts';

type WatchContext = VerbContext & { readonly mediaServer: MediaServer };

/** All that the media server reports of a user. */
export interface ReportedHistory {
  /** By episode, merged over its copies. */
  readonly states: ReadonlyMap<number, PlayState>;
  /** Items reported. */
  readonly seen: number;
  /** Items of catalog libraries that stand for no episode we know. */
  readonly unknown: number;
}

/**
 * Reads a user's play states in the given libraries, without writing any.
 *
 * @param providerUserId the media server's id of the user
 * @throws ShowrunnerError `MEDIA_SERVER_*` when a list breaks off
 */
export async function readPlayStates(
  context: WatchContext,
  providerUserId: string,
  libraries: readonly HistoryLibrary[],
): Promise<ReportedHistory> {
  const states = new Map<number, PlayState>();
  let seen = 0;
  let unknown = 0;
  for (const library of libraries) {
    const list = { libraryId: library.providerId, userId: providerUserId, signal: context.signal };
    const episodesOf = await episodeLookup(context, library, list);
    for await (const page of context.mediaServer.playStates(list)) {
      context.signal.throwIfAborted();
      const episodes = await episodesOf(page.items.map((item) => item.itemId));
      for (const item of page.items) {
        const held = episodes.get(item.itemId) ?? [];
        seen += 1;
        if (held.length === 0 && !library.isVirtual) unknown += 1;
        for (const episode of held) {
          const state = playStateOf(item, episode, library.isVirtual);
          const other = states.get(episode.episodeId);
          states.set(episode.episodeId, other ? mergePlayStates(other, state) : state);
        }
      }
    }
  }
  return { states, seen, unknown };
}

async function episodeLookup(context: WatchContext, library: HistoryLibrary, list: ListInput) {
  if (!library.isVirtual)
    return async (itemIds: readonly string[]) =>
      byItem(await episodesOfItems(context.db, library.id, itemIds));
  const held = byItem(await readVirtualLibrary(context, library, list));
  return async () => held;
}

function byItem(episodes: readonly HeldEpisode[]): ReadonlyMap<string, readonly HeldEpisode[]> {
  const grouped = new Map<string, HeldEpisode[]>();
  for (const episode of episodes) {
    const group = grouped.get(episode.itemId);
    if (group) group.push(episode);
    else grouped.set(episode.itemId, [episode]);
  }
  return grouped;
}
