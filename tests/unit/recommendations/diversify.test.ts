import { describe, expect, it } from 'vitest';
import { compareCandidates, diversify } from '../../../src/recommendations/diversify.ts';
import { libraryOf, mixedTitles } from '../../support/scorable-titles.ts';

const { content, titles } = await libraryOf(mixedTitles());
const candidates = (scoreOf: (id: number) => number) =>
  titles.map((title, row) => ({ row, titleId: title.id, score: scoreOf(title.id), rating: title.rating }));

describe('diversify', () => {
  it('begins with the best and puts something else before more of the same', () => {
    const picks = diversify(
      candidates((id) => (id <= 4 ? 10 : id <= 8 ? 9 : 0) - id * 0.01),
      { count: 3, diversity: 0.3, content },
    );
    expect(picks[0]?.titleId).toBe(1);
    expect(picks.some((pick) => pick.titleId >= 5)).toBe(true);
  });

  it('picks every candidate once when there are fewer than wanted', () => {
    const picks = diversify(
      candidates((id) => id),
      { count: 50, diversity: 0.3, content },
    );
    expect(new Set(picks.map((pick) => pick.titleId)).size).toBe(10);
    expect(picks).toHaveLength(10);
  });

  it('gives the same picks for candidates in any order', () => {
    const all = candidates((id) => id % 3);
    const picks = diversify(all, { count: 6, diversity: 0.3, content });
    expect(diversify([...all].reverse(), { count: 6, diversity: 0.3, content })).toEqual(picks);
  });

  it('picks nothing from nothing', () => {
    expect(diversify([], { count: 5, diversity: 0.3, content })).toEqual([]);
  });
});

describe('compareCandidates', () => {
  it('orders by score, then rating, then title id', () => {
    const of = (titleId: number, score: number, rating: number | null) => ({
      row: 0,
      titleId,
      score,
      rating,
    });
    const sorted = [of(4, 1, null), of(3, 1, 5), of(2, 1, 5), of(1, 2, null)].sort(compareCandidates);
    expect(sorted.map((entry) => entry.titleId)).toEqual([1, 2, 3, 4]);
  });
});
