import { describe, expect, it } from 'vitest';
import { SIGNAL_NAMES, type Signal } from '../../../src/recommendations/score-titles.ts';
import { comparePicks } from '../../../src/recommendations/tuning/compare-picks.ts';
import { parseTuning, storedTuning, tuned } from '../../../src/recommendations/tuning/tuning-weights.ts';

const scores = {
  scores: Float64Array.of(3, 1),
  bySignal: new Map<Signal, Float64Array>([
    ['CONTENT', Float64Array.of(1, 2)],
    ['RATING', Float64Array.of(2, -1)],
  ]),
};

describe('tuned', () => {
  it('multiplies the signals and adds their parts up to the score exactly', () => {
    const { scores: total, bySignal } = tuned(scores, { CONTENT: 0.1, RATING: 3 });
    expect([...(bySignal.get('CONTENT') ?? [])]).toEqual([0.1, 0.2]);
    expect([...total]).toEqual([0.1 + 6, 0.2 - 3]);
  });

  it('leaves scores alone when all weights are as shipped', () => {
    expect(tuned(scores, {})).toBe(scores);
    expect(tuned(scores, { RATING: 1 })).toBe(scores);
  });
});

describe('parseTuning', () => {
  it('takes weights by signal', () => {
    expect(parseTuning([{ signal: 'CONTENT', weight: 2 }], 'weights')).toEqual({ CONTENT: 2 });
    expect(parseTuning([], 'weights')).toEqual({});
  });

  it.each([Number.NaN, -0.1, 3.01, Number.POSITIVE_INFINITY])('refuses the weight %d', (weight) => {
    expect(() => parseTuning([{ signal: 'RATING', weight }], 'input.weights')).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', field: 'input.weights.0.weight', value: String(weight) }),
    );
  });

  it('refuses a signal there is not, and says which is meant', () => {
    expect(() => parseTuning([{ signal: 'RATINGS', weight: 1 }], 'w')).toThrow(
      expect.objectContaining({
        code: 'BAD_INPUT',
        field: 'w.0.signal',
        remedy: expect.stringContaining('Did you mean RATING?'),
      }),
    );
  });

  it('refuses a signal named twice, and all weights at zero', () => {
    const zero = SIGNAL_NAMES.map((signal) => ({ signal, weight: 0 }));
    expect(() => parseTuning(zero, 'w')).toThrow(expect.objectContaining({ code: 'BAD_INPUT', field: 'w' }));
    expect(() => parseTuning([...zero.slice(0, 1), ...zero.slice(0, 1)], 'w')).toThrow('twice');
    expect(parseTuning(zero.slice(1), 'w')).toMatchObject({ [SIGNAL_NAMES[1] ?? '']: 0 });
  });
});

it('forgets stored weights of signals that no longer are', () => {
  expect(storedTuning({ CONTENT: 2, GONE: 1 })).toEqual({ CONTENT: 2 });
});

describe('comparePicks', () => {
  it('tells what is kept, new and dropped, with the ranks of both lists', () => {
    const list = (...ids: number[]) => ids.map((titleId) => ({ titleId, score: 10 - titleId }));
    expect(comparePicks(list(1, 2, 3), list(3, 1, 4))).toEqual({
      picks: [
        { titleId: 3, rank: 1, previousRank: 3, score: 7 },
        { titleId: 1, rank: 2, previousRank: 1, score: 9 },
        { titleId: 4, rank: 3, previousRank: null, score: 6 },
      ],
      dropped: [{ titleId: 2, previousRank: 2 }],
      kept: 2,
    });
  });
});
