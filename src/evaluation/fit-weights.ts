import { ShowrunnerError } from '../platform/errors.ts';
import { invertPositiveDefinite } from '../recommendations/invert-matrix.ts';
import type { Steps } from '../recommendations/steps.ts';

/** A pick that was shown: what each signal contributed at weight 1, and whether the viewer started it. */
export interface Example {
  /** What the score holds beside the signals, which no weight changes. */
  readonly offset: number;
  readonly contributions: readonly number[];
  readonly started: boolean;
}

/** Chance of a start: 1 / (1 + exp(-(intercept + offset + sum of weight x contribution))). */
export interface FittedWeights {
  readonly intercept: number;
  readonly weights: readonly number[];
}

/** How much a weight's distance from 1 costs: as if weights were known beforehand to be 1 give or take 0.5. */
const RIDGE = 4;
const MAX_STEPS = 50;
const CLOSE_ENOUGH = 1e-9;
/** Examples that are gone through in one step. */
const STEP_EXAMPLES = 2_000;

/**
 * Fits weights to what became of shown picks: logistic regression with a ridge penalty towards 1, so that few picks
 * change little, by Newton's method (Hoerl and Kennard 1970; le Cessie and van Houwelingen 1992). The intercept is free.
 * Weights are cut to 0..`highest` afterwards: a signal that misleads is left out rather than turned round.
 *
 * @throws ShowrunnerError `INTERNAL` for contributions that are no numbers
 */
export function* fitWeights(
  examples: readonly Example[],
  signals: number,
  highest: number,
): Steps<FittedWeights> {
  if (examples.some(({ offset, contributions }) => ![offset, ...contributions].every(Number.isFinite)))
    throw new ShowrunnerError('INTERNAL', 'A stored contribution is no number.');
  const size = signals + 1;
  let parameters = new Float64Array(size).fill(1);
  parameters[0] = yield* fitIntercept(
    examples,
    Array.from({ length: signals }, () => 1),
  );
  let loss = penalisedLoss(examples, parameters);
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const direction = yield* newtonDirection(examples, parameters);
    const next = yield* searchAlong(examples, parameters, direction, loss);
    if (loss - next.loss < CLOSE_ENOUGH) break;
    parameters = next.parameters;
    loss = next.loss;
  }
  const weights = Array.from(parameters.subarray(1), (weight) => Math.min(highest, Math.max(0, weight)));
  return { weights, intercept: yield* fitIntercept(examples, weights) };
}

/** The intercept under which the mean chance of a start is the share of picks that were started. */
export function* fitIntercept(examples: readonly Example[], weights: readonly number[]): Steps<number> {
  const scores = examples.map((example) => weightedScore(example, weights));
  const starts = examples.filter(({ started }) => started).length;
  // One start and one miss are added, so that all or none started stays finite.
  const share = (starts + 1) / (examples.length + 2);
  let low = -50;
  let high = 50;
  for (let step = 0; step < 60; step += 1) {
    yield;
    const middle = (low + high) / 2;
    const expected = scores.reduce((sum, score) => sum + chance(middle + score), 0) / (scores.length || 1);
    if (expected < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Mean negative log-likelihood of what became of the picks, in nats; lower is better. */
export function logLoss(examples: readonly Example[], { intercept, weights }: FittedWeights): number {
  const losses = examples.map((example) => {
    const score = intercept + weightedScore(example, weights);
    return softplus(example.started ? -score : score);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / (losses.length || 1);
}

/** The score under some weights: the offset and the sum of weight x contribution. */
export function weightedScore({ offset, contributions }: Example, weights: readonly number[]): number {
  return contributions.reduce((sum, value, index) => sum + value * (weights[index] ?? 1), offset);
}

/** Inverse curvature times gradient: where the quadratic that touches the loss here has its lowest point. */
function* newtonDirection(examples: readonly Example[], parameters: Float64Array): Steps<Float64Array> {
  const size = parameters.length;
  const { gradient, curvature } = yield* derivatives(examples, parameters);
  const inverse = yield* invertPositiveDefinite(curvature, size);
  return gradient.map((_, row) =>
    gradient.reduce((sum, value, column) => sum + (inverse[row * size + column] ?? 0) * value, 0),
  );
}

/** Goes as far as the loss falls, halving the step until it does: a whole Newton step may jump beyond. */
function* searchAlong(
  examples: readonly Example[],
  from: Float64Array,
  direction: Float64Array,
  loss: number,
): Steps<{ parameters: Float64Array<ArrayBuffer>; loss: number }> {
  for (let length = 1; length > 1e-6; length /= 2) {
    const parameters = Float64Array.from(from, (value, index) => value - length * (direction[index] ?? 0));
    yield;
    const next = penalisedLoss(examples, parameters);
    if (next < loss) return { parameters, loss: next };
  }
  return { parameters: Float64Array.from(from), loss };
}

function penalisedLoss(examples: readonly Example[], parameters: Float64Array): number {
  const [intercept = 0, ...weights] = parameters;
  const penalty = weights.reduce((sum, weight) => sum + (RIDGE / 2) * (weight - 1) ** 2, 0);
  return examples.length * logLoss(examples, { intercept, weights }) + penalty;
}

function* derivatives(
  examples: readonly Example[],
  parameters: Float64Array,
): Steps<{ gradient: Float64Array; curvature: Float64Array }> {
  const size = parameters.length;
  const gradient = new Float64Array(size);
  const curvature = new Float64Array(size * size);
  for (const [place, { offset, contributions, started }] of examples.entries()) {
    if (place % STEP_EXAMPLES === 0) yield;
    const inputs = [1, ...contributions];
    const p = chance(inputs.reduce((sum, value, index) => sum + value * (parameters[index] ?? 0), offset));
    const spread = p * (1 - p);
    for (const [row, value] of inputs.entries()) {
      gradient[row] = (gradient[row] ?? 0) + (p - (started ? 1 : 0)) * value;
      for (const [column, other] of inputs.entries()) {
        const at = row * size + column;
        curvature[at] = (curvature[at] ?? 0) + spread * value * other;
      }
    }
  }
  // The intercept's own term is nearly free: it only keeps the matrix invertible when no pick says anything.
  curvature[0] = (curvature[0] ?? 0) + 1e-6;
  for (let row = 1; row < size; row += 1) {
    gradient[row] = (gradient[row] ?? 0) + RIDGE * ((parameters[row] ?? 0) - 1);
    curvature[row * size + row] = (curvature[row * size + row] ?? 0) + RIDGE;
  }
  return { gradient, curvature };
}

function chance(logit: number): number {
  return logit >= 0 ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / (1 + Math.exp(logit));
}

function softplus(value: number): number {
  return Math.max(0, value) + Math.log1p(Math.exp(-Math.abs(value)));
}
