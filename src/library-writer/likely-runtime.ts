import type { LibraryEpisode } from './library-pick.ts';

/** Stands for a runtime of which nothing is known: so long that a stop before the end does not count as watched. */
const LONG_EPISODE_MS = 60 * 60_000;

/**
 * What an episode of unknown runtime most likely takes, in ms: the median of the series' known ones, else what the
 * series says of itself, else an hour.
 */
export function likelyRuntimeMs(episodes: readonly LibraryEpisode[], runtimeMinutes: number | null): number {
  const known = episodes.flatMap(({ runtimeMs }) => (runtimeMs !== null && runtimeMs > 0 ? [runtimeMs] : []));
  const median = known.sort((left, right) => left - right)[Math.floor(known.length / 2)];
  if (median !== undefined) return median;
  return runtimeMinutes !== null && runtimeMinutes > 0 ? runtimeMinutes * 60_000 : LONG_EPISODE_MS;
}
