import type { Episode, Item } from './items.ts';
import type { MediaState } from './media-state.ts';
import { type PlayState, playKey, UNTOUCHED } from './play-state-keys.ts';
import type { DemoUser } from './users.ts';

/** Reads what `user` did with `item`. */
export function playStateOf(state: MediaState, user: DemoUser, item: Item): PlayState {
  return state.playStates.get(user.id)?.get(playKey(item)) ?? UNTOUCHED;
}

/** Writes what `user` did with `item`. */
export function setPlayState(
  state: MediaState,
  user: DemoUser,
  item: Item,
  change: Partial<PlayState>,
): PlayState {
  const next = { ...playStateOf(state, user, item), ...change };
  for (const states of [state.playStates, state.changedPlayStates]) {
    const ofUser = states.get(user.id) ?? new Map<string, PlayState>();
    ofUser.set(playKey(item), next);
    states.set(user.id, ofUser);
  }
  state.playVersion++;
  state.onChange();
  return next;
}

/** Marks an item and all episodes in it played; without a date the last one known or now counts. */
export function markPlayed(state: MediaState, user: DemoUser, item: Item, at: number | null): void {
  for (const one of withEpisodes(item)) {
    const before = playStateOf(state, user, one);
    setPlayState(state, user, one, {
      played: true,
      playCount: Math.max(1, before.playCount + (at === null ? 0 : 1)),
      lastPlayed: at ?? before.lastPlayed ?? state.now().getTime(),
      positionTicks: 0,
    });
  }
}

/** Forgets that an item and all episodes in it were played or begun. */
export function markUnplayed(state: MediaState, user: DemoUser, item: Item): void {
  for (const one of withEpisodes(item)) {
    setPlayState(state, user, one, { played: false, playCount: 0, lastPlayed: null, positionTicks: 0 });
  }
}

/**
 * Ends a playback as the servers do: under 5 % of the runtime nothing is kept, over 90 % or with an unknown runtime the
 * episode counts as watched, in between the position is kept. Writes the activity log.
 */
export function stopPlayback(
  state: MediaState,
  user: DemoUser,
  episode: Episode,
  positionTicks: number,
  at: number,
): void {
  const before = playStateOf(state, user, episode);
  const runtimeTicks = (episode.runtimeSeconds ?? 0) * 10_000_000;
  const isWatched = runtimeTicks === 0 || positionTicks > 0.9 * runtimeTicks;
  const isKept = !isWatched && positionTicks >= 0.05 * runtimeTicks;
  setPlayState(state, user, episode, {
    played: isWatched || before.played,
    playCount: before.playCount + 1,
    lastPlayed: at,
    positionTicks: isKept ? positionTicks : 0,
  });
  state.activities.push({
    id: state.activities.length + 1,
    type: 'VideoPlaybackStopped',
    userId: user.id,
    itemId: episode.id,
    name: `${user.name} has finished playing ${episode.series.name}`,
    at,
  });
}

function withEpisodes(item: Item): Item[] {
  if (item.kind === 'Season' || item.kind === 'Series') return item.episodes.filter((one) => !one.isVirtual);
  return [item];
}
