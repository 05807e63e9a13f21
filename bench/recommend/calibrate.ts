import type { ScorerModel } from '../../src/recommendations/scorer-model.ts';
import { conditionsOf } from './fit-linear.ts';
import type { TrainingList } from './training-lists.ts';

/** A list with its scores by a model that has not seen its viewer. */
export interface ScoredList {
  readonly list: TrainingList;
  readonly scores: Float64Array;
}

const STEPS = 60;
const RIDGE = 1;

/** The factor that makes the scores' softmax fit what was watched best: below 1 where a model is too sure. */
export function fitScale(held: readonly ScoredList[]): number {
  let scale = 0.7;
  for (let step = 0; step < STEPS; step += 1) {
    let slope = 0;
    let curve = 0;
    for (const { list, scores } of held) {
      const highest = scores.reduce((max, score) => Math.max(max, score), Number.NEGATIVE_INFINITY);
      let [total, first, second, watched] = [0, 0, 0, 0];
      for (let at = 0; at < list.size; at += 1) {
        const score = (scores[at] ?? 0) - highest;
        const share = Math.exp(scale * score + (list.logWeights[at] ?? 0));
        total += share;
        first += share * score;
        second += share * score * score;
        if (at < list.positives) watched += score / list.positives;
      }
      slope += watched - first / total;
      curve += second / total - (first / total) ** 2;
    }
    scale = Math.max(0.05, scale + slope / curve);
  }
  return scale;
}

/** Fits what makes scaled scores the logarithm of the odds that a title is watched: a logistic regression over all titles. */
export function fitBase(held: readonly ScoredList[], scale: number): ScorerModel['base'] {
  const samples = held.map(({ list, scores }) => {
    const { logTitles, logHistory } = conditionsOf(list);
    const scaled = scores.map((score) => score * scale);
    return { list, scaled, inputs: [1, spreadOf(list, scaled), logTitles, logHistory] };
  });
  let weights = [0, -1, -1, 0];
  let current = newtonStep(samples, weights);
  let length = 1;
  for (let step = 0; step < STEPS && length > 1e-3; step += 1) {
    const next = weights.map((weight, k) => weight + length * (current.move[k] ?? 0));
    const after = newtonStep(samples, next);
    if (after.loss > current.loss) {
      length /= 2;
      continue;
    }
    weights = next;
    current = after;
    length = 1;
  }
  const [constant = 0, spread = 0, logTitles = 0, logHistory = 0] = weights;
  return { constant, spread, logTitles, logHistory };
}

interface Sample {
  readonly list: TrainingList;
  readonly scaled: Float64Array;
  readonly inputs: readonly number[];
}

/** Logarithm of the mean of the exponentials over all titles of a list. */
function spreadOf(list: TrainingList, scaled: Float64Array): number {
  const highest = scaled.reduce((max, score) => Math.max(max, score), Number.NEGATIVE_INFINITY);
  let total = 0;
  let titles = 0;
  for (let at = 0; at < list.size; at += 1) {
    const count = Math.exp(list.logWeights[at] ?? 0);
    titles += count;
    total += count * Math.exp((scaled[at] ?? 0) - highest);
  }
  return highest + Math.log(total / titles);
}

function newtonStep(
  samples: readonly Sample[],
  weights: readonly number[],
): { loss: number; move: number[] } {
  const slopes = weights.map((weight) => -RIDGE * weight);
  const curves: number[][] = weights.map((_, k) => weights.map((__, j) => (k === j ? RIDGE : 0)));
  let loss = 0;
  for (const { list, scaled, inputs } of samples) {
    const base = inputs.reduce((sum, input, k) => sum + input * (weights[k] ?? 0), 0);
    let slope = 0;
    let curve = 0;
    for (let at = 0; at < list.size; at += 1) {
      const count = Math.exp(list.logWeights[at] ?? 0);
      const odds = (scaled[at] ?? 0) + base;
      const chance = 1 / (1 + Math.exp(-odds));
      const watched = at < list.positives ? 1 : 0;
      slope += count * (watched - chance);
      curve += count * chance * (1 - chance);
      loss += count * (Math.log1p(Math.exp(-Math.abs(odds))) + Math.max(odds, 0) - watched * odds);
    }
    for (const [k, input] of inputs.entries()) {
      slopes[k] = (slopes[k] ?? 0) + slope * input;
      const row = curves[k] ?? [];
      for (const [j, other] of inputs.entries()) row[j] = (row[j] ?? 0) + curve * input * other;
    }
  }
  return { loss, move: solved(curves, slopes) };
}

/** Solves a small positive definite system by elimination. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, k) => [...row, right[k] ?? 0]);
  for (const [k, pivot] of rows.entries()) {
    for (const [j, row] of rows.entries()) {
      if (j === k) continue;
      const factor = (row[k] ?? 0) / (pivot[k] ?? 1);
      for (const [at, value] of pivot.entries()) row[at] = (row[at] ?? 0) - factor * value;
    }
  }
  return rows.map((row, k) => (row.at(-1) ?? 0) / (row[k] ?? 1));
}

/** What was said and what was, over the titles of held-out lists whose chance was said to lie in one range. */
export interface Reliability {
  readonly said: number;
  readonly was: number;
  readonly titles: number;
}

/** Compares chances with what was watched, by ranges of log-odds one wide. */
export function reliability(
  held: readonly ScoredList[],
  scale: number,
  base: ScorerModel['base'],
): Reliability[] {
  const ranges = new Map<number, { said: number; was: number; titles: number }>();
  for (const { list, scores } of held) {
    const scaled = scores.map((score) => score * scale);
    const { logTitles, logHistory } = conditionsOf(list);
    const shift =
      base.constant +
      base.spread * spreadOf(list, scaled) +
      base.logTitles * logTitles +
      base.logHistory * logHistory;
    for (let at = 0; at < list.size; at += 1) {
      const odds = (scaled[at] ?? 0) + shift;
      const count = Math.exp(list.logWeights[at] ?? 0);
      const range = ranges.get(Math.floor(odds)) ?? { said: 0, was: 0, titles: 0 };
      range.titles += count;
      range.said += count / (1 + Math.exp(-odds));
      range.was += at < list.positives ? count : 0;
      ranges.set(Math.floor(odds), range);
    }
  }
  return [...ranges]
    .sort(([a], [b]) => a - b)
    .map(([, { said, was, titles }]) => ({ said: said / titles, was: was / titles, titles }));
}
