import { describe, expect, it } from 'vitest';
import {
  type Example,
  type FittedWeights,
  fitIntercept,
  fitWeights as fitWeightsInSteps,
  logLoss,
} from '../../../src/evaluation/fit-weights.ts';
import { atOnce } from '../../../src/recommendations/steps.ts';
import { seededRandom } from '../../support/seeded-random.ts';

function fitWeights(...of: Parameters<typeof fitWeightsInSteps>): FittedWeights {
  return atOnce(fitWeightsInSteps(...of));
}

/** Picks whose start depends on the contributions by `truth`, drawn with a seed. */
function drawn(count: number, truth: readonly number[], intercept = -1, seed = 7): Example[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const contributions = truth.map(() => random.below(4_001) / 1_000 - 2);
    const score = contributions.reduce((sum, value, index) => sum + value * (truth[index] ?? 0), intercept);
    return { offset: 0, contributions, started: random.happens(1 / (1 + Math.exp(-score))) };
  });
}

describe('fitWeights', () => {
  it('finds the weights that the starts follow', () => {
    const { weights, intercept } = fitWeights(drawn(20_000, [1.5, 0.4, 1]), 3, 3);
    expect(weights[0]).toBeCloseTo(1.5, 0);
    expect(weights[1]).toBeCloseTo(0.4, 0);
    expect(weights[2]).toBeCloseTo(1, 0);
    expect(intercept).toBeCloseTo(-1, 0);
  });

  it('leaves out a signal that misleads', () => {
    expect(fitWeights(drawn(2_000, [1, -1]), 2, 3).weights[1]).toBe(0);
  });

  it('stays near 1 when few picks say otherwise', () => {
    const [weight = 0] = fitWeights(drawn(5, [-1]), 1, 3).weights;
    expect(Math.abs(weight - 1)).toBeLessThan(0.75);
    expect(weight).toBeGreaterThan(0);
  });

  it('leaves a signal that never varies at 1', () => {
    const examples = drawn(500, [1]).map((example) => ({
      ...example,
      contributions: [...example.contributions, 0],
    }));
    expect(fitWeights(examples, 2, 3).weights[1]).toBeCloseTo(1, 9);
  });

  it('survives outcomes that one signal tells apart altogether', () => {
    const examples = Array.from({ length: 100 }, (_, index) => ({
      offset: 0,
      contributions: [index < 50 ? 40 : -40],
      started: index < 50,
    }));
    const { weights, intercept } = fitWeights(examples, 1, 3);
    expect(Number.isFinite(intercept)).toBe(true);
    expect(weights[0]).toBeGreaterThanOrEqual(1);
  });

  it('takes what no weight changes as given', () => {
    const examples = drawn(4_000, [1.2]).map((example) => ({ ...example, offset: 3 }));
    const { weights, intercept } = fitWeights(examples, 1, 3);
    expect(weights[0]).toBeCloseTo(1.2, 0);
    expect(intercept).toBeCloseTo(-4, 0);
  });

  it('finds the same weights every time', () => {
    expect(fitWeights(drawn(300, [1, 0.5]), 2, 3)).toEqual(fitWeights(drawn(300, [1, 0.5]), 2, 3));
  });

  it('stops every few thousand picks for others to get a turn', () => {
    const steps = fitWeightsInSteps(drawn(9_000, [1, 0.5]), 2, 3);
    let count = 0;
    while (!steps.next().done) count += 1;
    // Two searches for the intercept of 60 steps each, and at least one pass over the picks in five parts.
    expect(count).toBeGreaterThan(2 * 60 + 5);
  });

  it('refuses contributions that are no numbers', () => {
    expect(() => fitWeights([{ offset: 0, contributions: [Number.NaN], started: true }], 1, 3)).toThrow(
      'no number',
    );
  });
});

describe('logLoss', () => {
  it('is the mean surprise in nats', () => {
    const examples = [
      { offset: 0, contributions: [0], started: true },
      { offset: 0, contributions: [0], started: false },
    ];
    expect(logLoss(examples, { intercept: 0, weights: [1] })).toBeCloseTo(Math.log(2), 12);
    // Chance 1/(1+e^-2) = 0.880797: -ln 0.880797 = 0.126928 and -ln 0.119203 = 2.126928.
    expect(logLoss(examples, { intercept: 2, weights: [1] })).toBeCloseTo((0.126928 + 2.126928) / 2, 6);
  });

  it('stays finite for scores beyond all measure', () => {
    expect(
      logLoss([{ offset: 0, contributions: [-5_000], started: true }], { intercept: 0, weights: [1] }),
    ).toBe(5_000);
  });
});

describe('fitIntercept', () => {
  it('makes the mean chance the share that was started, one start and one miss added', () => {
    const examples = Array.from({ length: 8 }, (_, index) => ({
      offset: 0,
      contributions: [0],
      started: index < 1,
    }));
    expect(1 / (1 + Math.exp(-atOnce(fitIntercept(examples, [1]))))).toBeCloseTo(0.2, 9);
  });
});
