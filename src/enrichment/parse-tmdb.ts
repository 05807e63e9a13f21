import type { SeriesStatus } from '../catalog/series-reads.repo.ts';
import { readCount, readId, readName, readRecord } from '../media-server/foreign-values.ts';
import { readBetween, readNames, readYear } from './foreign-facts.ts';
import type { MatchCandidate } from './match-title.ts';
import type { SeriesFacts } from './metadata-source.ts';
import type { OtherIds } from './other-ids.ts';

/** A series of TMDb with all that is appended to it. */
export interface TmdbSeries {
  readonly candidate: MatchCandidate;
  readonly ids: OtherIds;
  readonly facts: SeriesFacts;
}

/** Scores grow without a bound that is documented; what a 4-byte float and a reader can do with ends here. */
const MOST_POPULAR = 1e6;

/**
 * Reads `/tv/{id}?append_to_response=keywords,external_ids`; null for what is no series. A property that is not as
 * documented counts as unknown. Source: developer.themoviedb.org/reference/tv-series-details.
 */
export function parseTmdbSeries(answer: unknown): TmdbSeries | null {
  const series = readRecord(answer);
  const candidate = parseTmdbCandidate(series);
  if (!series || !candidate) return null;
  const external = readRecord(series.external_ids);
  const voteCount = readCount(series.vote_count);
  return {
    candidate,
    ids: { tvdb: readId(external?.tvdb_id), imdb: readId(external?.imdb_id) },
    facts: {
      keywords: readNames(readRecord(series.keywords)?.results),
      genres: readNames(series.genres),
      networks: readNames(series.networks),
      status: statusOf(series.status, candidate.year !== null),
      voteAverage: voteCount ? readBetween(series.vote_average, 0, 10) : null,
      voteCount,
      popularity: readBetween(series.popularity, 0, MOST_POPULAR),
    },
  };
}

/** Reads the series among the results of `/find/{id}` and `/search/tv`; what is no series is left out. */
export function parseTmdbList(answer: unknown, list: 'results' | 'tv_results'): MatchCandidate[] | null {
  const results = readRecord(answer)?.[list];
  if (!Array.isArray(results)) return null;
  return results.map(parseTmdbCandidate).filter((candidate) => candidate !== null);
}

function parseTmdbCandidate(value: unknown): MatchCandidate | null {
  const series = readRecord(value);
  const id = readCount(series?.id);
  if (!series || !id) return null;
  const names = [readName(series.name), readName(series.original_name)].filter((name) => name !== null);
  return names.length === 0 ? null : { id: String(id), names, year: readYear(series.first_air_date) };
}

function statusOf(status: unknown, hasAired: boolean): SeriesStatus | null {
  switch (status) {
    case 'Returning Series':
      return 'CONTINUING';
    case 'Ended':
    case 'Canceled':
      return 'ENDED';
    case 'In Production':
      return hasAired ? 'CONTINUING' : 'UNRELEASED';
    case 'Planned':
    case 'Pilot':
      return 'UNRELEASED';
    default:
      return null;
  }
}
