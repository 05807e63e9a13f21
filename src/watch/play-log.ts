import type { PlaySource } from '../../drizzle/tables/watch.ts';
import type { PlayStateItem } from '../media-server/media-server.ts';

/** A play of an episode. */
export interface Play {
  readonly episodeId: number;
  /** Null where the media server knows no date. */
  readonly playedAt: Date | null;
  /** How far it went, 0..1. */
  readonly percentage: number;
  readonly positionMs: number;
  readonly source: PlaySource;
}

/**
 * The last play that an item's play state tells of; null when it tells of none. A position of 0 is an end (the servers
 * reset it then) where the item counts as played, and a few minutes at most (they keep none below 5 %) where it does not.
 *
 * @param runtimeMs runtime of the episode, used when the server does not know the item's
 */
export function playOf(
  item: PlayStateItem,
  { episodeId, runtimeMs }: { readonly episodeId: number; readonly runtimeMs: number | null },
  source: PlaySource,
): Play | null {
  const positionMs = Math.max(0, Math.round(item.positionMs));
  if (!item.played && positionMs === 0 && item.lastPlayedAt === null) return null;
  const runtime = item.runtimeMs ?? runtimeMs ?? 0;
  const begun = runtime > 0 ? Math.min(1, positionMs / runtime) : 0;
  const percentage = positionMs === 0 && item.played ? 1 : begun;
  return { episodeId, playedAt: item.lastPlayedAt, percentage, positionMs, source };
}
