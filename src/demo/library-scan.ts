import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { dayOf } from './air-schedule.ts';
import { type Episode, guid, itemId, type Library, type Season, type Series } from './items.ts';
import { type Nfo, parseNfo } from './nfo.ts';
import { playKeyOf } from './play-state-keys.ts';
import type { ServerProfile } from './profile.ts';

const VIDEO = new Set(['.strm', '.mkv', '.mp4', '.avi', '.m4v', '.ts', '.webm', '.mov']);
const SEASON_FOLDER = /^(?:(?:season|staffel|saison|s)[ ._-]*(\d+)|(specials|extras))$/i;
const NUMBERS = /\bS(\d+)[ ._-]*E(\d+)(?:[ ._-]*-?[ ._-]*E(\d+))?/i;
/** Names that the servers never take for media. */
const IGNORED = /^(?:metadata|subs|subtitles|\.actors|sample(?:\..*)?|.*\.sample\..*|\..*)$/i;
const REMOTE = /^(?:https?|rtsp|rtp):\/\//i;
/** Series read at a time. */
const PARALLEL = 8;

/** What a scan found, and what it had to say about single files. */
export interface ScanResult {
  readonly series: readonly Series[];
  readonly warnings: readonly { readonly path: string; readonly message: string }[];
}

/**
 * Reads the folders of a library as the servers do: a folder is a series, season folders hold STRM files, links and
 * videos with NFOs beside them. A broken link is not there at all; a missing location is an empty one.
 *
 * @param onProgress told the fraction done, 0..1
 */
export async function scanLibrary(
  profile: ServerProfile,
  library: Library,
  onProgress: (fraction: number) => void,
): Promise<ScanResult> {
  const folders: Entry[] = [];
  for (const location of library.locations) {
    for (const entry of await entriesOf(location)) if (entry.isFolder) folders.push(entry);
  }
  const warnings: { path: string; message: string }[] = [];
  const series: Series[] = [];
  for (let index = 0; index < folders.length; index += PARALLEL) {
    const batch = folders.slice(index, index + PARALLEL);
    series.push(...(await Promise.all(batch.map((entry) => scanSeries(profile, library, entry, warnings)))));
    onProgress(Math.min(1, (index + PARALLEL) / folders.length));
  }
  return { series, warnings };
}

