import type { titleMetadata } from '../../drizzle/tables/enrichment.ts';
import type { SeriesStatus } from '../catalog/series-reads.repo.ts';

/** The public catalogs that can be asked, in the order of preference. */
export const SOURCES = ['TMDB', 'TVMAZE'] as const;
export type SourceName = (typeof SOURCES)[number];

/** How a title was recognised. */
export type MatchedBy = NonNullable<(typeof titleMetadata.$inferSelect)['matchedBy']>;

/** What a title is looked up by. */
export interface TitleIdentity {
  readonly id: number;
  readonly name: string;
  readonly originalName: string | null;
  readonly year: number | null;
  readonly tvdbId: string | null;
  readonly tmdbId: string | null;
  readonly imdbId: string | null;
}

/** What a source says of a series. */
export interface SeriesFacts {
  readonly keywords: readonly string[];
  readonly genres: readonly string[];
  readonly networks: readonly string[];
  readonly status: SeriesStatus | null;
  /** 0..10; null when nobody voted. */
  readonly voteAverage: number | null;
  readonly voteCount: number | null;
  /** In the source's own scale. */
  readonly popularity: number | null;
}

/** A series that a source has and that is believed to be the title. */
export interface FoundSeries {
  readonly sourceId: string;
  readonly matchedBy: MatchedBy;
  /** 0..1 */
  readonly confidence: number;
  readonly facts: SeriesFacts;
}

/** The end of a look-up; `refused` is the confidence of the best hit that was not believed, 0..1. */
export type Lookup =
  | { readonly found: FoundSeries }
  | { readonly found: null; readonly refused: number | null };

/** What a run holds over the requests that are sent for it. */
export interface RunLimits {
  readonly signal: AbortSignal;
  /** Told of every request before it is sent. */
  readonly onRequest: () => void;
}

/** A public catalog of series. */
export interface MetadataSource {
  readonly name: SourceName;
  /** Its name for readers. */
  readonly label: string;
  /**
   * Looks for a title: by its ids first, else by name and year.
   *
   * @throws ShowrunnerError `PROVIDER_REFUSED` when the key is not taken, `PROVIDER_UNREACHABLE` or
   * `PROVIDER_BAD_ANSWER` for this title
   */
  lookUp(title: TitleIdentity, limits: RunLimits): Promise<Lookup>;
}

/** The sources to ask and within which bounds. */
export interface MetadataSettings {
  /** By preference; empty when none is enabled. */
  readonly sources: readonly MetadataSource[];
  /** Age in days after which a title is looked up again. */
  readonly maxAgeDays: number;
  /** Requests to all sources together after which a run begins no further titles. */
  readonly requestsPerRun: number;
}
