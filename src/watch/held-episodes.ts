import type { HeldEpisode } from './play-states.repo.ts';

/** Groups episodes by the item that holds them. */
export function byItem<Held extends HeldEpisode>(
  episodes: readonly Held[],
): ReadonlyMap<string, readonly Held[]> {
  const grouped = new Map<string, Held[]>();
  for (const episode of episodes) {
    const group = grouped.get(episode.itemId);
    if (group) group.push(episode);
    else grouped.set(episode.itemId, [episode]);
  }
  return grouped;
}