async function scanSeries(
  profile: ServerProfile,
  library: Library,
  { path, modifiedAt }: Entry,
  warnings: { path: string; message: string }[],
): Promise<Series> {
  const [entries, nfo] = await Promise.all([entriesOf(path), readNfo(join(path, 'tvshow.nfo'))]);
  const folder = /^(.*?)(?: \((\d{4})\))?(?: ?[[{].*)?$/.exec(basename(path));
  const year = nfo?.year ?? (folder?.[2] === undefined ? null : Number(folder[2]));
  const id = itemId(profile, path);
  const name = nfo?.title ?? folder?.[1] ?? basename(path);
  const series: Series = {
    kind: 'Series',
    id,
    library,
    name,
    year,
    airDay: nfo?.premiered ? dayOf(nfo.premiered) : null,
    endDay: null,
    status: nfo?.status ?? null,
    overview: nfo?.plot ?? null,
    genres: nfo?.genres ?? [],
    tags: nfo?.tags ?? [],
    studios: nfo?.studios ?? [],
    rating: nfo?.rating ?? null,
    officialRating: nfo?.officialRating ?? null,
    runtimeSeconds: nfo?.runtimeSeconds ?? null,
    providerIds: nfo?.providerIds ?? {},
    path,
    addedAt: addedAt(profile, nfo, modifiedAt),
    imageTag: guid(`image/${name}`),
    playKey: playKeyOf(profile, id, nfo?.providerIds ?? {}),
    boxSet: null,
    seasons: [],
    episodes: [],
  };
  for (const entry of entries) {
    const match = SEASON_FOLDER.exec(entry.name);
    if (!entry.isFolder || !match) continue;
    const number = match[1] === undefined ? 0 : Number(match[1]);
    const seasonId = itemId(profile, entry.path);
    const season: Season = {
      kind: 'Season',
      id: seasonId,
      series,
      number,
      path: entry.path,
      playKey: playKeyOf(profile, seasonId, series.providerIds, number),
      episodes: [],
    };
    for (const file of await entriesOf(entry.path)) {
      if (file.isFolder || !VIDEO.has(extname(file.name).toLowerCase())) continue;
      season.episodes.push(await scanEpisode(profile, season, file, warnings));
    }
    if (season.episodes.length > 0) series.seasons.push(season);
  }
  series.seasons.sort((left, right) => left.number - right.number);
  for (const season of series.seasons) {
    season.episodes.sort((left, right) => (left.number ?? 0) - (right.number ?? 0));
    series.episodes.push(...season.episodes);
  }
  return series;
}

async function scanEpisode(
  profile: ServerProfile,
  season: Season,
  file: Entry,
  warnings: { path: string; message: string }[],
): Promise<Episode> {
  const extension = extname(file.name);
  const nfo = await readNfo(`${file.path.slice(0, -extension.length)}.nfo`);
  const numbers = NUMBERS.exec(file.name);
  const numberEnd = nfo?.episodeEnd ?? (numbers?.[3] === undefined ? null : Number(numbers[3]));
  if (extension.toLowerCase() === '.strm') {
    const target = strmTarget(await readFile(file.path, 'utf8').catch(() => ''));
    if (target === null) warnings.push({ path: file.path, message: 'The .strm file is empty' });
    else if (profile.refusesLocalStrm && !REMOTE.test(target))
      warnings.push({ path: file.path, message: 'Ignoring invalid or non-remote .strm path' });
  }
  const id = itemId(profile, file.path);
  const number = nfo?.episode ?? (numbers?.[2] === undefined ? null : Number(numbers[2]));
  return {
    kind: 'Episode',
    id,
    series: season.series,
    season,
    number,
    numberEnd,
    name: nfo?.title ?? file.name.slice(0, -extension.length),
    overview: nfo?.plot ?? null,
    airDay: nfo?.premiered ? dayOf(nfo.premiered) : null,
    runtimeSeconds: nfo?.runtimeSeconds ?? null,
    path: file.name,
    addedAt: addedAt(profile, nfo, file.modifiedAt),
    playKey: playKeyOf(profile, id, season.series.providerIds, season.number, number),
    isVirtual: false,
  };
}

/** First line of a STRM file that is neither empty nor a comment; null when there is none. */
function strmTarget(text: string): string | null {
  const line = text.split(/[\r\n]+/).map((one) => one.replaceAll('\t', '').trim());
  return line.find((one) => one !== '' && !one.startsWith('#')) ?? null;
}

/** Jellyfin reads `dateadded` as UTC, Emby as its own local time. */
function addedAt(profile: ServerProfile, nfo: Nfo | null, otherwise: number): number {
  if (!nfo?.dateAdded) return otherwise;
  const iso = nfo.dateAdded.replace(' ', 'T');
  const at = Date.parse(profile.dialect === 'jellyfin' ? `${iso}Z` : iso);
  return Number.isNaN(at) ? otherwise : at;
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly isFolder: boolean;
  /** ms; of the target when it is a link */
  readonly modifiedAt: number;
}

async function entriesOf(folder: string): Promise<Entry[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const entries = await Promise.all(
    names.sort().map(async (name): Promise<Entry | null> => {
      if (IGNORED.test(name)) return null;
      const path = join(folder, name);
      const found = await stat(path).catch(() => null);
      return found && { name, path, isFolder: found.isDirectory(), modifiedAt: Math.trunc(found.mtimeMs) };
    }),
  );
  return entries.filter((entry) => entry !== null);
}

async function readNfo(path: string): Promise<Nfo | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : parseNfo(text);
}
