import type { TitleIdentity } from './metadata-source.ts';

/** Ids that a source gives for a series beside its own. */
export interface OtherIds {
  readonly tvdb: string | null;
  readonly imdb: string | null;
}

/** What the ids of a hit say of it: one that agrees decides, because an id here and there is wrong on either side. */
export function compareIds(title: TitleIdentity, ids: OtherIds): 'SAME' | 'ANOTHER' | 'UNKNOWN' {
  const { tvdb, imdb } = askableIds(title);
  const pairs = [
    [tvdb, ids.tvdb],
    [imdb, ids.imdb],
  ] as const;
  const known = pairs.filter(([own, theirs]) => own !== null && theirs !== null);
  if (known.some(([own, theirs]) => own === theirs)) return 'SAME';
  return known.length > 0 ? 'ANOTHER' : 'UNKNOWN';
}

/** Ids in the form that public catalogs take; null for what cannot be one. */
export function askableIds(title: TitleIdentity) {
  const number = (id: string | null) => (id !== null && /^[1-9]\d{0,9}$/.test(id) ? id : null);
  return {
    tmdb: number(title.tmdbId),
    tvdb: number(title.tvdbId),
    imdb: title.imdbId !== null && /^tt\d{1,12}$/.test(title.imdbId) ? title.imdbId : null,
  };
}
