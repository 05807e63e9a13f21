import { describe, expect, it } from 'vitest';
import { type Choice, describeReason, standingOf } from '../../../src/recommendations/absence-reasons.ts';

const candidate = (titleId: number, score: number, exposureLoss = 0) => ({
  row: titleId,
  titleId,
  score,
  rating: null,
  exposureLoss,
});

function choice(candidates: Choice['candidates'], ...picked: readonly number[]): Choice {
  return { candidates, picked: candidates.filter(({ titleId }) => picked.includes(titleId)), firstRank: 1 };
}

describe('standingOf', () => {
  const candidates = [
    candidate(1, 9),
    candidate(2, 7),
    candidate(3, 5),
    candidate(4, 3),
    candidate(5, 4.9, 0.5),
  ];
  const chosen = choice(candidates, 1, 3);

  it.each([
    ['a pick', 3, 3, [{ reason: 'PICKED', rank: 2 }]],
    ['one that scored more than a pick', 2, 2, [{ reason: 'DIVERSITY' }]],
    ['one that scored less than all', 4, 5, [{ reason: 'TOO_LOW', rank: 5, missing: 2 }]],
    ['one that would have scored enough', 5, 4, [{ reason: 'EXPOSURE', loss: 0.5 }]],
  ])('finds the reason of %s', (_, titleId, rank, reasons) => {
    expect(standingOf(titleId, chosen)).toMatchObject({ rank, reasons });
  });

  it('knows nothing of a title that is no candidate', () => {
    expect(standingOf(9, chosen)).toBeNull();
  });

  it('counts on from the first-time picks for a series to watch again', () => {
    const again = { ...choice([candidate(7, 1)], 7), firstRank: 21 };
    expect(standingOf(7, again)?.reasons).toEqual([{ reason: 'PICKED', rank: 21 }]);
  });

  it('calls it too low where nothing at all was picked', () => {
    const standing = standingOf(1, choice([candidate(1, 2)]));
    expect(standing?.reasons).toEqual([{ reason: 'TOO_LOW', rank: 1, missing: 0 }]);
  });

  it('ranks equal scores without chance', () => {
    const equal = choice([candidate(2, 1), candidate(1, 1)]);
    expect([standingOf(1, equal)?.rank, standingOf(2, equal)?.rank]).toEqual([1, 2]);
  });
});

describe('describeReason', () => {
  it('is a sentence for every reason', () => {
    const reasons = [
      { reason: 'REMOVED' },
      { reason: 'NOT_VISIBLE' },
      { reason: 'PARENTAL_RATING' },
      { reason: 'ALREADY_BEGUN', state: 'CAUGHT_UP' },
      { reason: 'SECOND_COPY', titleId: 1 },
      { reason: 'ALREADY_RATED', rating: 7 },
      { reason: 'DISMISSED' },
      { reason: 'SNOOZED', until: new Date('2027-01-02T03:04:05Z') },
      { reason: 'PICKED', rank: 3 },
      { reason: 'TOO_LOW', rank: 30, missing: 1 },
      { reason: 'EXPOSURE', loss: 1 },
      { reason: 'DIVERSITY' },
    ] as const;
    const texts = reasons.map((reason) => describeReason(reason, () => undefined));
    expect(new Set(texts).size).toBe(reasons.length);
    for (const text of texts) expect(text).toMatch(/^[A-Z][^{}]*\.$/);
    expect(texts.join(' ')).not.toMatch(/undefined|null|NaN/);
  });
});
