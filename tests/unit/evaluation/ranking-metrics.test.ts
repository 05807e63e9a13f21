import { describe, expect, it } from 'vitest';
import {
  coverage,
  hit,
  intraListDiversity,
  ndcg,
  novelty,
  recall,
  standardError,
} from '../../../src/evaluation/ranking-metrics.ts';

const relevant = new Set([3, 7, 9]);

describe('ndcg', () => {
  it('is the gain of the places found beside the best there is', () => {
    // Found at 1 and 3: 1/log2(2) + 1/log2(4) = 1.5; best at 1, 2 and 3: 1 + 1/log2(3) + 0.5 = 2.1309297536.
    expect(ndcg([3, 1, 7, 2], relevant, 10)).toBeCloseTo(1.5 / 2.1309297536, 9);
  });

  it('looks at the first places only, and so does the best order', () => {
    expect(ndcg([1, 2, 3], relevant, 2)).toBe(0);
    expect(ndcg([3, 7, 1], relevant, 2)).toBe(1);
  });

  it('is 0 when there is nothing to find or nothing was listed', () => {
    expect(ndcg([1, 2], new Set(), 10)).toBe(0);
    expect(ndcg([], relevant, 10)).toBe(0);
  });
});

describe('recall and hit rate', () => {
  it('count what was found of what there is to find', () => {
    expect(recall([1, 3, 7, 9], relevant, 3)).toBeCloseTo(2 / 3);
    expect(recall([1, 2], relevant, 20)).toBe(0);
    expect(recall([1], new Set(), 20)).toBe(0);
  });

  it('ask for one find in the first places', () => {
    expect(hit([1, 2, 3], relevant, 3)).toBe(1);
    expect(hit([1, 2, 3], relevant, 2)).toBe(0);
  });
});

describe('what lists are like', () => {
  it('covers the share of the catalog that is in any list', () => {
    expect(coverage([[1, 2], [2, 3], []], 12)).toBe(0.25);
    expect(coverage([], 0)).toBe(0);
  });

  it('measures novelty in bits, finite for what nobody watched', () => {
    // Of 7 viewers: item 1 was watched by 3, (3+1)/(7+1) = 1/2 is 1 bit; item 2 by nobody, 1/8 is 3 bits.
    expect(novelty([1, 2], (item) => (item === 1 ? 3 : 0), 7)).toBe(2);
    expect(novelty([], () => 0, 7)).toBe(0);
  });

  it('measures diversity over all pairs, and none in a list of one', () => {
    const similarity: Record<string, number> = { '1-2': 0.5, '1-3': 0, '2-3': 0.25 };
    const similarities = (item: number, others: readonly number[]) =>
      others.map((other) => similarity[`${item}-${other}`] ?? 1);
    expect(intraListDiversity([1, 2, 3], similarities)).toBeCloseTo((0.5 + 1 + 0.75) / 3);
    expect(intraListDiversity([1], similarities)).toBe(0);
  });

  it('knows no standard error of a single value', () => {
    expect(standardError([1])).toBeNull();
    // Variance of 1, 2, 3, 4 is 5/3; divided by 4 and rooted: 0.6454972244.
    expect(standardError([1, 2, 3, 4])).toBeCloseTo(0.6454972244, 9);
  });
});
