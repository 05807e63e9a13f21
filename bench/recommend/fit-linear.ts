import {
  FACTOR_COUNT,
  LINEAR_FEATURES,
  linearFactors,
  type ScorerModel,
} from '../../src/recommendations/scorer-model.ts';
import { CONDITIONS, type Condition } from '../../src/recommendations/viewer-conditions.ts';
import { seededRandom } from './generated-server.ts';
import { listWeights, softmaxInto } from './list-weights.ts';
import type { TrainingList } from './training-lists.ts';

const EPOCHS = 30;
const BATCH = 24;
const RATE = 0.02;
/** Ridge on plain weights, and on what conditions add to them. */
const RIDGE = 2e-4;
const RIDGE_CONDITIONS = 1e-3;
/** The share of the last steps whose weights are averaged. */
const AVERAGED = 0.4;

type Conditions = ScorerModel['conditions'];
export type LinearHalf = Pick<ScorerModel, 'conditions' | 'linear'>;

/**
 * Fits the linear half: the likelihood of the series watched later under a softmax over the list (Adam, lists drawn by their
 * weight, weights averaged over the last steps).
 */
export function fitLinear(lists: readonly TrainingList[]): LinearHalf {
  const conditions = conditionScales(lists);
  const spreads = LINEAR_FEATURES.map((_, at) => spreadOf(lists, at));
  const factors = lists.map((list) => factorsOf({ conditions }, list));
  const draw = drawer(lists);
  const size = LINEAR_FEATURES.length * FACTOR_COUNT;
  const weights = new Float64Array(size);
  const [first, second, mean] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  const steps = Math.ceil((EPOCHS * lists.length) / BATCH);
  for (let step = 1; step <= steps; step += 1) {
    const gradient = new Float64Array(size);
    for (let time = 0; time < BATCH; time += 1) {
      const at = draw();
      const list = lists[at];
      if (list) addGradient(list, factors[at] ?? [], weights, spreads, gradient);
    }
    const rate = RATE * Math.min(1, 1.2 * (1 - step / (steps + 1)));
    for (let at = 0; at < size; at += 1) {
      const ridge = at % FACTOR_COUNT === 0 ? RIDGE : RIDGE_CONDITIONS;
      const slope = (gradient[at] ?? 0) + ridge * (weights[at] ?? 0);
      first[at] = 0.9 * (first[at] ?? 0) + 0.1 * slope;
      second[at] = 0.99 * (second[at] ?? 0) + 0.01 * slope * slope;
      const m = (first[at] ?? 0) / (1 - 0.9 ** step);
      const v = (second[at] ?? 0) / (1 - 0.99 ** step);
      weights[at] = (weights[at] ?? 0) - (rate * m) / (Math.sqrt(v) + 1e-8);
      if (step > steps * (1 - AVERAGED)) mean[at] = (mean[at] ?? 0) + (weights[at] ?? 0) / (steps * AVERAGED);
    }
  }
  const linear = LINEAR_FEATURES.map(
    (name, at) =>
      [
        name,
        Array.from(
          mean.subarray(at * FACTOR_COUNT, (at + 1) * FACTOR_COUNT),
          (value) => value / (spreads[at] ?? 1),
        ),
      ] as const,
  );
  return { conditions, linear: recordOf(linear) };
}

/** Scores of a list by the linear half. */
export function linearScores(half: LinearHalf, list: TrainingList): Float64Array {
  const factors = factorsOf(half, list);
  const scores = new Float64Array(list.size);
  for (const [at, name] of LINEAR_FEATURES.entries()) {
    const values = list.linear[at];
    if (!values) continue;
    const weight = half.linear[name].reduce((sum, value, k) => sum + value * (factors[k] ?? 0), 0);
    for (let row = 0; row < list.size; row += 1)
      scores[row] = (scores[row] ?? 0) + weight * (values[row] ?? 0);
  }
  return scores;
}

function addGradient(
  list: TrainingList,
  factors: readonly number[],
  weights: Float64Array,
  spreads: readonly number[],
  gradient: Float64Array,
): void {
  const scores = new Float64Array(list.size);
  for (const [at, values] of list.linear.entries()) {
    if (!values) continue;
    const weight =
      factors.reduce((sum, factor, k) => sum + factor * (weights[at * FACTOR_COUNT + k] ?? 0), 0) /
      (spreads[at] ?? 1);
    for (let row = 0; row < list.size; row += 1)
      scores[row] = (scores[row] ?? 0) + weight * (values[row] ?? 0);
  }
  const chances = new Float64Array(list.size);
  softmaxInto(scores, list.logWeights, 0, chances);
  for (let row = 0; row < list.positives; row += 1) chances[row] = (chances[row] ?? 0) - 1 / list.positives;
  for (const [at, values] of list.linear.entries()) {
    if (!values) continue;
    let slope = 0;
    for (let row = 0; row < list.size; row += 1) slope += (chances[row] ?? 0) * (values[row] ?? 0);
    slope /= (spreads[at] ?? 1) * BATCH;
    for (const [k, factor] of factors.entries())
      gradient[at * FACTOR_COUNT + k] = (gradient[at * FACTOR_COUNT + k] ?? 0) + slope * factor;
  }
}

function factorsOf(half: Pick<LinearHalf, 'conditions'>, list: TrainingList): number[] {
  return linearFactors(half, conditionsOf(list), list.lacks);
}

/** The conditions of a list by name. */
export function conditionsOf(list: TrainingList): Record<Condition, number> {
  return recordOf(CONDITIONS.map((name, at) => [name, list.conditions[at] ?? 0] as const));
}

function conditionScales(lists: readonly TrainingList[]): Conditions {
  const weights = listWeights(lists);
  const mean = (measure: (list: TrainingList) => number) =>
    lists.reduce((sum, list, at) => sum + (weights[at] ?? 0) * measure(list), 0) / lists.length;
  return recordOf(
    CONDITIONS.map((name, at) => {
      const center = mean((list) => list.conditions[at] ?? 0);
      const squares = mean((list) => ((list.conditions[at] ?? 0) - center) ** 2);
      const scale: [number, number] = [center, Math.sqrt(squares) || 1];
      return [name, scale] as const;
    }),
  );
}

function spreadOf(lists: readonly TrainingList[], feature: number): number {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const list of lists) {
    for (const value of list.linear[feature] ?? []) {
      count += 1;
      sum += value;
      squares += value * value;
    }
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) || 1;
}

/** Draws indices of lists by their weights, the same every time. */
function drawer(lists: readonly TrainingList[]): () => number {
  const random = seededRandom(2);
  const sums: number[] = [];
  for (const weight of listWeights(lists)) sums.push((sums.at(-1) ?? 0) + weight);
  return () => {
    const wanted = random() * (sums.at(-1) ?? 0);
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function recordOf<Name extends string, Value>(
  entries: readonly (readonly [Name, Value])[],
): Record<Name, Value>;
function recordOf(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries);
}
