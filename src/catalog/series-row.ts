import type { ProviderIds, SeriesItem } from '../media-server/media-server.ts';
import { contentHash } from './content-hash.ts';
import { foldName, splitYear } from './fold-name.ts';
import type { Identity } from './identity.ts';

/** A series of the media server as it goes to the database: the columns of a title and of its copy. */
export interface SeriesRow extends Identity {
  readonly itemId: string;
  readonly name: string;
  readonly originalName: string | null;
  readonly sortName: string;
  readonly premiereDate: string | null;
  readonly endDate: string | null;
  readonly status: string | null;
  readonly overview: string | null;
  readonly genres: readonly string[];
  readonly keywords: readonly string[];
  readonly networks: readonly string[];
  readonly communityRating: number | null;
  readonly officialRating: string | null;
  readonly runtimeMinutes: number | null;
  readonly addedAt: Date | null;
  readonly contentHash: string;
  readonly tvdbId: string | null;
  readonly tmdbId: string | null;
  readonly imdbId: string | null;
  readonly path: string | null;
  readonly images: SeriesItem['images'];
  readonly copyHash: string;
  /** All that the list says of it; null when the list does not tell what changed below it. */
  readonly listVersion: string | null;
}

/** Turns a series into its row; a year in the name (`Castle (2009)`) stands in for a missing one. */
export function seriesRow(item: SeriesItem): SeriesRow {
  const split = splitYear(item.name);
  const metadata = {
    name: item.name,
    originalName: item.originalName,
    sortName: (item.sortName ?? item.name).toLowerCase(),
    matchName: foldName(split.name),
    year: item.year ?? split.year,
    premiereDate: item.premiereDate,
    endDate: item.endDate,
    status: item.status,
    overview: item.overview,
    genres: item.genres,
    keywords: item.tags,
    networks: item.studios,
    communityRating: item.communityRating,
    officialRating: item.officialRating,
    runtimeMinutes: item.runtimeMinutes,
    addedAt: item.addedAt,
    ...idColumns(item.providerIds),
  };
  const own = contentHash(metadata);
  const copyHash = contentHash(item.path, item.images.primary, item.images.backdrop);
  return {
    ...metadata,
    itemId: item.id,
    providerIds: item.providerIds,
    contentHash: own,
    path: item.path,
    images: item.images,
    copyHash,
    listVersion: item.version === null ? null : contentHash(own, copyHash, item.version),
  };
}

function idColumns(ids: ProviderIds) {
  return { tvdbId: ids.tvdb ?? null, tmdbId: ids.tmdb ?? null, imdbId: ids.imdb ?? null };
}
