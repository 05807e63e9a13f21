import type { MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { byItem } from './held-episodes.ts';
import type { HistoryLibrary } from './history-libraries.ts';
import { mergePlayStates, type PlayState, playStateOf } from './merge-play-states.ts';
import { type Play, playOf } from './play-log.ts';
import { episodesOfItems } from './play-states.repo.ts';
import { readVirtualLibraries, type VirtualLibraryHistory } from './virtual-library.ts';

type WatchContext = VerbContext & { readonly mediaServer: MediaServer };

/** All that the media server reports of a user. */
export interface ReportedHistory {
  /** By episode, merged over its copies in ordinary libraries. */
  readonly states: ReadonlyMap<number, PlayState>;
  readonly virtual: VirtualLibraryHistory;
  readonly plays: readonly Play[];
  /** Episodes played in each ordinary library, as the media server counts; by our id of the library. */
  readonly playedCounts: ReadonlyMap<number, number>;
  /** Items reported. */
  readonly seen: number;
  /** Items of catalog libraries that stand for no episode we know. */
  readonly unknown: number;
  /** When each of those was played. */
  readonly unknownAt: readonly Date[];
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
  const plays: Play[] = [];
  const playedCounts = new Map<number, number>();
  const unknownAt: Date[] = [];
  let seen = 0;
  let unknown = 0;
  for (const library of libraries.filter((one) => !one.isVirtual)) {
    const list = { libraryId: library.providerId, userId: providerUserId, signal: context.signal };
    // Counted first: what is played in between is in the list, and the next count then differs, which is harmless.
    const played = await context.mediaServer.playedCount(list);
    if (played !== null) playedCounts.set(library.id, played);
    for await (const page of context.mediaServer.playStates(list)) {
      context.signal.throwIfAborted();
      const itemIds = page.items.map((item) => item.itemId);
      const episodesOf = byItem(await episodesOfItems(context.db, library.id, itemIds));
      seen += page.items.length;
      for (const item of page.items) {
        const held = episodesOf.get(item.itemId);
        if (!held) {
          unknown += 1;
          if (item.lastPlayedAt) unknownAt.push(item.lastPlayedAt);
        }
        for (const episode of held ?? []) {
          addState(states, playStateOf(item, episode, false));
          const play = playOf(item, episode, 'LIBRARY');
          if (play) plays.push(play);
        }
      }
    }
  }
  const own = libraries.filter((library) => library.isVirtual);
  const virtual = await readVirtualLibraries(context, providerUserId, own);
  plays.push(...virtual.plays);
  return { states, virtual, plays, playedCounts, seen: seen + virtual.seen, unknown, unknownAt };
}

/** Merges a play state into those of the same episode. */
export function addState(states: Map<number, PlayState>, state: PlayState): void {
  const other = states.get(state.episodeId);
  states.set(state.episodeId, other ? mergePlayStates(other, state) : state);
}
