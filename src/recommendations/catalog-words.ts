import { comparable, tokensOf } from './text-tokens.ts';

/** What a text about one pick must not name unless its evidence does. */
export interface CatalogWords {
  /** Names of all titles, as `comparable` words joined by spaces. */
  readonly titles: ReadonlySet<string>;
  /** Words in the longest name that is looked for. */
  readonly longest: number;
  /** Beginnings of words that stand for a genre. */
  readonly genreStems: readonly string[];
}

/** Names longer than this are found by their first words' capitals. */
const MAX_WORDS = 8;
const MIN_GENRE_LETTERS = 4;
/** Genres as people write them, whatever the catalog calls them, and their adjectives. */
const COMMON_GENRES =
  'action adventure animat anime biograph cartoon comedy crime crimin documentary drama fantasy horror mystery musical reality romance romant sci scifi sitcom soap supernatural superhero suspense thriller western';

/** Gathers the names and genres of a catalog for looking them up in texts. */
export function catalogWords(titles: Iterable<string>, genres: Iterable<string>): CatalogWords {
  const names = new Set<string>();
  let longest = 0;
  for (const title of titles) {
    const words = tokensOf(title).map(({ text }) => comparable(text));
    if (words.length === 0 || words.length > MAX_WORDS) continue;
    names.add(words.join(' '));
    longest = Math.max(longest, words.length);
  }
  const words = [...genres].flatMap((genre) => tokensOf(genre).map(({ text }) => comparable(text)));
  const stems = [...words.filter((word) => word.length >= MIN_GENRE_LETTERS), ...COMMON_GENRES.split(' ')];
  return { titles: names, longest, genreStems: [...new Set(stems.map(stemOf))] };
}

/** What the forms of a word have in common: `comedy`, `comedies` and `comedic` all begin with `comed`. */
export function stemOf(word: string): string {
  return word.length > 5 ? word.slice(0, -1) : word;
}
