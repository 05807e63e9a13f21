import { describe, expect, it } from 'vitest';
import { planBatches } from '../../../src/embeddings/plan-batches.ts';

const items = (...lengths: number[]) => lengths.map((length) => ({ text: 'x'.repeat(length) }));
const sizes = (batches: readonly (readonly unknown[])[]) => batches.map((batch) => batch.length);
const limits = (maxBatchTexts: number, maxBatchTokens: number, concurrency = 1) => ({
  maxBatchTexts,
  maxBatchTokens,
  concurrency,
});

describe('planBatches', () => {
  it('keeps to the number of texts', () => {
    expect(sizes(planBatches(items(1, 1, 1, 1, 1), limits(2, 100)))).toEqual([2, 2, 1]);
  });

  it('keeps to the number of tokens, four characters each', () => {
    expect(sizes(planBatches(items(40, 40, 41, 4), limits(9, 20)))).toEqual([2, 2]);
  });

  it('gives a text above the limit a batch of its own', () => {
    expect(sizes(planBatches(items(4, 400, 4), limits(9, 10)))).toEqual([1, 1, 1]);
  });

  it('cuts several batches into equal ones that keep all calls busy, and leaves a single one whole', () => {
    const texts = (count: number) => items(...new Array<number>(count).fill(4));
    expect(sizes(planBatches(texts(21), limits(10, 1_000, 2)))).toEqual([6, 6, 6, 3]);
    expect(sizes(planBatches(texts(10), limits(10, 1_000, 2)))).toEqual([10]);
  });

  it('makes smaller ones of few texts, so that the last call leaves little to do', () => {
    const texts = (count: number) => items(...new Array<number>(count).fill(4));
    expect(sizes(planBatches(texts(1_000), limits(256, 10_000, 2)))).toEqual(new Array(8).fill(125));
    expect(sizes(planBatches(texts(70), limits(256, 10_000, 2)))).toEqual([35, 35]);
    expect(sizes(planBatches(texts(40), limits(256, 10_000, 2)))).toEqual([40]);
  });

  it('makes no batch of nothing', () => {
    expect(planBatches([], limits(9, 10))).toEqual([]);
  });
});
