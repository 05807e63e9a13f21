import { isVisible } from './item-list.ts';
import type { Series } from './items.ts';
import type { MediaState } from './media-state.ts';
import type { DemoUser } from './users.ts';

/**
 * The home row "latest" of a library with series: by the newest episode that came to the server, specials included, so that a
 * placeholder episode decides a series' place. Jellyfin shows series of one name once. Single new episodes, which the real
 * servers show by themselves, are shown by their series here.
 */
export function latestSeries(
  state: MediaState,
  user: DemoUser | null,
  libraryId: string | null,
  limit: number,
): readonly Series[] {
  const libraries = state.libraries.filter((one) => libraryId === null || one.id === libraryId);
  const rows = libraries
    .flatMap((library) => library.series)
    .filter((series) => !user || isVisible(user, series))
    .map((series) => ({
      series,
      newest: series.episodes.reduce((newest, one) => Math.max(newest, one.isVirtual ? 0 : one.addedAt), 0),
    }))
    .sort((left, right) => right.newest - left.newest);
  const shown = new Set<string>();
  const found: Series[] = [];
  for (const { series } of rows) {
    const key = state.profile.dialect === 'jellyfin' ? series.name : series.id;
    if (shown.has(key)) continue;
    shown.add(key);
    found.push(series);
    if (found.length === limit) break;
  }
  return found;
}
