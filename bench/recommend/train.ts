/**
 * Fits the scorer's weights: `tsx bench/recommend/train.ts <split> <options> <domain folder> [<domain folder>...]`, where options
 * are `none` or some of `votes`, `embeddings` (those of the folder) and `offline` (those of the offline embedder), with commas. Maximises the likelihood of each viewer's held-out series under a softmax over
 * the series they could be recommended (Adam, every group of servers and every domain counting the same). Prints the weights as
 * `src/recommendations/weights.ts` holds them, and NDCG@10 of a fit on half the viewers for the other half.
 */
import type { WeightName } from '../../src/recommendations/weights.ts';
import { type TrainingList, trainingLists } from './training-lists.ts';

const STEPS = 250;
const RIDGE = 2e-4;

const useVectors = /embeddings|offline/.test(process.argv[3] ?? '');
const [split = '', options = '', ...folders] = process.argv.slice(2);
const names: WeightName[] = [
  ...(useVectors ? (['embeddingMean', 'embeddingP4', 'embeddingP8', 'embeddingRecent'] as const) : []),
  ...(['text', 'traits'] as const),
  ...(options.includes('votes') ? (['votes'] as const) : []),
  ...(['rating', 'fresh', 'yearTaste', 'viewers', 'seen', 'neighbours', 'peers', 'peersScaled'] as const),
];

const lists: TrainingList[] = [];
for (const folder of folders) lists.push(...(await trainingLists(folder, split, options, names)));
const spreads = names.map((_, f) => spreadOf(lists.map((list) => list.features[f] ?? new Float32Array())));
const half = (list: TrainingList) =>
  [...list.user].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 2;
for (const side of [0, 1]) {
  const weights = fitWeights(lists.filter((list) => half(list) === side));
  report(
    lists.filter((list) => half(list) !== side),
    weights,
    `fit on half ${side}, other half`,
  );
}
const final = fitWeights(lists);
report(lists, final, 'fit on all, same viewers');
for (const [f, name] of names.entries()) {
  const row = [0, 1, 2].map((k) => Number(((final[f * 3 + k] ?? 0) / (spreads[f] ?? 1)).toPrecision(4)));
  console.log(`    ${name}: [${row.join(', ')}],`);
}

function spreadOf(arrays: readonly Float32Array[]): number {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const values of arrays) {
    for (const value of values) {
      count += 1;
      sum += value;
      squares += value * value;
    }
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) || 1;
}

function scoresOf(list: TrainingList, weights: Float64Array): Float64Array {
  const scores = new Float64Array(list.size);
  for (let f = 0; f < names.length; f += 1) {
    const values = list.features[f];
    if (!values) continue;
    let factor = 0;
    for (let k = 0; k < 3; k += 1) factor += (weights[f * 3 + k] ?? 0) * (list.factors[k] ?? 0);
    factor /= spreads[f] ?? 1;
    for (let at = 0; at < list.size; at += 1) scores[at] = (scores[at] ?? 0) + factor * (values[at] ?? 0);
  }
  return scores;
}

function fitWeights(sample: readonly TrainingList[]): Float64Array {
  const groupSizes = new Map<string, number>();
  for (const list of sample) groupSizes.set(list.group, (groupSizes.get(list.group) ?? 0) + 1);
  const size = names.length * 3;
  const weights = new Float64Array(size);
  const first = new Float64Array(size);
  const second = new Float64Array(size);
  for (let step = 1; step <= STEPS; step += 1) {
    const gradient = new Float64Array(size);
    for (const list of sample) {
      const share = 1 / groupSizes.size / (groupSizes.get(list.group) ?? 1);
      addGradient(list, weights, share, gradient);
    }
    const rate = 0.05 * (1 - step / (STEPS + 1));
    for (let at = 0; at < size; at += 1) {
      const slope = (gradient[at] ?? 0) + RIDGE * (weights[at] ?? 0);
      first[at] = 0.9 * (first[at] ?? 0) + 0.1 * slope;
      second[at] = 0.999 * (second[at] ?? 0) + 0.001 * slope * slope;
      const m = (first[at] ?? 0) / (1 - 0.9 ** step);
      const v = (second[at] ?? 0) / (1 - 0.999 ** step);
      weights[at] = (weights[at] ?? 0) - (rate * m) / (Math.sqrt(v) + 1e-9);
    }
  }
  return weights;
}

/** Adds the gradient of the negative log likelihood of the list's positives, each against all candidates. */
function addGradient(list: TrainingList, weights: Float64Array, share: number, gradient: Float64Array): void {
  const scores = scoresOf(list, weights);
  const highest = scores.reduce((max, score) => Math.max(max, score), Number.NEGATIVE_INFINITY);
  let total = 0;
  for (let at = 0; at < list.size; at += 1) {
    scores[at] = Math.exp((scores[at] ?? 0) - highest);
    total += scores[at] ?? 0;
  }
  for (let f = 0; f < names.length; f += 1) {
    const values = list.features[f];
    if (!values) continue;
    let expected = 0;
    for (let at = 0; at < list.size; at += 1) expected += (scores[at] ?? 0) * (values[at] ?? 0);
    const seen = list.positives.reduce((sum, at) => sum + (values[at] ?? 0), 0) / list.positives.length;
    const slope = ((expected / total - seen) * share) / (spreads[f] ?? 1);
    for (let k = 0; k < 3; k += 1) {
      gradient[f * 3 + k] = (gradient[f * 3 + k] ?? 0) + slope * (list.factors[k] ?? 0);
    }
  }
}

function report(sample: readonly TrainingList[], weights: Float64Array, label: string): void {
  const groups = new Map<string, number[]>();
  for (const list of sample) {
    const values = groups.get(list.group) ?? [];
    values.push(ndcg(list, scoresOf(list, weights)));
    groups.set(list.group, values);
  }
  const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const short = [...groups].filter(([group]) => group.includes(' short-'));
  const regular = [...groups].filter(([group]) => !group.includes(' short-'));
  const text = short.map(([group, values]) => `${group.split(' ').at(-1)} ${meanOf(values).toFixed(3)}`);
  const mean = meanOf(regular.map(([, values]) => meanOf(values)));
  console.log(`// ${label}: NDCG@10 ${mean.toFixed(4)} (mean over groups); ${text.toSorted().join(', ')}`);
}

function ndcg(list: TrainingList, scores: Float64Array): number {
  const order = Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const wanted = new Set(list.positives);
  const gain = (place: number) => 1 / Math.log2(place + 2);
  const found = order.slice(0, 10).reduce((sum, at, place) => sum + (wanted.has(at) ? gain(place) : 0), 0);
  let ideal = 0;
  for (let place = 0; place < Math.min(10, list.positives.length); place += 1) ideal += gain(place);
  return found / ideal;
}
