import type { ScorableTitle } from '../../src/recommendations/content-vectors.ts';
import type { DenseVectors } from '../../src/recommendations/dense-vectors.ts';
import { buildLibrary, type Library } from '../../src/recommendations/library.ts';

/** A library prepared for scoring. */
export function libraryOf(
  titles: readonly ScorableTitle[],
  embeddings: DenseVectors | null = null,
): Promise<Library> {
  return buildLibrary(titles, embeddings, async () => {});
}

/** A title to score, with nothing known but what is given. */
export function scorableTitle(id: number, known: Partial<ScorableTitle> = {}): ScorableTitle {
  return {
    id,
    name: `Series ${id}`,
    year: null,
    overview: null,
    genres: [],
    keywords: [],
    networks: [],
    rating: null,
    ...known,
  };
}

/** Ten titles: crime (1..4), baking (5..8) and two of which nothing is known (9, 10). */
export function mixedTitles(): ScorableTitle[] {
  const crime = [
    'A detective hunts a killer.',
    'A killer runs from a detective.',
    'Police and murder.',
    'Murder again.',
  ];
  const baking = [
    'Bakers bake bread.',
    'Cakes and bread.',
    'A cake contest for bakers.',
    'Bread and pastry.',
  ];
  return [
    ...crime.map((overview, index) =>
      scorableTitle(1 + index, { overview, genres: ['Crime'], keywords: ['murder'], year: 2010, rating: 8 }),
    ),
    ...baking.map((overview, index) =>
      scorableTitle(5 + index, {
        overview,
        genres: ['Reality'],
        keywords: ['baking'],
        year: 2020,
        rating: 6,
      }),
    ),
    scorableTitle(9),
    scorableTitle(10),
  ];
}

/** Dense vectors from rows. */
export function denseVectors(rows: readonly (readonly number[])[]): DenseVectors {
  return {
    rowCount: rows.length,
    dimensions: rows[0]?.length ?? 0,
    values: Float32Array.from(rows.flat()),
  };
}

/** A taste profile in which every title counts the same. */
export function plainProfile(...titleIds: readonly number[]) {
  return titleIds.map((titleId) => ({ titleId, weight: 1, recency: 1 }));
}
