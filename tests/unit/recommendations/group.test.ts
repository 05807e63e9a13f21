import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../drizzle/tables/recommendations.ts';
import { explainGroup } from '../../../src/recommendations/explain-group.ts';
import {
  GROUP_STRATEGIES,
  groupScore,
  groupShares,
  memberScores,
} from '../../../src/recommendations/group-scores.ts';

describe('memberScores', () => {
  it('counts in standard deviations above the mean, so that a wide spread is worth no more', () => {
    const narrow = memberScores([1, 2, 3]);
    expect(narrow.map((score) => Math.round(score * 1000) / 1000)).toEqual([-1.225, 0, 1.225]);
    const wide = memberScores([100, 200, 300]);
    for (const [index, score] of wide.entries()) expect(score).toBeCloseTo(narrow[index] ?? 0, 12);
  });

  it('is zero where scores do not spread, or are none', () => {
    expect(memberScores([4, 4])).toEqual([0, 0]);
    expect(memberScores([])).toEqual([]);
    expect(memberScores([Number.NaN, Number.POSITIVE_INFINITY])).toEqual([0, 0]);
    expect(memberScores([1, Number.NaN, 3])[1]).toBe(0);
  });
});

describe('groupShares', () => {
  it('is the mean, the least, or half of each', () => {
    const score = (strategy: (typeof GROUP_STRATEGIES)[number]) =>
      groupScore(groupShares([3, -1, 1], strategy));
    expect(score('AVERAGE')).toBeCloseTo(1, 12);
    expect(score('LEAST_MISERY')).toBeCloseTo(-1, 12);
    expect(score('MIXED')).toBeCloseTo(0, 12);
  });

  it.each(GROUP_STRATEGIES)('gives one member their own score with %s', (strategy) => {
    expect(groupShares([2.5], strategy)).toEqual([{ score: 2.5, share: 2.5 }]);
  });

  it('shares the misery among those who are equally unhappy', () => {
    expect(groupShares([-2, -2, 5], 'LEAST_MISERY').map(({ share }) => share)).toEqual([-1, -1, 0]);
  });

  it('prefers what nobody suffers from, unless only the mean counts', () => {
    const [split, calm] = [
      [4, -2],
      [0.8, 0.8],
    ] as const;
    const prefersCalm = GROUP_STRATEGIES.filter(
      (strategy) => groupScore(groupShares(calm, strategy)) > groupScore(groupShares(split, strategy)),
    );
    expect(prefersCalm).toEqual(['MIXED', 'LEAST_MISERY']);
  });
});

describe('explainGroup', () => {
  const like = (titleId: number, weight: number, traits: string[] = []): Evidence => ({
    kind: 'SIMILAR_TO_WATCHED',
    titleId,
    weight,
    traits,
  });
  const member = (place: number, ...evidence: Evidence[]) => ({ place, evidence });
  const nameOf = (id: number) => (id < 9 ? `T${id}` : undefined);

  it('says whom it suits as a count, and names nobody', () => {
    const text = (...places: number[]) =>
      explainGroup(
        places.map((place) => member(place)),
        nameOf,
        0,
      );
    expect(text(0.01, 0.05)).toBe('It is among the best for both of you.');
    expect(text(0.01, 0.05, 0.1)).toBe('It is among the best for all 3 of you.');
    expect(text(0.01, 0.05, 0.5)).toBe('It is among the best for 2 of you.');
    expect(text(0.01, 0.5, 0.5)).toBeNull();
    expect(text(0.01)).toBeNull();
  });

  it('names what members watched by what it weighs for all, three at most', () => {
    const members = [
      member(0.5, like(1, 1, ['crime']), like(2, 5)),
      member(0.5, like(3, 2), like(1, 2), like(4, 1)),
    ];
    expect(explainGroup(members, nameOf, 0)).toBe('Because some of you watched T2, T1 and T3: crime.');
    expect(explainGroup(members, nameOf, 1)).toBe(
      'It is like T2, T1 and T3, which some of you watched: crime.',
    );
  });

  it('speaks to one alone as to one', () => {
    expect(explainGroup([member(0.01, like(1, 1))], nameOf, 0)).toBe('Because you watched T1.');
  });

  it('says nothing without reasons, and leaves out what has no name', () => {
    expect(explainGroup([], nameOf, 0)).toBeNull();
    expect(explainGroup([member(0.5, like(9, 1)), member(0.5)], nameOf, 0)).toBeNull();
  });
});
