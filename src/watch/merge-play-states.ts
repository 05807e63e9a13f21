import type { PlayStateItem } from '../media-server/media-server.ts';

/** What a user did with an episode, whichever copies of it they used. */
export interface PlayState {
  readonly episodeId: number;
  readonly played: boolean;
  readonly positionMs: number;
  /** 0..1; 1 when played. */
  readonly percentage: number;
  readonly playCount: number;
  readonly isFavorite: boolean;
  readonly lastPlayedAt: Date | null;
  /** Whether only libraries of ours report it. */
  readonly fromVirtual: boolean;
}

/**
 * An item's play state as that of an episode in it.
 *
 * @param runtimeMs runtime of the episode, used when the server does not know the item's
 * @param fromVirtual whether the item is in a library of ours
 */
export function playStateOf(
  item: PlayStateItem,
  { episodeId, runtimeMs }: { readonly episodeId: number; readonly runtimeMs: number | null },
  fromVirtual: boolean,
): PlayState {
  const runtime = item.runtimeMs ?? runtimeMs ?? 0;
  const positionMs = Math.max(0, Math.round(item.positionMs));
  const begun = runtime > 0 ? Math.min(1, positionMs / runtime) : 0;
  return {
    episodeId,
    played: item.played,
    positionMs,
    percentage: item.played ? 1 : begun,
    playCount: item.playCount,
    isFavorite: item.isFavorite,
    lastPlayedAt: item.lastPlayedAt,
    fromVirtual,
  };
}

/**
 * Merges the play states of two copies of an episode: played when either is, the higher play count, the later play,
 * the position of the copy played last (the further one when that is a tie). The order of the two makes no difference.
 */
export function mergePlayStates(one: PlayState, other: PlayState): PlayState {
  const [last, first] = playedLater(one, other) ? [one, other] : [other, one];
  const played = one.played || other.played;
  return {
    episodeId: one.episodeId,
    played,
    positionMs: last.positionMs,
    percentage: played ? 1 : last.percentage,
    playCount: Math.max(one.playCount, other.playCount),
    isFavorite: one.isFavorite || other.isFavorite,
    lastPlayedAt: last.lastPlayedAt ?? first.lastPlayedAt,
    fromVirtual: one.fromVirtual && other.fromVirtual,
  };
}

function playedLater(one: PlayState, other: PlayState): boolean {
  const difference = (one.lastPlayedAt?.getTime() ?? 0) - (other.lastPlayedAt?.getTime() ?? 0);
  return difference === 0 ? one.positionMs >= other.positionMs : difference > 0;
}
