import type { MediaState } from './media-state.ts';
import type { Query } from './query.ts';
import type { DemoUser } from './users.ts';

/** What the lists hold; libraries are listed as `CollectionFolder`. */
export type ItemType = 'CollectionFolder' | 'BoxSet' | 'Series' | 'Season' | 'Episode';
const OWN_TYPES: readonly ItemType[] = ['CollectionFolder', 'BoxSet', 'Series', 'Season', 'Episode'];
/** Types that real servers know and the demo server has none of. */
const OTHER_TYPES = new Set([
  'movie',
  'video',
  'audio',
  'musicalbum',
  'musicartist',
  'playlist',
  'book',
  'folder',
]);

/** What a list may be ordered by. */
export type SortKey =
  | 'sortname'
  | 'name'
  | 'datecreated'
  | 'premieredate'
  | 'productionyear'
  | 'communityrating'
  | 'indexnumber'
  | 'parentindexnumber'
  | 'seriessortname'
  | 'runtime'
  | 'dateplayed'
  | 'playcount';
const SORT_KEYS = new Set<string>([
  'sortname',
  'name',
  'datecreated',
  'premieredate',
  'productionyear',
  'communityrating',
  'indexnumber',
  'parentindexnumber',
  'seriessortname',
  'runtime',
  'dateplayed',
  'playcount',
]);

/** A parsed query for items. */
export interface ItemQuery {
  /** Through whose eyes; null for an API key that names nobody. */
  readonly user: DemoUser | null;
  readonly ids: readonly string[];
  readonly parentId: string | null;
  readonly recursive: boolean;
  /** Null for every type. */
  readonly types: ReadonlySet<ItemType> | null;
  readonly withVirtual: boolean;
  readonly collapseBoxSets: boolean;
  readonly isPlayed: boolean | null;
  readonly isResumable: boolean;
  readonly isFavorite: boolean;
  /** Whether only what the user likes (or dislikes) by its rating; null for all. */
  readonly likes: boolean | null;
  /** Emby answers an unknown filter with its root folders. */
  readonly hasUnknownFilter: boolean;
  readonly sort: readonly { readonly key: SortKey; readonly descending: boolean }[];
}

/** Which page of a list, and what to write of each item. */
export interface PageQuery {
  readonly start: number;
  readonly limit: number | null;
  readonly withTotal: boolean;
  readonly fields: ReadonlySet<string>;
  readonly withUserData: boolean;
}

/** Reads the query of an item list; names that a server does not know are ignored, as there. */
export function parseItemQuery(state: MediaState, query: Query, user: DemoUser | null): ItemQuery {
  const isJellyfin = state.profile.dialect === 'jellyfin';
  const filters = new Set(query.list('Filters').map((one) => one.toLowerCase()));
  const ids = query.list('Ids').map((id) => (isJellyfin ? id.replaceAll('-', '').toLowerCase() : id));
  return {
    user,
    ids,
    parentId: query.id('parentId'),
    recursive: query.flag('recursive') ?? false,
    types: parseTypes(query.list('IncludeItemTypes'), isJellyfin),
    withVirtual: wantsVirtual(query, user),
    collapseBoxSets: isJellyfin && query.flag('collapseBoxSetItems') !== false && ids.length === 0,
    isPlayed: playedFilter(filters, query.flag('isPlayed')),
    isResumable: filters.has('isresumable'),
    isFavorite: filters.has('isfavorite') || query.flag('isFavorite') === true,
    likes: filters.has('likes') ? true : filters.has('dislikes') ? false : null,
    hasUnknownFilter: [...filters].some((one) => !KNOWN_FILTERS.has(one)),
    sort: parseSort(query),
  };
}

const KNOWN_FILTERS = new Set([
  'isplayed',
  'isunplayed',
  'isresumable',
  'isfavorite',
  'isfolder',
  'isnotfolder',
  'isrecentlyadded',
  'likes',
  'dislikes',
  'isfavoriteorlikes',
]);

/** Reads the paging of a list; a negative start is the beginning. */
export function parsePage(query: Query, pageShift: number): PageQuery {
  const start = Math.max(0, query.integer('startIndex') ?? 0);
  const limit = query.integer('limit');
  return {
    start: start > 0 ? Math.max(0, start - pageShift) : 0,
    limit: limit === null || limit < 0 ? null : limit,
    withTotal: query.flag('enableTotalRecordCount') ?? true,
    fields: new Set(query.list('fields').map((field) => field.toLowerCase())),
    withUserData: query.flag('enableUserData') ?? true,
  };
}

/** Jellyfin drops names that it does not know, so that a list of nothing else means every type. */
function parseTypes(names: readonly string[], isJellyfin: boolean): ReadonlySet<ItemType> | null {
  const known = OWN_TYPES.filter((type) => names.some((name) => name.toLowerCase() === type.toLowerCase()));
  const others = names.filter((name) => OTHER_TYPES.has(name.toLowerCase()));
  if (names.length === 0) return null;
  if (known.length === 0 && others.length === 0 && isJellyfin) return null;
  return new Set(known);
}

/** Without a user the servers also list episodes that they have no file of, unless told not to. */
function wantsVirtual(query: Query, user: DemoUser | null): boolean {
  const lower = (name: string) => query.list(name).map((one) => one.toLowerCase());
  const only = lower('locationTypes');
  if (lower('excludeLocationTypes').includes('virtual')) return false;
  if (only.length > 0 && !only.includes('virtual')) return false;
  return query.flag('isMissing') ?? (user === null || user.configuration.DisplayMissingEpisodes === true);
}

function playedFilter(filters: ReadonlySet<string>, flag: boolean | null): boolean | null {
  if (filters.has('isplayed')) return true;
  if (filters.has('isunplayed')) return false;
  return flag;
}

function parseSort(query: Query): ItemQuery['sort'] {
  const orders = query.list('sortOrder').map((order) => order.toLowerCase().startsWith('desc'));
  const keys = query.list('sortBy').map((key) => key.toLowerCase());
  return keys.flatMap((key, index) =>
    isSortKey(key) ? [{ key, descending: orders[index] ?? orders[0] ?? false }] : [],
  );
}

function isSortKey(key: string): key is SortKey {
  return SORT_KEYS.has(key);
}
