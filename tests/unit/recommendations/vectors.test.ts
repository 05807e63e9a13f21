import { describe, expect, it } from 'vitest';
import { textVectors, traitVectors } from '../../../src/recommendations/content-vectors.ts';
import { centred, dotsWithAll, rowOf } from '../../../src/recommendations/dense-vectors.ts';
import { nearestTitles } from '../../../src/recommendations/nearest-titles.ts';
import { cosinesToAll, sharedTerms, sparseVectors } from '../../../src/recommendations/sparse-vectors.ts';
import { atOnce } from '../../../src/recommendations/steps.ts';
import { denseVectors, mixedTitles, scorableTitle } from '../../support/scorable-titles.ts';

describe('sparse vectors', () => {
  const vectors = atOnce(
    sparseVectors([
      new Map([
        ['a', 3],
        ['b', 4],
      ]),
      new Map([['a', 2]]),
      new Map(),
    ]),
  );

  it('gives the cosines of a row to all', () => {
    const out = new Float32Array(3).fill(9);
    cosinesToAll(vectors, 0, out);
    expect(Array.from(out, (value) => Number(value.toFixed(5)))).toEqual([1, 0.6, 0]);
  });

  it('names the shared terms of two rows, whose values sum to their cosine', () => {
    const shared = sharedTerms(vectors, 0, 1);
    expect([...shared.keys()]).toEqual(['a']);
    expect(shared.get('a')).toBeCloseTo(0.6);
    expect(sharedTerms(vectors, 0, 2).size).toBe(0);
  });
});

describe('content vectors', () => {
  it('hold a row for every title, empty ones too', () => {
    const titles = mixedTitles();
    expect(atOnce(textVectors(titles)).rowCount).toBe(10);
    expect(atOnce(traitVectors([scorableTitle(1)])).terms).toEqual([]);
  });

  it('weigh rare traits more', () => {
    const titles = [
      scorableTitle(1, { genres: ['Drama'], keywords: ['chess'] }),
      scorableTitle(2, { genres: ['Drama'] }),
      scorableTitle(3, { keywords: ['chess'] }),
      scorableTitle(4, { genres: ['Drama'] }),
    ];
    const cosines = new Float32Array(4);
    cosinesToAll(atOnce(traitVectors(titles)), 0, cosines);
    expect(cosines[2]).toBeGreaterThan(cosines[1] ?? 1);
  });
});

describe('nearest titles', () => {
  const titles = mixedTitles();
  const content = {
    text: atOnce(textVectors(titles)),
    traits: atOnce(traitVectors(titles)),
    embeddings: null,
  };

  it('finds the like, never the title itself, with weights that sum to 1', () => {
    const { rows, weights } = atOnce(nearestTitles(content, 3));
    expect([...rows.slice(0, 3)].sort()).toEqual([1, 2, 3]);
    expect(weights.slice(0, 3).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1);
  });

  it('gives no weight to anything for a title like no other', () => {
    const bare = { ...content, ...vectorsOf([scorableTitle(1), scorableTitle(2)]) };
    const { weights } = atOnce(nearestTitles(bare, 3));
    expect([...weights]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  function vectorsOf(some: ReturnType<typeof mixedTitles>) {
    const bare = some.map((title) => ({ ...title, name: '' }));
    return { text: atOnce(textVectors(bare)), traits: atOnce(traitVectors(bare)) };
  }
});

describe('centred embeddings', () => {
  it('tell apart vectors that all point the same way', () => {
    const vectors = atOnce(
      centred(
        denseVectors([
          [10, 1],
          [10, -1],
          [10, 1],
        ]),
      ),
    );
    const out = new Float32Array(3);
    dotsWithAll(vectors, [0], out);
    expect(out[2]).toBeCloseTo(1);
    expect(out[1]).toBeCloseTo(-1);
  });

  it('leave titles without a vector out of the mean and at zero', () => {
    const vectors = atOnce(
      centred(
        denseVectors([
          [0, 0],
          [1, 0],
          [0, 1],
        ]),
      ),
    );
    expect([...rowOf(vectors, 0)]).toEqual([0, 0]);
    expect(rowOf(vectors, 1)[0]).toBeCloseTo(Math.SQRT1_2);
  });

  it('come to zero, not to NaN, for one vector, equal ones or none', () => {
    for (const rows of [
      [[0.6, 0.8]],
      [
        [1, 0],
        [1, 0],
      ],
      [[0, 0]],
    ]) {
      expect([...atOnce(centred(denseVectors(rows))).values].every((value) => value === 0)).toBe(true);
    }
    expect(atOnce(centred(denseVectors([]))).values).toHaveLength(0);
  });
});
