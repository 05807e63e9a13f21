import type { ItemQuery, ItemType } from './item-query.ts';
import { sortItems } from './item-sort.ts';
import type { BoxSet, Item, Library, Series } from './items.ts';
import type { MediaState } from './media-state.ts';
import { LEAST_LIKED, playKey } from './play-state-keys.ts';
import { playStateOf } from './play-states.ts';
import { type DemoUser, hasParentalControl, mayWatch } from './users.ts';

/** Lists kept for the next page: one a user while their play states stand, one for all where nothing is the user's own. */
const KEPT_LISTS = 24;
const caches = new WeakMap<MediaState, Map<string, readonly Item[]>>();

/**
 * The whole list that a query asks for, in order; pages are cut from it. It is made once and kept until items, policies or
 * (for lists that depend on them) play states change, so that a page costs no more than its own items.
 */
export function listItems(state: MediaState, query: ItemQuery): readonly Item[] {
  if (query.ids.length > 0) return listIds(state, query);
  const isPersonal =
    query.isPlayed !== null || query.isResumable || needsOpinion(query) || sortsByPlays(query);
  const base = remember(state, keyOf(state, query), () => {
    const found = collect(state, query);
    return sortsByPlays(query) ? found : sortItems(state, found, query.sort, null);
  });
  const { user } = query;
  if (!user || (!isPersonal && seesAll(user))) return base;
  const key = `${keyOf(state, query)}|${user.id}|${isPersonal ? state.playVersion : ''}|${query.isPlayed}|${query.isResumable}|${query.isFavorite}|${query.likes}`;
  return remember(state, key, () => {
    const touched = needsTouch(query) ? touchedItems(state, user, base) : base;
    const own = touched.filter((item) => isVisible(user, item) && meetsPlays(state, user, item, query));
    return sortsByPlays(query) ? sortItems(state, own, query.sort, user) : own;
  });
}

function needsOpinion(query: ItemQuery): boolean {
  return query.isFavorite || query.likes !== null;
}

/** Whether only items with a play state of their own can be in the list. */
function needsTouch(query: ItemQuery): boolean {
  if (query.isResumable || needsOpinion(query)) return true;
  return query.isPlayed === true && query.types?.size === 1 && query.types.has('Episode');
}

/** The items of `list` that the user has a play state for, in its order: far fewer than there are. */
function touchedItems(state: MediaState, user: DemoUser, list: readonly Item[]): readonly Item[] {
  const byKey = placesIn(list);
  const found: number[] = [];
  for (const key of state.playStates.get(user.id)?.keys() ?? []) {
    for (const place of byKey.get(key) ?? []) found.push(place);
  }
  return found.sort((left, right) => left - right).flatMap((place) => list[place] ?? []);
}

const places = new WeakMap<readonly Item[], ReadonlyMap<string, readonly number[]>>();

/** Places of a list's items by their play key; made once a list. */
function placesIn(list: readonly Item[]): ReadonlyMap<string, readonly number[]> {
  const known = places.get(list);
  if (known) return known;
  const made = new Map<string, number[]>();
  for (const [place, item] of list.entries()) {
    const same = made.get(playKey(item));
    if (same) same.push(place);
    else made.set(playKey(item), [place]);
  }
  places.set(list, made);
  return made;
}

/** Whether `user` may see `item`, by the libraries and ratings of their policy. */
export function isVisible(user: DemoUser, item: Item): boolean {
  if (item.kind === 'BoxSet') return true;
  if (item.kind === 'Library') return mayOpen(user, item);
  const series = item.kind === 'Series' ? item : item.series;
  return mayOpen(user, series.library) && mayWatch(user, series);
}

/** Whether `user` may open `library`. */
export function mayOpen(user: DemoUser, library: Library): boolean {
  const { EnableAllFolders, EnabledFolders, BlockedMediaFolders } = user.policy;
  if (Array.isArray(BlockedMediaFolders) && BlockedMediaFolders.includes(library.id)) return false;
  if (EnableAllFolders) return true;
  const enabled = EnabledFolders.map((id) => id.replaceAll('-', '').toLowerCase());
  return enabled.includes(library.guid) || enabled.includes(library.id);
}

/** Libraries that have an id, as a user or the API key sees them. */
export function openLibraries(state: MediaState, user: DemoUser | null): Library[] {
  return state.libraries.filter((library) => library.isListed && (!user || mayOpen(user, library)));
}

/**
 * Key by which Jellyfin takes series for one and the same: with automatic grouping on, copies in different libraries share it.
 */
export function groupingKey(series: Series): string {
  const { Tvdb, Imdb, Tmdb } = series.providerIds;
  const own = Tvdb ?? Imdb ?? Tmdb ?? series.id;
  return series.library.options.EnableAutomaticSeriesGrouping === false ? `${series.library.id}/${own}` : own;
}

function listIds(state: MediaState, query: ItemQuery): readonly Item[] {
  const found = query.ids.flatMap((id) => state.items.get(id) ?? []);
  const { user } = query;
  const visible = user ? found.filter((item) => isVisible(user, item)) : found;
  return sortItems(state, visible, query.sort, user);
}

