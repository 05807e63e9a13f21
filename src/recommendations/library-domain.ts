/** What a library mostly holds: people pick anime by other things than series at large. */
export type LibraryDomain = 'series' | 'anime';

/** Genres and keywords that only anime carries in the catalogs of the usual metadata sources. */
const ANIME_TRAITS = new Set([
  'anime',
  'shounen',
  'shonen',
  'shoujo',
  'shojo',
  'seinen',
  'josei',
  'mecha',
  'isekai',
  'slice of life',
  'mahou shoujo',
  'magical girl',
]);

/** Nearly half of a pure anime catalog carries one of the traits, and less than a twentieth of a general one. */
const ANIME_SHARE = 0.25;

/** Tells by genres and keywords what a library mostly holds. */
export function libraryDomain(
  titles: readonly { readonly genres: readonly string[]; readonly keywords: readonly string[] }[],
): LibraryDomain {
  const anime = titles.filter(({ genres, keywords }) =>
    [...genres, ...keywords].some((trait) => ANIME_TRAITS.has(trait.toLowerCase())),
  );
  return titles.length > 0 && anime.length >= ANIME_SHARE * titles.length ? 'anime' : 'series';
}
