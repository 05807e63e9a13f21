import { describe, expect, it } from 'vitest';
import type { ViewerTaste } from '../../../src/recommendations/audience.ts';
import {
  type ContentSums,
  contentSums,
  contentSumsOfAll,
} from '../../../src/recommendations/content-sums.ts';
import { centred, dotOfRows, dotsWithAll } from '../../../src/recommendations/dense-vectors.ts';
import { type ContentVectors, nearestTitles } from '../../../src/recommendations/nearest-titles.ts';
import { cosineOfRows, cosinesToAll, sparseVectors } from '../../../src/recommendations/sparse-vectors.ts';
import { atOnce } from '../../../src/recommendations/steps.ts';

/** Numbers in 0..1, the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Content of `size` titles; every seventh has no vector, every ninth no words. */
function randomContent(size: number, dimensions: number, random: () => number): ContentVectors {
  const values = Float32Array.from({ length: size * dimensions }, (_, at) =>
    Math.floor(at / dimensions) % 7 === 3 ? 0 : random() - 0.3,
  );
  const words = (vocabulary: number, count: number) =>
    Array.from({ length: size }, (_, row) =>
      Array.from({ length: row % 9 === 4 ? 0 : count }, () => {
        const word = Math.floor(random() ** 2 * vocabulary);
        return [`word ${word}`, 1 + random()] as const;
      }),
    );
  return {
    text: atOnce(sparseVectors(words(80, 12))),
    traits: atOnce(sparseVectors(words(15, 3))),
    embeddings: atOnce(centred({ rowCount: size, dimensions, values })),
  };
}

function randomTastes(viewers: number, size: number, random: () => number): ViewerTaste[] {
  return Array.from({ length: viewers }, (_, viewer) => {
    const rows = new Set(Array.from({ length: viewer * 3 }, () => Math.floor(random() * size)));
    const entries = [...rows].map((row) => ({ row, weight: random() * 2 - 0.5, recency: random() }));
    return { entries, liked: [] };
  });
}

/** The sums by their definition, a pair of titles at a time. */
function naiveSums(content: ContentVectors, taste: ViewerTaste, row: number) {
  const sums = { embeddingMean: 0, embeddingRecent: 0, embeddingP4: 0, embeddingP8: 0, text: 0, traits: 0 };
  for (const entry of taste.entries) {
    const cosine = content.embeddings ? naiveDot(content.embeddings, entry.row, row) : 0;
    sums.embeddingMean += entry.weight * cosine;
    sums.embeddingRecent += entry.weight * entry.recency * cosine;
    if (entry.row === row) continue;
    sums.embeddingP4 += entry.weight * Math.max(0, cosine) ** 4;
    sums.embeddingP8 += entry.weight * Math.max(0, cosine) ** 8;
    sums.text += entry.weight * cosineOfRows(content.text, entry.row, row) ** 2;
    sums.traits += entry.weight * cosineOfRows(content.traits, entry.row, row) ** 2;
  }
  return sums;
}

function naiveDot(
  { dimensions, values }: { dimensions: number; values: Float32Array },
  a: number,
  b: number,
): number {
  let sum = 0;
  for (let d = 0; d < dimensions; d += 1)
    sum += (values[a * dimensions + d] ?? Number.NaN) * (values[b * dimensions + d] ?? Number.NaN);
  return sum;
}

function expectEqualSums(sums: ContentSums, content: ContentVectors, taste: ViewerTaste): void {
  for (let row = 0; row < content.text.rowCount; row += 1) {
    for (const [name, value] of Object.entries(naiveSums(content, taste, row))) {
      const own = new Map(Object.entries(sums)).get(name);
      if (Math.abs((own?.[row] ?? Number.NaN) - value) < 1e-4) continue;
      expect.fail(`${name} of row ${row} is ${own?.[row]}, not ${value}`);
    }
  }
}

describe('content sums', () => {
  // Sizes that fill blocks, tiles and vector registers, and that do not.
  it.each([
    [1, 4],
    [3, 1],
    [64, 8],
    [65, 6],
    [131, 30],
    [300, 64],
  ])('of %i titles with vectors of %i numbers are what their definition says', (size, dimensions) => {
    const random = randomNumbers(size);
    const content = randomContent(size, dimensions, random);
    const tastes = randomTastes(6, size, random);
    for (const [viewer, sums] of atOnce(contentSumsOfAll(content, tastes)).entries())
      expectEqualSums(sums, content, tastes[viewer] ?? { entries: [], liked: [] });
  });

  it('are the same for a viewer alone as among others, to the last bit', () => {
    const random = randomNumbers(7);
    const content = randomContent(150, 12, random);
    const tastes = randomTastes(8, 150, random);
    expect(tastes.map((taste) => contentSums(content, taste))).toEqual(
      atOnce(contentSumsOfAll(content, tastes)),
    );
  });

  it('leave embeddings out where there are none', () => {
    const content = { ...randomContent(20, 4, randomNumbers(1)), embeddings: null };
    const [taste] = randomTastes(2, 20, randomNumbers(2)).slice(1);
    expect(Object.keys(contentSums(content, taste ?? { entries: [], liked: [] })).sort()).toEqual([
      'text',
      'traits',
    ]);
  });
});

describe('dot products', () => {
  it.each([1, 2, 3, 5, 8, 17, 768])('of %i numbers are right for every row of a block', (dimensions) => {
    const random = randomNumbers(dimensions);
    const rowCount = 70;
    const values = Float32Array.from({ length: rowCount * dimensions }, () => random() - 0.5);
    const vectors = { rowCount, dimensions, values };
    const rows = [69, 0, 5];
    const out = new Float32Array(rows.length * rowCount);
    dotsWithAll(vectors, rows, out);
    for (const [index, row] of rows.entries())
      for (let other = 0; other < rowCount; other += 1) {
        expect(out[index * rowCount + other]).toBeCloseTo(naiveDot(vectors, row, other), 4);
        expect(dotOfRows(vectors, row, other)).toBeCloseTo(naiveDot(vectors, row, other), 4);
      }
  });
});

describe('nearest titles of many', () => {
  it.each([1, 5, 40])('are the %i that a full sort finds', (count) => {
    const content = randomContent(120, 4, randomNumbers(count));
    const { rows, weights } = atOnce(nearestTitles(content, count));
    const cosines = new Float32Array(120);
    for (let row = 0; row < 120; row += 1) {
      const similarity = new Float64Array(120);
      for (const vectors of [content.text, content.traits]) {
        cosinesToAll(vectors, row, cosines);
        for (const [other, cosine] of cosines.entries())
          similarity[other] = (similarity[other] ?? 0) + cosine / 2;
      }
      similarity[row] = 0;
      const expected = [...similarity].sort((a, b) => b - a).slice(0, count);
      const sum = expected.reduce((total, value) => total + value, 0);
      for (const [place, value] of expected.entries()) {
        const other = rows[row * count + place] ?? -1;
        if (value > 0) expect(similarity[other]).toBeCloseTo(value, 5);
        expect(weights[row * count + place]).toBeCloseTo(sum > 0 ? value / sum : 0, 5);
      }
    }
  });
});
