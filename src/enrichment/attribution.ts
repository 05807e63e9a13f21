import type { SourceName } from './metadata-source.ts';

/** What whoever shows a source's data has to tell. */
export interface Attribution {
  readonly label: string;
  readonly website: string;
  /** The words that the source asks for. */
  readonly notice: string;
  /** Address of the terms or licence. */
  readonly terms: string;
  /** Address of a series there, up to its id. */
  readonly seriesPage: string;
}

/** The sources' terms: developer.themoviedb.org/docs/faq (attribution) and www.tvmaze.com/api#licensing. */
export const ATTRIBUTIONS: Readonly<Record<SourceName, Attribution>> = {
  TMDB: {
    label: 'TMDb',
    website: 'https://www.themoviedb.org',
    notice: 'This product uses the TMDB API but is not endorsed or certified by TMDB.',
    terms: 'https://www.themoviedb.org/api-terms-of-use',
    seriesPage: 'https://www.themoviedb.org/tv/',
  },
  TVMAZE: {
    label: 'TVmaze',
    website: 'https://www.tvmaze.com',
    notice: 'Data by TVmaze, licensed under CC BY-SA 4.0.',
    terms: 'https://creativecommons.org/licenses/by-sa/4.0/',
    seriesPage: 'https://www.tvmaze.com/shows/',
  },
};
