import { type EpisodeFile, groupByFile, type LibraryEpisode, type LibraryPick } from './library-pick.ts';
import { fileTitle, nameFolders } from './name-folders.ts';
import { episodeNfo, placeholderNfo, seriesNfo } from './nfo.ts';
import type { OutputMode } from './output-mode.ts';
import { MAX_PART_BYTES, slugOf } from './sanitize-name.ts';

/** What a path of a library is to hold: a text file or a symbolic link. */
export type PlannedFile = { readonly content: string } | { readonly linkTarget: string };

/** A library as it should be. Paths are relative to the library's folder, with `/` between parts. */
export interface LibraryPlan {
  readonly files: ReadonlyMap<string, PlannedFile>;
  /** The placeholders' paths among `files`. */
  readonly placeholders: readonly string[];
  /** Series in the plan; one without any usable episode file is left out. */
  readonly series: number;
  /** Names of the series left out. */
  readonly leftOut: readonly string[];
}

/** What the placeholder points at: a name that is reserved never to resolve (RFC 2606), so nothing is ever fetched. */
const NOTHING_TO_PLAY = 'http://placeholder.invalid/';
const PLACEHOLDER_SUFFIX = '-placeholder';
const URL = /^[a-z][a-z0-9+.-]+:\/\//i;
/** A STRM file is one line, and a link cannot hold every control character. */
const UNUSABLE = /\p{Cc}/u;

/**
 * Plans the library of one user: for each pick `tvshow.nfo`, a link or STRM file with an NFO for each episode file,
 * and the placeholder that carries its rank. The same input gives the same plan, byte for byte.
 */
export function planLibrary(
  picks: readonly LibraryPick[],
  episodes: readonly LibraryEpisode[],
  mode: OutputMode,
): LibraryPlan {
  const files = new Map<string, PlannedFile>();
  const placeholders: string[] = [];
  const leftOut: string[] = [];
  const folders = nameFolders(picks);
  const byTitle = groupByTitle(
    episodes.filter((episode) => episode.path !== '' && !UNUSABLE.test(episode.path)),
  );
  for (const pick of picks) {
    const folder = folders.get(pick.titleId);
    const own = byTitle.get(pick.titleId);
    if (!folder || !own) {
      leftOut.push(pick.name);
      continue;
    }
    files.set(`${folder}/tvshow.nfo`, { content: seriesNfo(pick) });
    const title = fileTitle(pick.name);
    for (const file of groupByFile(own)) {
      const base = `${folder}/${seasonFolder(file.seasonNumber)}/${title} - ${episodeCode(file)}`;
      if (isWrittenAsStrm(file.path, mode)) files.set(`${base}.strm`, { content: file.path });
      else files.set(base + extensionOf(file.path), { linkTarget: file.path });
      files.set(`${base}.nfo`, { content: episodeNfo(pick.name, file) });
    }
    const placeholder = placeholderBase(folder, pick.name);
    files.set(`${placeholder}.strm`, { content: NOTHING_TO_PLAY });
    files.set(`${placeholder}.nfo`, { content: placeholderNfo(pick) });
    placeholders.push(`${placeholder}.strm`);
  }
  return { files, placeholders, series: placeholders.length, leftOut };
}

/** No link leads to a URL, and no server follows a STRM file from within another. */
function isWrittenAsStrm(path: string, mode: OutputMode): boolean {
  return URL.test(path) || (mode === 'strm' && extensionOf(path).toLowerCase() !== '.strm');
}

function seasonFolder(season: number): string {
  return season === 0 ? 'Season 00' : `Season ${season}`;
}

function episodeCode(file: EpisodeFile): string {
  const first = `S${twoDigits(file.seasonNumber)}E${twoDigits(file.number)}`;
  return file.numberEnd > file.number ? `${first}-E${twoDigits(file.numberEnd)}` : first;
}

function groupByTitle(episodes: readonly LibraryEpisode[]): ReadonlyMap<number, LibraryEpisode[]> {
  const groups = new Map<number, LibraryEpisode[]>();
  for (const episode of episodes) {
    const group = groups.get(episode.titleId);
    if (group) group.push(episode);
    else groups.set(episode.titleId, [episode]);
  }
  return groups;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

function placeholderBase(folder: string, series: string): string {
  const slug = slugOf(series, MAX_PART_BYTES - PLACEHOLDER_SUFFIX.length - '.strm'.length);
  return `${folder}/${seasonFolder(0)}/${slug}${PLACEHOLDER_SUFFIX}`;
}

/** The extension with its dot, whichever slashes the media server uses; empty for a folder such as a disc's. */
function extensionOf(path: string): string {
  return /\.[a-z0-9]{1,8}$/i.exec(path.split(/[\\/]/).at(-1) ?? '')?.[0] ?? '';
}
