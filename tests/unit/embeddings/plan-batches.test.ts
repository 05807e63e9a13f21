import { describe, expect, it } from 'vitest';
import { planBatches } from '../../../src/embeddings/plan-batches.ts';

const items = (...lengths: number[]) => lengths.map((length) => ({ text: 'x'.repeat(length) }));
const sizes = (batches: readonly (readonly unknown[])[]) => batches.map((batch) => batch.length);

describe('planBatches', () => {
  it('fills batches up to the number of texts', () => {
    expect(sizes(planBatches(items(1, 1, 1, 1, 1), { maxBatchTexts: 2, maxBatchTokens: 100 }))).toEqual([
      2, 2, 1,
    ]);
  });

  it('fills batches up to the number of tokens, four characters each', () => {
    expect(sizes(planBatches(items(40, 40, 41, 4), { maxBatchTexts: 9, maxBatchTokens: 20 }))).toEqual([
      2, 2,
    ]);
  });

  it('gives a text above the limit a batch of its own', () => {
    expect(sizes(planBatches(items(4, 400, 4), { maxBatchTexts: 9, maxBatchTokens: 10 }))).toEqual([1, 1, 1]);
  });

  it('makes no batch of nothing', () => {
    expect(planBatches([], { maxBatchTexts: 9, maxBatchTokens: 10 })).toEqual([]);
  });
});
