import { describe, expect, it } from 'vitest';
import { invertPositiveDefinite } from '../../../src/recommendations/invert-matrix.ts';
import type { NearestTitles } from '../../../src/recommendations/nearest-titles.ts';
import { peerModel, peerScores } from '../../../src/recommendations/peer-model.ts';
import { atOnce } from '../../../src/recommendations/steps.ts';

describe('invertPositiveDefinite', () => {
  it('gives a matrix that times the given one is the identity', () => {
    const matrix = Float64Array.from([4, 1, 0.5, 1, 3, 0.2, 0.5, 0.2, 2]);
    const product = multiply(matrix, atOnce(invertPositiveDefinite(matrix, 3)), 3);
    for (const [at, value] of product.entries()) expect(value).toBeCloseTo(at % 4 === 0 ? 1 : 0, 12);
  });

  it('refuses what is not positive definite', () => {
    expect(() => atOnce(invertPositiveDefinite(Float64Array.from([1, 2, 2, 1]), 2))).toThrow(RangeError);
    expect(() => atOnce(invertPositiveDefinite(Float64Array.from([Number.NaN]), 1))).toThrow(RangeError);
  });

  it('inverts the empty matrix', () => {
    expect(atOnce(invertPositiveDefinite(new Float64Array(), 0))).toHaveLength(0);
  });
});

describe('peer model', () => {
  // Every title has two neighbours by content, in a ring of five.
  const nearest: NearestTitles = {
    count: 2,
    rows: Int32Array.from([1, 4, 0, 2, 1, 3, 2, 4, 3, 0]),
    weights: new Float32Array(10).fill(0.5),
  };
  const histories = [[0, 1, 2], [0, 1], [1, 2, 4], [3]];

  it('gives what the problem solved directly, title by title, gives', () => {
    const model = atOnce(peerModel(nearest, histories));
    const direct = directSolution(histories, 5, model.lambda);
    for (const [viewer, history] of histories.entries()) {
      const { byContent, byViewers } = peerScores(model, history);
      for (let title = 0; title < 5; title += 1) {
        const score = (byContent[title] ?? 0) + (byViewers[title] ?? 0);
        expect(score).toBeCloseTo(direct[viewer * 5 + title] ?? Number.NaN, 5);
      }
    }
  });

  it('stops after each viewer at least, for others to get a turn', () => {
    const many = Array.from({ length: 40 }, (_, viewer) => [viewer % 5, (viewer + 1) % 5]);
    const steps = peerModel(nearest, many);
    let count = 0;
    while (!steps.next().done) count += 1;
    // Overlaps, residuals, multipliers, and three passes of the inversion.
    expect(count).toBeGreaterThanOrEqual(6 * 40);
  });

  it('is content alone without viewers', () => {
    const { byContent, byViewers } = peerScores(atOnce(peerModel(nearest, [])), [0]);
    expect([...byContent]).toEqual([0, 0.5, 0, 0, 0.5]);
    expect(byViewers.every((value) => value === 0)).toBe(true);
  });

  it('gives nothing to a viewer without a history', () => {
    const { byContent, byViewers } = peerScores(atOnce(peerModel(nearest, histories)), []);
    expect([...byContent, ...byViewers].every((value) => value === 0)).toBe(true);
  });

  /** B = P (X'X + lambda B0 - diag(multiplier)) with P = (X'X + lambda I)^-1, column by column. */
  function directSolution(all: readonly (readonly number[])[], size: number, lambda: number): Float64Array {
    const x = new Float64Array(all.length * size);
    for (const [viewer, history] of all.entries()) for (const title of history) x[viewer * size + title] = 1;
    const gram = new Float64Array(size * size);
    for (let a = 0; a < size; a += 1)
      for (let b = 0; b < size; b += 1)
        for (let u = 0; u < all.length; u += 1)
          gram[a * size + b] = (gram[a * size + b] ?? 0) + (x[u * size + a] ?? 0) * (x[u * size + b] ?? 0);
    const target = gram.slice();
    for (let j = 0; j < size; j += 1)
      for (let place = 0; place < 2; place += 1) {
        const i = nearest.rows[j * 2 + place] ?? 0;
        target[i * size + j] = (target[i * size + j] ?? 0) + lambda * 0.5;
      }
    const ridge = gram.map((value, at) => value + (at % (size + 1) === 0 ? lambda : 0));
    const p = atOnce(invertPositiveDefinite(ridge, size));
    const free = multiply(p, target, size);
    const b = free.map((value, at) => {
      const j = at % size;
      const ratio = (free[j * size + j] ?? 0) / (p[j * size + j] ?? 1);
      return value - (p[Math.floor(at / size) * size + j] ?? 0) * ratio;
    });
    const scores = new Float64Array(all.length * size);
    for (let u = 0; u < all.length; u += 1)
      for (let j = 0; j < size; j += 1)
        for (let i = 0; i < size; i += 1)
          scores[u * size + j] =
            (scores[u * size + j] ?? 0) + (x[u * size + i] ?? 0) * (b[i * size + j] ?? 0);
    return scores;
  }
});

function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1)
      for (let k = 0; k < size; k += 1)
        product[row * size + column] =
          (product[row * size + column] ?? 0) + (a[row * size + k] ?? 0) * (b[k * size + column] ?? 0);
  return product;
}
