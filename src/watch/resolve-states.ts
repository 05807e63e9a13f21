import type { PlayStateItem } from '../media-server/media-server.ts';
import type { EpisodeItem } from './episode-items.repo.ts';
import { mergePlayStates, type PlayState, playStateOf } from './merge-play-states.ts';

/** What follows from asking for items. */
export interface ResolvedStates {
  /** By episode, merged over its copies. */
  readonly states: ReadonlyMap<number, PlayState>;
  /** Episodes of which every copy said that it is untouched. */
  readonly untouched: readonly number[];
}

/**
 * Works out the play states of episodes from what their copies said. A copy that did not answer may still hold a play:
 * then what is stored is kept beside what is new, and nothing counts as untouched.
 *
 * @param copies all copies of the episodes
 * @param answers what the media server said of an item, by item id
 * @param stored what is known of the episodes
 */
export function resolveStates(
  copies: readonly EpisodeItem[],
  answers: ReadonlyMap<string, PlayStateItem>,
  stored: ReadonlyMap<number, PlayState>,
): ResolvedStates {
  const states = new Map<number, PlayState>();
  const untouched: number[] = [];
  for (const [episodeId, own] of byEpisode(copies)) {
    const answered = own.flatMap((copy) => {
      const item = answers.get(copy.itemId);
      return item ? [{ item, state: playStateOf(item, copy, false) }] : [];
    });
    const touched = answered.filter(({ item }) => isTouched(item)).map(({ state }) => state);
    const isComplete = answered.length === own.length;
    const known = stored.get(episodeId);
    if (touched.length > 0 && !isComplete && known && !known.fromVirtual) touched.push(known);
    const [first, ...others] = touched;
    if (first) states.set(episodeId, others.reduce(mergePlayStates, first));
    else if (isComplete) untouched.push(episodeId);
  }
  return { states, untouched };
}

/** What it takes to tell how a library's count of played episodes moved. */
export interface Answered {
  readonly copies: readonly EpisodeItem[];
  readonly answers: ReadonlyMap<string, PlayStateItem>;
  readonly stored: ReadonlyMap<number, PlayState>;
  readonly resolved: ResolvedStates;
}

/**
 * How many episodes a library has come to count as played by these answers, less those that it no longer does. Which of
 * several copies a stored play was made in is not known: as long as an episode stays played, or unplayed, none of its
 * copies is taken to have changed.
 */
export function playedDifference(libraryId: number, { copies, answers, stored, resolved }: Answered): number {
  const changes = new Map<string, number>();
  for (const { itemId, episodeId, libraryId: own } of copies) {
    const item = answers.get(itemId);
    const before = stored.get(episodeId);
    const wasPlayed = (before?.played ?? false) && !before?.fromVirtual;
    const after = resolved.states.get(episodeId);
    const isPlayed = after ? after.played : wasPlayed && !resolved.untouched.includes(episodeId);
    if (own === libraryId && item && isPlayed !== wasPlayed)
      changes.set(itemId, Number(item.played) - Number(wasPlayed));
  }
  return [...changes.values()].reduce((sum, change) => sum + change, 0);
}

/** Whether an item says what is stored already. */
export function saysNothingNew(item: PlayStateItem, known: PlayState | undefined): boolean {
  return (
    known !== undefined &&
    !known.fromVirtual &&
    known.played === item.played &&
    known.positionMs === Math.round(item.positionMs) &&
    known.playCount === item.playCount &&
    known.isFavorite === item.isFavorite &&
    known.lastPlayedAt?.getTime() === item.lastPlayedAt?.getTime()
  );
}

/** Whether an item was played or begun. */
export function isTouched({ played, positionMs }: PlayStateItem): boolean {
  return played || positionMs > 0;
}

function byEpisode(copies: readonly EpisodeItem[]): ReadonlyMap<number, readonly EpisodeItem[]> {
  const grouped = new Map<number, EpisodeItem[]>();
  for (const copy of copies) {
    const group = grouped.get(copy.episodeId);
    if (group) group.push(copy);
    else grouped.set(copy.episodeId, [copy]);
  }
  return grouped;
}
