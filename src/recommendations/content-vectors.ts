import { lexicalTokens } from '../embeddings/lexical-tokens.ts';
import { type SparseVectors, sparseVectors } from './sparse-vectors.ts';

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
  /** Number of public votes behind the rating, where a source knows it. */
  readonly votes?: number | null;
}

/** Kinds of traits with what each counts beside its rarity. */
const TRAIT_WEIGHTS = { genre: 1, keyword: 1, network: 0.5, era: 0.3 };

/** TF-IDF vectors over name and overview: sublinear term counts, words of a single title left out. */
export function textVectors(titles: readonly ScorableTitle[]): SparseVectors {
  const counts = titles.map((title) => countTokens(`${title.name} ${title.overview ?? ''}`));
  return sparseVectors(weighByRarity(counts, (count) => 1 + Math.log(count), 2));
}

/** Vectors over genres, keywords, networks and the five-year bucket of the first year, each weighted by its rarity. */
export function traitVectors(titles: readonly ScorableTitle[]): SparseVectors {
  const traits = titles.map((title) => {
    const row = new Map<string, number>();
    for (const genre of title.genres) row.set(`genre:${genre.toLowerCase()}`, TRAIT_WEIGHTS.genre);
    for (const keyword of title.keywords) row.set(`keyword:${keyword.toLowerCase()}`, TRAIT_WEIGHTS.keyword);
    for (const network of title.networks) row.set(`network:${network.toLowerCase()}`, TRAIT_WEIGHTS.network);
    if (title.year !== null) row.set(`era:${Math.floor(title.year / 5) * 5}`, TRAIT_WEIGHTS.era);
    return row;
  });
  return sparseVectors(weighByRarity(traits, (weight) => weight, 1));
}

function countTokens(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const token of lexicalTokens(text)) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}

function weighByRarity(
  rows: readonly ReadonlyMap<string, number>[],
  weigh: (value: number) => number,
  minRows: number,
): Map<string, number>[] {
  const rowsWith = new Map<string, number>();
  for (const row of rows) for (const term of row.keys()) rowsWith.set(term, (rowsWith.get(term) ?? 0) + 1);
  return rows.map((row) => {
    const weighted = new Map<string, number>();
    for (const [term, value] of row) {
      const count = rowsWith.get(term) ?? 0;
      if (count < minRows) continue;
      weighted.set(term, weigh(value) * Math.log((1 + rows.length) / (1 + count) + 1));
    }
    return weighted;
  });
}
