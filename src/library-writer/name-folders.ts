import { cutToBytes, MAX_PART_BYTES, sanitizeName } from './sanitize-name.ts';

/** What a series folder is named after. */
export interface NamedSeries {
  readonly titleId: number;
  readonly name: string;
  readonly year: number | null;
  readonly tvdbId: string | null;
  readonly tmdbId: string | null;
  readonly imdbId: string | null;
}

/** Keeps a whole path within the 240 characters that Windows and SMB clients manage; the NFO holds the full title. */
const MAX_TITLE_LENGTH = 90;
/** Room for what is put around a title in a file or folder name: year, `[tvdbid-...]`, `- S01E01-E02` and extension. */
const SUFFIX_BYTES = 60;
/** Folder names that the servers ignore or take for extras of something else. */
const TAKEN_BY_SERVERS =
  /^(subs|subtitles|metadata|sample|samples|extras|specials|trailers|theme-music|backdrops|shorts|scenes|featurettes|interviews|behind the scenes|deleted scenes|other|clips|lost\+found|extrafanart|extrathumbs|@eadir)$/i;

/** The title as it begins file names: sanitised, short enough for every suffix. */
export function fileTitle(name: string): string {
  const short = cutToBytes(sanitizeName(name), MAX_PART_BYTES - SUFFIX_BYTES, MAX_TITLE_LENGTH);
  return sanitizeName(short);
}

/**
 * The folder of each series, `Title (Year)`, by title id. Names that differ at most in case get a provider id or a
 * number, the lowest title id keeping the plain one: neither rank nor order of the input changes a name.
 */
export function nameFolders(series: readonly NamedSeries[]): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const used = new Set<string>();
  for (const one of series.toSorted((left, right) => left.titleId - right.titleId)) {
    const name = candidates(one).find((candidate) => !used.has(foldCase(candidate))) ?? numbered(one, used);
    used.add(foldCase(name));
    names.set(one.titleId, name);
  }
  return names;
}

function candidates(series: NamedSeries): string[] {
  const plain = plainName(series);
  const id = idSuffix(series);
  return id ? [plain, `${plain} ${id}`] : [plain];
}

function numbered(series: NamedSeries, used: ReadonlySet<string>): string {
  const plain = plainName(series);
  let number = 2;
  while (used.has(foldCase(`${plain} (${number})`))) number += 1;
  return `${plain} (${number})`;
}

function plainName(series: NamedSeries): string {
  const title = fileTitle(series.name);
  if (series.year !== null) return title.endsWith(`(${series.year})`) ? title : `${title} (${series.year})`;
  return isMisread(title) ? `${title} (series)` : title;
}

/**
 * Whether a server would misread the folder: one of its own names, a name it removes from `Season 1` before it reads
 * the number, or one that itself looks like a season.
 */
function isMisread(title: string): boolean {
  return (
    TAKEN_BY_SERVERS.test(title) || 'season 0123456789'.includes(title.toLowerCase()) || /\d$/.test(title)
  );
}

function idSuffix(series: NamedSeries): string | undefined {
  const { tvdbId, tmdbId, imdbId } = series;
  const id = tvdbId
    ? `tvdbid-${tvdbId}`
    : tmdbId
      ? `tmdbid-${tmdbId}`
      : imdbId
        ? `imdbid-${imdbId}`
        : undefined;
  return id && sanitizeName(`[${cutToBytes(id, 30)}]`);
}

function foldCase(name: string): string {
  return name.normalize('NFC').toLowerCase().toUpperCase().toLowerCase();
}
