import type { ShownSeries } from '../../drizzle/tables/library-writer.ts';
import { type EpisodeFile, groupByFile, type LibraryEpisode, type LibraryPick } from './library-pick.ts';
import { likelyRuntimeMs } from './likely-runtime.ts';
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
  /** The links to episodes among `files`. */
  readonly links: readonly string[];
  /** Series in the plan, best first; one without any usable episode file is left out. */
  readonly shown: readonly ShownSeries[];
  /** Names of the series left out. */
  readonly leftOut: readonly string[];
}

/** What the placeholder points at: a name that is reserved never to resolve (RFC 2606), so nothing is ever fetched. */
const NOTHING_TO_PLAY = 'http://placeholder.invalid/';
/** The placeholder's number, and the one it takes where a real special has that. */
const PLACEHOLDER_NUMBER = 0;
const OTHER_PLACEHOLDER_NUMBER = 9999;
const PLACEHOLDER_SUFFIX = '-placeholder';
const URL = /^[a-z][a-z0-9+.-]+:\/\//i;
/** A STRM file is one line, a link cannot hold every control character, and neither holds half a surrogate pair. */
const UNUSABLE = /[\p{Cc}\p{Cs}]/u;

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
  const links: string[] = [];
  const shown: ShownSeries[] = [];
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
    const likelyMs = likelyRuntimeMs(own, pick.runtimeMinutes);
    for (const file of groupByFile(own)) {
      const base = `${folder}/${seasonFolder(file.seasonNumber)}/${title} - ${episodeCode(file)}`;
      if (isWrittenAsStrm(file.path, mode)) files.set(`${base}.strm`, { content: file.path });
      else {
        files.set(base + extensionOf(file.path), { linkTarget: file.path });
        links.push(base + extensionOf(file.path));
      }
      files.set(`${base}.nfo`, { content: episodeNfo(pick.name, file, likelyMs) });
    }
    const placeholder = placeholderBase(folder, pick.name);
    files.set(`${placeholder}.strm`, { content: NOTHING_TO_PLAY });
    files.set(`${placeholder}.nfo`, { content: placeholderNfo(pick, placeholderNumber(own)) });
    placeholders.push(`${placeholder}.strm`);
    shown.push({ titleId: pick.titleId, rank: pick.rank });
  }
  return { files, placeholders, links, shown, leftOut };
}

/** A server that shares watch states by number would mark a real special of the placeholder's number as watched. */
function placeholderNumber(episodes: readonly LibraryEpisode[]): number {
  const isTaken = episodes.some((one) => one.seasonNumber === 0 && one.number === PLACEHOLDER_NUMBER);
  return isTaken ? OTHER_PLACEHOLDER_NUMBER : PLACEHOLDER_NUMBER;
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
