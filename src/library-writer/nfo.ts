import type { EpisodeFile, LibraryPick } from './library-pick.ts';

/** The title of every placeholder, by which it is known where a server hides paths. */
export const PLACEHOLDER_TITLE = 'Showrunner placeholder';

/** As for every STRM file: without a runtime a server probes it. */
const PLACEHOLDER_MS = 60_000;

/** Everything XML 1.0 cannot hold: one such character makes a server ignore the whole file. */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

type Value = string | number | null | undefined;

/**
 * The `tvshow.nfo` of a pick, in the form that Kodi defined and that Jellyfin and Emby read
 * (https://kodi.wiki/view/NFO_files/TV_shows). UTF-8 without byte order mark; nothing follows the closing tag.
 */
export function seriesNfo(pick: LibraryPick): string {
  return document('tvshow', [
    element('title', pick.name),
    element('originaltitle', pick.originalName),
    element('plot', plotOf(pick)),
    element('year', pick.year),
    element('premiered', pick.premiereDate),
    element('enddate', pick.endDate),
    element('status', statusOf(pick)),
    element('runtime', pick.runtimeMinutes),
    element('rating', pick.communityRating),
    element('mpaa', pick.officialRating),
    ...pick.genres.map((genre) => element('genre', genre)),
    ...pick.networks.map((network) => element('studio', network)),
    ...pick.keywords.map((keyword) => element('tag', keyword)),
    ...ids(pick),
    ...locked(pick.addedOn),
  ]);
}

/**
 * The NFO of one episode file. It always states a runtime, because a server that does not know one counts every stop
 * as watched: `likelyMs` stands for that of an episode whose runtime is unknown. Several episodes in one file are joined
 * by `episodenumberend`.
 */
export function episodeNfo(series: string, file: EpisodeFile, likelyMs: number): string {
  const [first] = file.episodes;
  const runtimeMs = file.episodes.reduce((sum, episode) => sum + (episode.runtimeMs ?? likelyMs), 0);
  const names = file.episodes.map((episode) => episode.name ?? `Episode ${episode.number}`);
  const plots = file.episodes.flatMap((episode) => episode.overview ?? []);
  return document('episodedetails', [
    element('title', [...new Set(names)].join(' / ')),
    element('showtitle', series),
    element('season', file.seasonNumber),
    element('episode', file.number),
    file.numberEnd > file.number && element('episodenumberend', file.numberEnd),
    element('plot', [...new Set(plots)].join('\n\n')),
    element('aired', first?.airDate),
    ...runtime(runtimeMs),
    ...locked(first?.addedOn ?? null),
  ]);
}

/**
 * The NFO of a pick's placeholder: its date, one day earlier for each rank and far in the future, is what the
 * servers' home rows sort the series by. `dateadded` stands after `lockdata`, where the servers' own files have it.
 */
export function placeholderNfo(pick: LibraryPick, number = 0): string {
  return document('episodedetails', [
    element('title', PLACEHOLDER_TITLE),
    element('showtitle', pick.name),
    element('season', 0),
    element('episode', number),
    element(
      'plot',
      `This entry is not an episode and cannot be played. Showrunner writes it so that ${pick.name} stands at place ${pick.rank} ` +
        'of your picks: home rows sort series by the date of their newest episode, and the date of this one stands for ' +
        'the rank. It is marked as watched so that it stays out of Continue Watching and Next Up.',
    ),
    ...runtime(PLACEHOLDER_MS),
    ...locked(placeholderDate(pick.rank)),
  ]);
}

/** `yyyy-mm-dd` of the placeholder at `rank`: 2125-01-01 for rank 1, one day earlier for each rank below. */
export function placeholderDate(rank: number): string {
  return new Date(Date.UTC(2125, 0, 2 - rank)).toISOString().slice(0, 10);
}

function plotOf(pick: LibraryPick): string | null {
  const reason = pick.explanation && `Why you may like it: ${pick.explanation}`;
  return [reason, pick.overview].filter(Boolean).join('\n\n') || null;
}

function statusOf(pick: LibraryPick): string | null {
  if (pick.status === 'ENDED') return 'Ended';
  return pick.status === 'CONTINUING' ? 'Continuing' : null;
}

function ids(pick: LibraryPick): string[] {
  const known: [string, string | null][] = [
    ['tvdb', pick.tvdbId],
    ['imdb', pick.imdbId],
    ['tmdb', pick.tmdbId],
  ];
  const present = known.filter(([, id]) => id);
  return present.flatMap(([source, id], index) => [
    `<uniqueid type="${source}"${index === 0 ? ' default="true"' : ''}>${escapeXml(id ?? '')}</uniqueid>`,
    element(`${source}id`, id),
  ]);
}

function runtime(ms: number): string[] {
  return [
    element('runtime', Math.max(1, Math.round(ms / 60_000))),
    `<fileinfo><streamdetails><video>${element('durationinseconds', Math.round(ms / 1000))}</video></streamdetails></fileinfo>`,
  ];
}

/** Noon, because Jellyfin reads the date as UTC and Emby as local time: no zone moves it to another day. */
function locked(day: string | null): string[] {
  return ['<lockdata>true</lockdata>', element('dateadded', day && `${day} 12:00:00`)];
}

function document(root: string, lines: readonly (string | false)[]): string {
  const body = lines.filter(Boolean).map((line) => `  ${line}\n`);
  return `<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<${root}>\n${body.join('')}</${root}>`;
}

function element(name: string, value: Value): string {
  if (value === null || value === undefined || value === '') return '';
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

function escapeXml(text: string): string {
  return text
    .replace(NOT_XML, '')
    .replace(/\r\n?/g, '\n')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
