import { type SQL, sql } from 'drizzle-orm';
import { column, type Shape } from '../platform/json-shapes.repo.ts';
import { episodesOfTitle } from './episode-reads.repo.ts';
import { seasonsOfTitle } from './season-reads.repo.ts';
import { seriesBy } from './series-link.repo.ts';

/** Whether a series goes on. */
export const SERIES_STATUSES = ['CONTINUING', 'ENDED', 'UNRELEASED'] as const;
export type SeriesStatus = (typeof SERIES_STATUSES)[number];

/** Ids of a series in the public catalogs. */
export interface ExternalIds {
  readonly tvdb: string | null;
  readonly tmdb: string | null;
  readonly imdb: string | null;
}

/** A series as read for the API; only the selected fields are there. Dates are `yyyy-mm-dd`, times RFC 3339. */
export interface SeriesRow {
  readonly id: number;
  readonly name: string;
  readonly originalName: string | null;
  readonly year: number | null;
  readonly premiereDate: string | null;
  readonly endDate: string | null;
  readonly status: SeriesStatus | null;
  readonly overview: string | null;
  readonly genres: readonly string[];
  readonly keywords: readonly string[];
  readonly networks: readonly string[];
  /** 0..10 */
  readonly communityRating: number | null;
  readonly officialRating: string | null;
  readonly runtimeMinutes: number | null;
  readonly externalIds: ExternalIds;
  readonly addedAt: string | null;
  readonly removedAt: string | null;
  readonly seasonCount: number;
  readonly episodeCount: number;
}

/** Columns of a series and the ways to what belongs to the catalog; other domains add theirs. */
export const seriesShape: Shape = {
  table: 'titles',
  always: ['id'],
  columns: {
    id: 'id',
    name: 'name',
    originalName: 'original_name',
    year: 'year',
    premiereDate: 'premiere_date',
    endDate: 'end_date',
    status: 'status',
    overview: 'overview',
    genres: 'genres',
    keywords: 'keywords',
    networks: 'networks',
    communityRating: 'community_rating',
    officialRating: 'official_rating',
    runtimeMinutes: 'runtime_minutes',
    addedAt: 'added_at',
    removedAt: 'removed_at',
    seasonCount: (row) =>
      sql`(select count(*)::int from seasons s where s.title_id = ${column(row, 'id')} and s.number > 0 and s.removed_at is null)`,
    episodeCount: (row) =>
      sql`(select count(*)::int from episodes e where e.title_id = ${column(row, 'id')} and e.season_number > 0 and e.removed_at is null)`,
  },
  links: {
    externalIds: (_statement, row) => externalIds(row),
    mergedInto: seriesBy((row) => `${row}.merged_into_id`),
    seasons: seasonsOfTitle,
    episodes: episodesOfTitle,
  },
};

function externalIds(row: string): SQL {
  return sql.raw(`json_build_object('tvdb', ${row}.tvdb_id, 'tmdb', ${row}.tmdb_id, 'imdb', ${row}.imdb_id)`);
}
