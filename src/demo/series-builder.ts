import { airDays, dayOf, msOf } from './air-schedule.ts';
import type { CatalogSeries } from './catalog.ts';
import {
  type BoxSet,
  type Episode,
  episodeFileName,
  fileSafe,
  guid,
  itemId,
  type Library,
  type Season,
  type Series,
} from './items.ts';
import { playKeyOf } from './play-state-keys.ts';
import type { ServerProfile } from './profile.ts';

/** Catalog series came to the server between these days, those that began later when they began. */
const FIRST_ADDED_DAY = dayOf('2018-01-01');
const ADDED_SPAN_DAYS = 2_900;
/** Announced episodes air from this day on, one a week. */
const FUTURE_DAY = dayOf('2027-01-04');
const MS_PER_HOUR = 3_600_000;

/** Folder of a catalog series in `library` as the server sees it. */
export function seriesFolder(
  library: Library,
  entry: Pick<CatalogSeries, 'title' | 'year' | 'path'>,
): string {
  if (entry.path !== undefined) return entry.path;
  const year = entry.year === null ? '' : ` (${entry.year})`;
  return `${library.locations[0] ?? '/media'}/${fileSafe(entry.title)}${year}`;
}

/** Builds a series with its seasons and episodes from a catalog entry; the same entry always gives the same ids. */
export function buildSeries(profile: ServerProfile, library: Library, entry: CatalogSeries): Series {
  const path = seriesFolder(library, entry);
  const days = scheduleOf(entry);
  const firstDay = days.find((day) => day !== null) ?? null;
  const spread = FIRST_ADDED_DAY + (Number.parseInt(guid(path).slice(0, 6), 16) % ADDED_SPAN_DAYS);
  const addedDay = entry.addedOn === undefined ? Math.max(firstDay ?? 0, spread) : dayOf(entry.addedOn);
  const runtimeSeconds = entry.runtime === null ? null : Math.round(entry.runtime * 60);
  const id = itemId(profile, path);
  const providerIds = {
    ...(entry.tvdb !== null && { Tvdb: String(entry.tvdb) }),
    ...(entry.imdb !== null && { Imdb: entry.imdb }),
    ...(entry.tmdb !== null && { Tmdb: String(entry.tmdb) }),
  };
  const series: Series = {
    kind: 'Series',
    id,
    library,
    name: entry.title,
    year: entry.year,
    airDay: firstDay,
    endDay: entry.status === 'Ended' ? (days.at(-1) ?? null) : null,
    status: entry.status,
    overview: entry.overview,
    genres: entry.genres,
    tags: entry.keywords,
    studios: entry.network === null ? [] : [entry.network],
    rating: entry.rating,
    officialRating: entry.officialRating,
    runtimeSeconds,
    providerIds,
    path,
    addedAt: addedAt(addedDay),
    imageTag: guid(`image/${entry.title}`),
    playKey: playKeyOf(profile, id, providerIds),
    boxSet: boxSetOf(profile, entry.boxSet),
    seasons: [],
    episodes: [],
  };
  const doubles = new Map(entry.doubles.map(parseDouble));
  const numbering = entry.seasons.map((length, index) => ({ number: index + 1, length, virtual: 0 }));
  const last = numbering.at(-1);
  if (last) last.virtual = entry.missing;
  if (entry.specials > 0) numbering.unshift({ number: 0, length: entry.specials, virtual: 0 });
  let ordinal = 0;
  for (const { number, length, virtual } of numbering) {
    const season = addSeason(profile, series, number);
    for (let episode = 1; episode <= length + virtual; episode++) {
      const isVirtual = episode > length;
      const regularDay = number === 0 || isVirtual ? null : (days[ordinal++] ?? null);
      if (doubles.has(`${number}:${episode - 1}`)) continue;
      const airDay = isVirtual ? FUTURE_DAY + 7 * (episode - length - 1) : regularDay;
      const numberEnd = doubles.get(`${number}:${episode}`) ?? null;
      const id = itemId(
        profile,
        `${season.path}/${episodeFileName(path, number, episode, isVirtual ? -1 : numberEnd)}`,
      );
      const added: Episode = {
        kind: 'Episode',
        id,
        series,
        season,
        number: episode,
        numberEnd,
        name: null,
        overview: null,
        airDay,
        runtimeSeconds: numberEnd === null || runtimeSeconds === null ? runtimeSeconds : runtimeSeconds * 2,
        path: null,
        addedAt: addedAt(Math.max(addedDay, regularDay ?? 0)),
        playKey: playKeyOf(profile, id, providerIds, number, episode),
        isVirtual,
      };
      season.episodes.push(added);
      series.episodes.push(added);
    }
  }
  return series;
}

function addSeason(profile: ServerProfile, series: Series, number: number): Season {
  const path = `${series.path}/${number === 0 ? 'Specials' : `Season ${number}`}`;
  const id = itemId(profile, path);
  const season: Season = {
    kind: 'Season',
    id,
    series,
    number,
    path,
    playKey: playKeyOf(profile, id, series.providerIds, number),
    episodes: [],
  };
  series.seasons.push(season);
  return season;
}

function scheduleOf(entry: CatalogSeries): (number | null)[] {
  const invented = airDays(entry.title, entry.year, entry.endYear, entry.seasons);
  const total = entry.seasons.reduce((sum, length) => sum + length, 0);
  return Array.from({ length: total }, (_, index) => {
    const given = entry.airDates?.[index];
    return given ? dayOf(given) : (invented[index] ?? null);
  });
}

/** `S01E01-E02` as the key of the first episode and the number of the last. */
function parseDouble(text: string): [string, number] {
  const [season = 0, first = 0, last = 0] = [...text.matchAll(/\d+/g)].map(Number);
  return [`${season}:${first}`, last];
}

function addedAt(day: number): number {
  return msOf(day) + 3 * MS_PER_HOUR;
}

function boxSetOf(profile: ServerProfile, name: string | undefined): BoxSet | null {
  if (name === undefined) return null;
  return { kind: 'BoxSet', id: itemId(profile, `boxset/${name}`), name, addedAt: msOf(FIRST_ADDED_DAY) };
}
