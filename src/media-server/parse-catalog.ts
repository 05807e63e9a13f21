import { z } from 'zod';
import {
  foreign,
  readCount,
  readDay,
  readId,
  readInstant,
  readName,
  readPath,
  readText,
  readTicks,
} from './foreign-values.ts';
import type { EpisodeItem, ProviderIds, SeasonItem, SeriesItem } from './media-server.ts';

/** A longer span than this in one file is a mistake of the server's, and would be expanded episode by episode. */
const LONGEST_MULTI_EPISODE = 100;

const SeriesShape = z.object({
  Type: foreign.name,
  Id: foreign.id,
  Name: foreign.name,
  OriginalTitle: foreign.name,
  SortName: foreign.name,
  ProductionYear: foreign.year,
  PremiereDate: foreign.day,
  EndDate: foreign.day,
  Status: foreign.name,
  Overview: foreign.text,
  Genres: foreign.names,
  GenreItems: foreign.names,
  Tags: foreign.names,
  TagItems: foreign.names,
  Studios: foreign.names,
  CommunityRating: foreign.rating,
  OfficialRating: foreign.name,
  RunTimeTicks: foreign.ticks,
  ProviderIds: foreign.entries,
  Path: foreign.path,
  DateCreated: foreign.instant,
  LocationType: foreign.name,
  ImageTags: foreign.entries,
  BackdropImageTags: foreign.names,
  Etag: foreign.name,
  DateLastMediaAdded: foreign.name,
  RecursiveItemCount: foreign.count,
  ChildCount: foreign.count,
});

const SeasonShape = z.object({
  Type: foreign.name,
  Id: foreign.id,
  SeriesId: foreign.id,
  IndexNumber: foreign.count,
  Name: foreign.name,
  Overview: foreign.text,
  PremiereDate: foreign.day,
});

/** Reads a series; null when it is something else, a placeholder for something missing, or lacks an id or a name. */
export function parseSeries(raw: unknown): SeriesItem | null {
  const { data } = SeriesShape.safeParse(raw);
  if (data?.Type !== 'Series' || data.LocationType === 'Virtual') return null;
  if (data.Id === null || data.Name === null) return null;
  return {
    id: data.Id,
    name: data.Name,
    originalName: data.OriginalTitle,
    sortName: data.SortName,
    year: data.ProductionYear ?? yearOf(data.PremiereDate) ?? yearInFolder(data.Path),
    premiereDate: data.PremiereDate,
    endDate: data.EndDate,
    status: statusOf(data.Status),
    overview: data.Overview,
    genres: data.Genres.length > 0 ? data.Genres : data.GenreItems,
    tags: data.Tags.length > 0 ? data.Tags : data.TagItems,
    studios: data.Studios,
    communityRating: data.CommunityRating,
    officialRating: data.OfficialRating,
    runtimeMinutes: data.RunTimeTicks === null ? null : Math.round(data.RunTimeTicks / 60_000) || null,
    providerIds: providerIdsOf(data.ProviderIds),
    path: data.Path,
    addedAt: data.DateCreated,
    images: imagesOf(data.ImageTags, data.BackdropImageTags),
    version: versionOf(data),
  };
}

/**
 * Reads a season; null when it is something else or lacks an id. Virtual ones stay: a season without a folder of its own
 * has no path, which Jellyfin calls virtual although its episodes exist.
 */
export function parseSeason(raw: unknown): SeasonItem | null {
  const { data } = SeasonShape.safeParse(raw);
  if (data?.Type !== 'Season' || data.Id === null) return null;
  return {
    id: data.Id,
    seriesId: data.SeriesId,
    number: seasonNumberOf(data.IndexNumber, data.Name),
    name: data.Name,
    overview: data.Overview,
    premiereDate: data.PremiereDate,
  };
}

/**
 * Reads an episode; null when it is something else, a placeholder for something missing, or lacks an id. There may be
 * hundreds of thousands of them, and reading their properties one by one takes a third of the time that a schema takes.
 */
export function parseEpisode(raw: unknown): EpisodeItem | null {
  if (!isObject(raw) || readName(raw.Type) !== 'Episode') return null;
  const id = readId(raw.Id);
  if (id === null || readName(raw.LocationType) === 'Virtual') return null;
  const number = readCount(raw.IndexNumber);
  return {
    id,
    seriesId: readId(raw.SeriesId),
    seasonNumber: seasonNumberOf(readCount(raw.ParentIndexNumber), readName(raw.SeasonName)),
    number,
    numberEnd: lastNumberOf(number, readCount(raw.IndexNumberEnd)),
    name: readName(raw.Name),
    overview: readText(raw.Overview),
    airDate: readDay(raw.PremiereDate),
    runtimeMs: readTicks(raw.RunTimeTicks),
    path: readPath(raw.Path),
    addedAt: readInstant(raw.DateCreated),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/**
 * The etag changes when the server saves the series, the date when Jellyfin adds an episode, the counts when anything comes
 * or goes. Only the counts can tell of a removal, so that without them there is no version.
 */
function versionOf(data: z.output<typeof SeriesShape>): string | null {
  if (data.RecursiveItemCount === null) return null;
  return [data.RecursiveItemCount, data.ChildCount, data.DateLastMediaAdded, data.Etag].join('|');
}

/** Some servers number the specials 99, or not at all: the name decides, and a real season 99 stays one. */
function seasonNumberOf(number: number | null, name: string | null): number | null {
  return name?.toLowerCase() === 'specials' ? 0 : number;
}

function lastNumberOf(first: number | null, last: number | null): number | null {
  if (first === null || last === null) return null;
  return last > first && last - first <= LONGEST_MULTI_EPISODE ? last : null;
}

function statusOf(status: string | null): SeriesItem['status'] {
  switch (status?.toLowerCase()) {
    case 'continuing':
      return 'CONTINUING';
    case 'ended':
    case 'canceled':
    case 'cancelled':
      return 'ENDED';
    case 'unreleased':
      return 'UNRELEASED';
    default:
      return null;
  }
}

function yearOf(day: string | null): number | null {
  return day === null ? null : Number(day.slice(0, 4));
}

/** `/tv/Andor (2022)` and `/tv/Andor (2022) [tvdbid-393189]` tell the year, whatever the separator. */
function yearInFolder(path: string | null): number | null {
  const folder = path?.split(/[/\\]/).findLast((part) => part !== '');
  const year = /\(((?:18[5-9]|19\d|20\d|21\d)\d)\)/.exec(folder ?? '')?.[1];
  return year === undefined ? null : Number(year);
}

/** Ids that cannot be ids are left out: a wrong one would join two series. */
function providerIdsOf(entries: ReadonlyMap<string, unknown>): ProviderIds {
  const tvdb = numericId(entries.get('tvdb'));
  const tmdb = numericId(entries.get('tmdb'));
  const imdb = readText(entries.get('imdb'))?.toLowerCase();
  return {
    ...(tvdb && { tvdb }),
    ...(tmdb && { tmdb }),
    ...(imdb && /^tt\d{1,12}$/.test(imdb) && { imdb }),
  };
}

function numericId(value: unknown): string | null {
  const number = readCount(typeof value === 'string' ? value.trim() : value);
  return number === null || number === 0 ? null : String(number);
}

function imagesOf(tags: ReadonlyMap<string, unknown>, backdrops: readonly string[]): SeriesItem['images'] {
  const primary = readName(tags.get('primary'));
  const backdrop = backdrops[0] ?? readName(tags.get('backdrop'));
  return { ...(primary && { primary }), ...(backdrop && { backdrop }) };
}
