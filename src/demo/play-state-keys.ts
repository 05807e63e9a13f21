import type { Item, Series } from './items.ts';
import type { ServerProfile } from './profile.ts';

/** What a user did with an item. */
export interface PlayState {
  readonly played: boolean;
  readonly playCount: number;
  /** ms */
  readonly lastPlayed: number | null;
  readonly positionTicks: number;
  readonly isFavorite: boolean;
  /** 0..10; undefined for none. */
  readonly rating?: number;
}

/** The rating from which on an item counts as liked (Jellyfin UserItemData.MinLikeValue). */
export const LEAST_LIKED = 6.5;

/** Play state of an item that the user never touched. */
export const UNTOUCHED: PlayState = {
  played: false,
  playCount: 0,
  lastPlayed: null,
  positionTicks: 0,
  isFavorite: false,
};

/**
 * Key under which a server stores a play state: the item's id on new Jellyfin; elsewhere a provider id with season and
 * episode number, so that a copy of an episode in another library shares it.
 *
 * @param numbers season, or season and episode; left out for a series
 */
export function playKeyOf(
  profile: ServerProfile,
  id: string,
  providerIds: Series['providerIds'],
  ...numbers: readonly (number | null)[]
): string {
  const shared = providerIds.Tvdb ?? providerIds.Imdb ?? providerIds.Tmdb;
  if (!profile.sharesPlayStates || shared === undefined || numbers.includes(null)) return id;
  return shared + numbers.map((number) => String(number).padStart(3, '0')).join('');
}

/** Key of any item; libraries and box sets go by their id. */
export function playKey(item: Item): string {
  return item.kind === 'Library' || item.kind === 'BoxSet' ? item.id : item.playKey;
}
