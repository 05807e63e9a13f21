import type { EpisodeItem } from '../media-server/media-server.ts';
import { contentHash } from './content-hash.ts';
import { foldName } from './fold-name.ts';

/** A range beyond this is a mistaken number (a date, a year), not a file with that many episodes. */
const MAX_EPISODES_IN_FILE = 30;

/** One episode of one item as it goes to the database: the columns of the episode and of its copy. */
export interface EpisodeRow {
  readonly itemId: string;
  /** The item id of the series. */
  readonly seriesId: string;
  readonly slot: string;
  readonly seasonNumber: number;
  readonly number: number | null;
  readonly name: string | null;
  readonly overview: string | null;
  readonly airDate: string | null;
  readonly runtimeMs: number | null;
  readonly addedAt: Date | null;
  readonly contentHash: string;
  readonly path: string | null;
  readonly copyHash: string;
}

/**
 * The episodes in an item's file: several rows for `S01E01-E02`, which share its name and split its runtime, and none
 * for an item without a series. An item without both numbers is an extra, told from others by its name.
 */
export function episodeRows(item: EpisodeItem): readonly EpisodeRow[] {
  const { seriesId } = item;
  if (seriesId === null) return [];
  const numbers = item.seasonNumber === null ? [] : numbersOf(item);
  const shared = {
    itemId: item.id,
    seriesId,
    seasonNumber: item.seasonNumber ?? 0,
    name: item.name,
    overview: item.overview,
    airDate: item.airDate,
    runtimeMs: item.runtimeMs === null ? null : Math.round(item.runtimeMs / Math.max(1, numbers.length)),
    addedAt: item.addedAt,
    path: item.path,
    copyHash: contentHash(item.path),
  };
  const { seasonNumber } = shared;
  if (numbers.length === 0) return [rowOf(shared, `${seasonNumber}:${extraName(item)}`, null)];
  return numbers.map((number) => rowOf(shared, `${seasonNumber}x${number}`, number));
}

function rowOf(
  shared: Omit<EpisodeRow, 'slot' | 'number' | 'contentHash'>,
  slot: string,
  number: number | null,
): EpisodeRow {
  const { seasonNumber, name, overview, airDate, runtimeMs, addedAt } = shared;
  const hash = contentHash(slot, seasonNumber, name, overview, airDate, runtimeMs, addedAt);
  return { ...shared, slot, number, contentHash: hash };
}

function numbersOf(item: EpisodeItem): readonly number[] {
  const { number, numberEnd } = item;
  if (number === null) return [];
  const count = (numberEnd ?? number) - number + 1;
  if (count < 1 || count > MAX_EPISODES_IN_FILE) return [number];
  return Array.from({ length: count }, (_, index) => number + index);
}

/** The item's id is the last resort: it does not outlive a new scan, but keeps nameless extras apart. */
function extraName(item: EpisodeItem): string {
  const file = item.path
    ?.split(/[\\/]/u)
    .at(-1)
    ?.replace(/\.[^.]*$/u, '');
  return foldName(item.name ?? file ?? '') || item.id;
}
