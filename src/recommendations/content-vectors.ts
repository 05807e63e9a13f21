import { lexicalTokens } from '../embeddings/lexical-tokens.ts';
import { type SparseVectors, sparseVectors } from './sparse-vectors.ts';
import type { Steps } from './steps.ts';

/** What the scorer knows of a title. */
export interface ScorableTitle {
  readonly id: number;
  readonly name: string;
  readonly year: number | null;
  readonly overview: string | null;
  readonly genres: readonly string[];
  readonly keywords: readonly string[];
  readonly networks: readonly string[];
  /** The audience's rating, 0..10. */
  readonly rating: number | null;
  /** Regular episodes that it has, where that is known. */
  readonly episodeCount?: number | null;
  /** Number of public votes behind the rating, where a source knows it. */
  readonly votes?: number | null;
}

/** Kinds of traits with what each counts beside its rarity. */
const TRAIT_WEIGHTS = { genre: 1, keyword: 1, network: 0.5, era: 0.3 };

/** TF-IDF vectors over name and overview: sublinear term counts, words of a single title left out. */
export function* textVectors(titles: readonly ScorableTitle[]): Steps<SparseVectors> {
  return yield* sparseVectors(occurrences(titles), (count, rowsWith, rows) =>
    rowsWith < 2 ? 0 : (1 + Math.log(count)) * rarity(rowsWith, rows),
  );
}

/** Vectors over the words of the names, each weighted by its rarity. */
export function* nameVectors(titles: readonly ScorableTitle[]): Steps<SparseVectors> {
  return yield* sparseVectors(
    titles.map(({ name }) => [...new Set(lexicalTokens(name))].map((token) => [token, 1] as const)),
    (_, rowsWith, rows) => rarity(rowsWith, rows),
  );
}

/** Vectors over genres, keywords, networks and the five-year bucket of the first year, each weighted by its rarity. */
export function* traitVectors(titles: readonly ScorableTitle[]): Steps<SparseVectors> {
  return yield* sparseVectors(
    titles.map(traits),
    (weight, rowsWith, rows) => weight * rarity(rowsWith, rows),
  );
}

function* occurrences(titles: readonly ScorableTitle[]): Generator<readonly (readonly [string, number])[]> {
  for (const title of titles)
    yield lexicalTokens(`${title.name} ${title.overview ?? ''}`).map((token) => [token, 1] as const);
}

function* traits(title: ScorableTitle): Generator<readonly [string, number]> {
  yield* distinct('genre', title.genres);
  yield* distinct('keyword', title.keywords);
  yield* distinct('network', title.networks);
  if (title.year !== null) yield [`era:${Math.floor(title.year / 5) * 5}`, TRAIT_WEIGHTS.era];
}

function* distinct(
  kind: 'genre' | 'keyword' | 'network',
  names: readonly string[],
): Generator<readonly [string, number]> {
  for (const name of new Set(names.map((each) => each.toLowerCase())))
    yield [`${kind}:${name}`, TRAIT_WEIGHTS[kind]];
}

/** Inverse document frequency. */
function rarity(rowsWith: number, rows: number): number {
  return Math.log((1 + rows) / (1 + rowsWith) + 1);
}
