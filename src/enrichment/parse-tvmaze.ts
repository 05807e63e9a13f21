import type { SeriesStatus } from '../catalog/series-reads.repo.ts';
import { readCount, readId, readName, readRecord } from '../media-server/foreign-values.ts';
import { readBetween, readNames, readYear } from './foreign-facts.ts';
import type { MatchCandidate } from './match-title.ts';
import type { SeriesFacts } from './metadata-source.ts';
import type { OtherIds } from './other-ids.ts';

/** A show of TVmaze, as far as it is a hit. */
export interface TvmazeShow extends MatchCandidate {
  readonly ids: OtherIds;
  readonly facts: SeriesFacts;
}

/**
 * Reads a show; null for what is none. TVmaze knows neither keywords nor the number of votes; its weight (0..100) is how
 * popular a show is. Source: www.tvmaze.com/api.
 */
export function parseTvmazeShow(answer: unknown): TvmazeShow | null {
  const show = readRecord(answer);
  const id = readCount(show?.id);
  const name = readName(show?.name);
  if (!show || !id || !name) return null;
  const externals = readRecord(show.externals);
  return {
    id: String(id),
    names: [name],
    year: readYear(show.premiered),
    ids: { tvdb: readId(externals?.thetvdb), imdb: readId(externals?.imdb) },
    facts: {
      keywords: [],
      genres: readNames(show.genres),
      networks: readNames([show.network, show.webChannel]),
      status: statusOf(show.status),
      voteAverage: readBetween(readRecord(show.rating)?.average, 0, 10),
      voteCount: null,
      popularity: readBetween(show.weight, 0, 100),
    },
  };
}

/** Reads the results of `/search/shows`; null when the answer is no list. */
export function parseTvmazeSearch(answer: unknown): TvmazeShow[] | null {
  if (!Array.isArray(answer)) return null;
  const shows = answer.map((entry: unknown) => parseTvmazeShow(readRecord(entry)?.show));
  return shows.filter((show) => show !== null);
}

function statusOf(status: unknown): SeriesStatus | null {
  switch (status) {
    case 'Running':
      return 'CONTINUING';
    case 'Ended':
      return 'ENDED';
    case 'In Development':
      return 'UNRELEASED';
    // "To Be Determined": nobody knows whether it goes on.
    default:
      return null;
  }
}