function collect(state: MediaState, query: ItemQuery): readonly Item[] {
  const parent = query.parentId === null ? null : state.items.get(query.parentId);
  if (parent === undefined) return [];
  if (parent === null && !query.recursive) return openLibraries(state, null);
  const found = query.recursive ? descendants(state, parent, query) : children(state, parent);
  return query.types && !query.recursive ? found.filter((item) => query.types?.has(typeOf(item))) : found;
}

function children(state: MediaState, parent: Item | null): readonly Item[] {
  if (parent === null) return state.libraries;
  if (parent.kind === 'Library') return parent.series;
  if (parent.kind === 'Series') return parent.seasons;
  if (parent.kind === 'Season') return parent.episodes;
  return parent.kind === 'BoxSet' ? seriesOf(state, parent) : [];
}

function descendants(state: MediaState, parent: Item | null, query: ItemQuery): readonly Item[] {
  const wants = (type: ItemType) => query.types === null || query.types.has(type);
  const libraries = parent === null ? state.libraries.filter((one) => one.isListed) : [];
  if (parent?.kind === 'Library') libraries.push(parent);
  const found: Item[] = [];
  if (wants('CollectionFolder') && parent === null) append(found, libraries);
  if (wants('Series')) {
    const series =
      parent?.kind === 'BoxSet' ? seriesOf(state, parent) : libraries.flatMap((one) => one.series);
    append(found, grouped(state, query, series, parent === null));
  }
  if (wants('Season'))
    append(found, parent?.kind === 'Series' ? parent.seasons : libraries.flatMap((one) => one.seasons));
  if (wants('Episode')) {
    const hasOwn = parent?.kind === 'Series' || parent?.kind === 'Season';
    const episodes = hasOwn ? parent.episodes : libraries.flatMap((one) => one.episodes);
    append(found, query.withVirtual ? episodes : episodes.filter((one) => !one.isVirtual));
  }
  return found;
}

/** Over the whole server Jellyfin shows one of several copies, the one with the lowest id; box sets hide their series. */
function grouped(
  state: MediaState,
  query: ItemQuery,
  series: readonly Series[],
  isWholeServer: boolean,
): readonly Item[] {
  let shown = series;
  if (isWholeServer && state.profile.dialect === 'jellyfin') {
    const first = new Map<string, Series>();
    for (const one of series) {
      const other = first.get(groupingKey(one));
      if (!other || one.id < other.id) first.set(groupingKey(one), one);
    }
    shown = series.filter((one) => first.get(groupingKey(one)) === one);
  }
  if (!query.collapseBoxSets || !shown.some((one) => one.boxSet)) return shown;
  const sets = new Map<string, BoxSet>();
  for (const { boxSet } of shown) if (boxSet) sets.set(boxSet.id, boxSet);
  return [...sets.values(), ...shown.filter((one) => !one.boxSet)];
}

function seriesOf(state: MediaState, boxSet: BoxSet): readonly Series[] {
  return state.libraries.flatMap((library) => library.series.filter((one) => one.boxSet?.id === boxSet.id));
}

function meetsPlays(state: MediaState, user: DemoUser, item: Item, query: ItemQuery): boolean {
  const own = playStateOf(state, user, item);
  if (query.isFavorite && !own.isFavorite) return false;
  if (query.likes !== null && (own.rating === undefined || own.rating >= LEAST_LIKED !== query.likes))
    return false;
  if (query.isResumable && own.positionTicks === 0) return false;
  return query.isPlayed === null || query.isPlayed === isPlayed(state, user, item);
}

/** A folder is played when every episode in it is. */
export function isPlayed(state: MediaState, user: DemoUser, item: Item): boolean {
  if (item.kind === 'Season' || item.kind === 'Series')
    return unplayedCount(state, user, item.episodes) === 0;
  return playStateOf(state, user, item).played;
}

/** Episodes with a file that `user` has not played. */
export function unplayedCount(state: MediaState, user: DemoUser, episodes: Series['episodes']): number {
  let count = 0;
  for (const episode of episodes) {
    if (!episode.isVirtual && !playStateOf(state, user, episode).played) count++;
  }
  return count;
}

function typeOf(item: Item): ItemType {
  return item.kind === 'Library' ? 'CollectionFolder' : item.kind;
}

function sortsByPlays(query: ItemQuery): boolean {
  return query.sort.some(({ key }) => key === 'dateplayed' || key === 'playcount');
}

function seesAll(user: DemoUser): boolean {
  return user.policy.EnableAllFolders && !hasParentalControl(user);
}

function keyOf(state: MediaState, query: ItemQuery): string {
  const { parentId, recursive, types, withVirtual, collapseBoxSets, sort } = query;
  return JSON.stringify([
    state.contentVersion,
    parentId,
    recursive,
    types && [...types],
    withVirtual,
    collapseBoxSets,
    sort,
  ]);
}

/** Looks a list up or makes it; the one that was not used for longest makes room. */
function remember(state: MediaState, key: string, make: () => readonly Item[]): readonly Item[] {
  const cache = caches.get(state) ?? new Map<string, readonly Item[]>();
  caches.set(state, cache);
  const list = cache.get(key) ?? make();
  cache.delete(key);
  cache.set(key, list);
  const [oldest] = cache.keys();
  if (cache.size > KEPT_LISTS && oldest !== undefined) cache.delete(oldest);
  return list;
}

/** `push(...items)` would overflow the stack at the sizes that lists have here. */
function append(target: Item[], items: readonly Item[]): void {
  for (const item of items) target.push(item);
}
