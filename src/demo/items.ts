import { hash } from 'node:crypto';
import type { ServerProfile } from './profile.ts';

/** A library ("virtual folder") of the demo server. */
export interface Library {
  readonly kind: 'Library';
  readonly id: string;
  /** Emby's second id, the one that user policies name; the same as `id` on Jellyfin. */
  readonly guid: string;
  readonly name: string;
  readonly collectionType: string | null;
  readonly locations: readonly string[];
  options: Readonly<Record<string, unknown>>;
  /** Filled from the catalog; the others are filled by scanning their folders. */
  readonly isSource: boolean;
  /** Jellyfin makes an item of a new library only at the next scan; until then it has no id. */
  isListed: boolean;
  series: readonly Series[];
  seasons: readonly Season[];
  episodes: readonly Episode[];
  /** Percentage of a running scan, null when none runs. */
  scanProgress: number | null;
}

/** A group of series, shown in their place unless the caller asks not to collapse them. */
export interface BoxSet {
  readonly kind: 'BoxSet';
  readonly id: string;
  readonly name: string;
  readonly addedAt: number;
}

/** A series of one library. Dates are UTC days counted from 1970-01-01, `addedAt` is in ms. */
export interface Series {
  readonly kind: 'Series';
  readonly id: string;
  readonly library: Library;
  readonly name: string;
  readonly year: number | null;
  readonly airDay: number | null;
  readonly endDay: number | null;
  readonly status: string | null;
  readonly overview: string | null;
  readonly genres: readonly string[];
  readonly tags: readonly string[];
  readonly studios: readonly string[];
  /** 0..10 */
  readonly rating: number | null;
  readonly officialRating: string | null;
  readonly runtimeSeconds: number | null;
  /** Keys as the servers write them: `Tvdb`, `Tmdb`, `Imdb`. */
  readonly providerIds: Readonly<Record<string, string>>;
  readonly path: string;
  readonly addedAt: number;
  /** Changes with the name only. */
  readonly imageTag: string;
  /** Key under which play states of this item are stored. */
  readonly playKey: string;
  readonly boxSet: BoxSet | null;
  readonly seasons: Season[];
  readonly episodes: Episode[];
}

/** A season; `number` 0 holds the specials. */
export interface Season {
  readonly kind: 'Season';
  readonly id: string;
  readonly series: Series;
  readonly number: number;
  readonly path: string;
  readonly playKey: string;
  readonly episodes: Episode[];
}

/** An episode file, or an episode known only by its metadata (`isVirtual`). */
export interface Episode {
  readonly kind: 'Episode';
  readonly id: string;
  readonly series: Series;
  readonly season: Season;
  readonly number: number | null;
  readonly numberEnd: number | null;
  /** Null for the catalog's episodes, which are called "Episode N". */
  readonly name: string | null;
  readonly overview: string | null;
  readonly airDay: number | null;
  readonly runtimeSeconds: number | null;
  /** File name inside the season's folder; null when it follows from the numbers. */
  readonly path: string | null;
  readonly addedAt: number;
  readonly playKey: string;
  readonly isVirtual: boolean;
}

/** Anything that has an id. */
export type Item = Library | BoxSet | Series | Season | Episode;

/** Id of whatever lies at `path`: 32 hex digits on Jellyfin, a decimal string on Emby; the same after every start. */
export function itemId(profile: ServerProfile, path: string): string {
  const digest = hash('md5', path);
  return profile.dialect === 'jellyfin' ? digest : String(Number.parseInt(digest.slice(0, 12), 16));
}

/** Id of a user, a server or a library's `Guid`: 32 hex digits on both. */
export function guid(text: string): string {
  return hash('md5', text);
}

/** Name as clients show it. */
export function itemName(item: Item): string {
  if (item.kind === 'Season') return item.number === 0 ? 'Specials' : `Season ${item.number}`;
  if (item.kind === 'Episode') return item.name ?? `Episode ${item.number ?? '?'}`;
  return item.name;
}

/** Name as the servers sort it: lower case, without a leading article; episodes by their numbers first. */
export function sortName(item: Item): string {
  const name = itemName(item).toLowerCase();
  if (item.kind === 'Season') return String(item.number).padStart(4, '0');
  if (item.kind !== 'Episode') return name.replace(/^(?:the|an|a) (?=.)/, '');
  const part = (number: number | null, width: number) =>
    number === null ? '' : `${String(number).padStart(width, '0')} - `;
  return `${part(item.season.number, 3)}${part(item.number, 4)}${name}`;
}

/** Path as the server sees it; libraries and box sets have none of interest. */
export function itemPath(item: Item): string | null {
  if (item.kind === 'Series' || item.kind === 'Season') return item.path;
  if (item.kind !== 'Episode') return null;
  if (item.path !== null) return `${item.season.path}/${item.path}`;
  return `${item.season.path}/${episodeFileName(item.series.path, item.season.number, item.number, item.numberEnd)}`;
}

/**
 * File name of a catalog episode, such as `The Wire - S01E01.mkv`. It goes by the folder, not by the series' name, which may
 * change while files do not.
 */
export function episodeFileName(
  seriesPath: string,
  season: number,
  number: number | null,
  numberEnd: number | null,
): string {
  const title = seriesPath.slice(seriesPath.lastIndexOf('/') + 1).replace(/ \(\d{4}\)$/, '');
  const two = (value: number) => String(value).padStart(2, '0');
  const numbers = number === null ? '' : `E${two(number)}`;
  const end = numberEnd === null ? '' : `-E${two(numberEnd)}`;
  return `${title} - S${two(season)}${numbers}${end}.mkv`;
}

/** `title` without what file systems refuse in a name. */
export function fileSafe(title: string): string {
  return title.replace(/[<>:"/\\|?*]/g, '').trim();
}
