import { describe, expect, it } from 'vitest';
import { addForest, type Tree } from '../../../src/recommendations/forest.ts';

const tree: Tree<'a' | 'b' | 'size'> = {
  inputs: ['a', 'size', 'b'],
  thresholds: [0.5, 10, 2],
  leaves: [1, 2, 3, 4, 5, 6, 7, 8],
  covers: [0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
};
const a = Float64Array.from([0, 1, 0, 1]);
const b = Float64Array.from([0, 0, 2, 5]);

function run(trees: readonly Tree<'a' | 'b' | 'size'>[], size: number, given: { b?: Float64Array } = { b }) {
  const parts = new Map([
    ['A', new Float64Array(4)],
    ['B', new Float64Array(4)],
  ]);
  const rest = addForest(
    trees,
    (name) => (name === 'size' ? size : name === 'a' ? a : given.b),
    (name) => (name === 'a' ? 'A' : 'B'),
    parts,
  );
  const sums = [0, 1, 2, 3].map((row) => rest + (parts.get('A')?.[row] ?? 0) + (parts.get('B')?.[row] ?? 0));
  return { rest, parts, sums };
}

describe('addForest', () => {
  it('gives every row the value of the leaf that its answers lead to', () => {
    expect(run([tree], 3).sums.map((sum) => Math.round(sum * 1e9) / 1e9)).toEqual([1, 2, 5, 6]);
    expect(run([tree], 10).sums.map((sum) => Math.round(sum * 1e9) / 1e9)).toEqual([3, 4, 7, 8]);
  });

  it('adds trees up', () => {
    expect(run([tree, tree, tree], 3).sums[3]).toBeCloseTo(18, 9);
    expect(run([], 3)).toMatchObject({ rest: 0, sums: [0, 0, 0, 0] });
  });

  it('counts an input that is not there as below every threshold', () => {
    const { sums, parts } = run([tree], 3, {});
    expect(sums.map((sum) => Math.round(sum * 1e9) / 1e9)).toEqual([1, 2, 1, 2]);
    expect(parts.get('B')?.every((value) => value === 0)).toBe(true);
  });

  it('shares a path out by how far each answer moves the expected value', () => {
    // Without a=1: (0.3 * 1 + 0.1 * 5) / 0.4 = 2; with it: (2 + 6) / 2 = 4; before: (0.4 * 2 + 0.2 * 4) / 0.6.
    const { rest, parts } = run([tree], 3);
    const before = (0.4 * 2 + 0.2 * 4) / 0.6;
    expect(rest).toBeCloseTo(before, 9);
    expect(parts.get('A')?.[3]).toBeCloseTo(4 - before, 9);
    expect(parts.get('B')?.[3]).toBeCloseTo(6 - 4, 9);
    expect(parts.get('A')?.[0]).toBeCloseTo(2 - before, 9);
    expect(parts.get('B')?.[0]).toBeCloseTo(1 - 2, 9);
  });

  it.each([1, 4, 5, 7])('finds the leaves of trees of %i levels', (depth) => {
    const inputs = Array.from({ length: depth }, (_, level) => `question ${level}`);
    const leaves = Array.from({ length: 2 ** depth }, (_, leaf) => leaf * leaf - 7);
    const deep = { inputs, thresholds: inputs.map(() => 0.5), leaves, covers: leaves.map(() => 1) };
    // Row r answers the questions whose bits are set in r.
    const values = new Map(
      inputs.map((input, level) => [input, Float64Array.from(leaves, (_, row) => (row >> level) & 1)]),
    );
    const parts = new Map([['A', new Float64Array(leaves.length)]]);
    const rest = addForest(
      [deep],
      (input) => values.get(input),
      () => 'A',
      parts,
    );
    for (const [row, leaf] of leaves.entries())
      expect(rest + (parts.get('A')?.[row] ?? 0)).toBeCloseTo(leaf, 6);
  });

  it('survives leaves that no title fell into', () => {
    const empty = { ...tree, covers: [0, 0, 0, 0, 0, 0, 0, 0] };
    expect(run([empty], 3).sums[3]).toBeCloseTo(6, 9);
  });
});
