import { describe, expect, it } from 'vitest';
import { byGroup, meanOf, ndcgAt10 } from '../../../bench/recommend/metrics.ts';

describe('NDCG at 10', () => {
  it('is 1 where what was wanted comes first, however many there are', () => {
    expect(ndcgAt10([7, 8, 1], new Set([8, 7]))).toBe(1);
    const many = Array.from({ length: 14 }, (_, index) => index);
    expect(ndcgAt10(many, new Set(many))).toBe(1);
  });

  it('counts a place by the logarithm of the one after it', () => {
    // Found at 2 and 4 of three wanted: (1/log2(3) + 1/log2(5)) / (1/log2(2) + 1/log2(3) + 1/log2(4)).
    expect(ndcgAt10([1, 2, 3, 4], new Set([2, 4, 9]))).toBeCloseTo((0.63093 + 0.43068) / 2.13093, 4);
  });

  it('ignores what comes after the tenth', () => {
    const items = Array.from({ length: 20 }, (_, index) => index);
    expect(ndcgAt10(items, new Set([10]))).toBe(0);
    expect(ndcgAt10(items, new Set([9]))).toBeCloseTo(0.28906, 4);
  });

  it('is 0 where nothing was picked or wanted', () => {
    expect(ndcgAt10([], new Set([1]))).toBe(0);
    expect(ndcgAt10([1], new Set())).toBe(0);
  });
});

describe('results by group', () => {
  it('have the mean and its standard error', () => {
    const results = [0.2, 0.4, 0.9].map((ndcg) => ({ group: 'n5', ndcg }));
    const [first, second] = byGroup([...results, { group: 'n1', ndcg: 0.3 }]);
    expect(first).toMatchObject({ group: 'n5', lists: 3 });
    expect(first?.ndcg).toBeCloseTo(0.5, 9);
    // Variance (0.09 + 0.01 + 0.16) / 2 = 0.13, over three lists.
    expect(first?.error).toBeCloseTo(Math.sqrt(0.13 / 3), 9);
    expect(second).toEqual({ group: 'n1', lists: 1, ndcg: 0.3, error: 0 });
    expect(byGroup([])).toEqual([]);
  });

  it('have a mean of 0 for no numbers', () => {
    expect(meanOf([])).toBe(0);
    expect(meanOf([1, 2])).toBe(1.5);
  });
});
