import type { Tree } from '../../src/recommendations/forest.ts';
import { TREE_FEATURES, type TreeFeature } from '../../src/recommendations/scorer-model.ts';
import type { Condition } from '../../src/recommendations/viewer-conditions.ts';
import { BINS, type BinnedRows, binRows, TREE_INPUTS } from './binned-rows.ts';
import { type Random, seededRandom } from './generated-server.ts';
import { listWeights, softmaxInto } from './list-weights.ts';
import type { TrainingList } from './training-lists.ts';

const TREES = 160;
const DEPTH = 4;
const RATE = 0.07;
/** Ridge on leaves, as a share of the weight of all lists. */
const RIDGE = 1e-3;
/** Shares of the lists and of the inputs that a tree sees. */
const LISTS_SEEN = 0.4;
const INPUTS_SEEN = 0.5;

export type ForestTree = Tree<TreeFeature | Condition>;

/** Slopes and curvatures of the likelihood at the rows that a tree sees. */
interface Seen {
  readonly rows: Int32Array;
  readonly slopes: Float64Array;
  readonly curves: Float64Array;
  readonly leaves: Uint8Array;
}

/**
 * Boosts symmetric trees (as of Prokhorenkova et al. 2018) on the likelihood of the series watched later under a softmax over
 * the list, by Newton steps with a ridge. Neither lists nor inputs are all seen by every tree.
 */
export function fitForest(lists: readonly TrainingList[]): ForestTree[] {
  const random = seededRandom(3);
  const weights = listWeights(lists);
  const data = binRows(lists);
  const scores = new Float64Array(data.size);
  const chances = new Float64Array(data.size);
  const trees: ForestTree[] = [];
  for (let time = 0; time < TREES; time += 1) {
    for (const [index, list] of lists.entries())
      softmaxInto(scores, list.logWeights, data.starts[index] ?? 0, chances);
    const seen = look(lists, weights, data, chances, random);
    const ridge = RIDGE * weights.reduce((sum, weight) => sum + weight, 0) * LISTS_SEEN;
    const inputs = [...TREE_INPUTS.keys()].filter(() => random() < INPUTS_SEEN);
    const questions: { input: number; bin: number }[] = [];
    for (let depth = 0; depth < DEPTH; depth += 1) {
      // What all rows of a list have in common tells none of them apart before anything else was asked.
      const open = depth === 0 ? inputs.filter((input) => input < TREE_FEATURES.length) : inputs;
      const question = bestQuestion(data, seen, open, 2 ** depth, ridge);
      questions.push(question);
      const bins = data.bins[question.input] ?? new Uint8Array();
      for (const [at, row] of seen.rows.entries())
        if ((bins[row] ?? 0) >= question.bin) seen.leaves[at] = (seen.leaves[at] ?? 0) | (1 << depth);
    }
    const leaves = leafValues(seen, ridge);
    addTree(data, questions, leaves, scores);
    trees.push({
      inputs: questions.map(({ input }) => TREE_INPUTS[input] ?? 'votes'),
      thresholds: questions.map(({ input, bin }) => thresholdOf(data.edges[input]?.[bin - 2])),
      leaves,
      covers: coversOf(lists, data, questions),
    });
  }
  return trees;
}

function look(
  lists: readonly TrainingList[],
  weights: Float64Array,
  { starts }: BinnedRows,
  chances: Float64Array,
  random: Random,
): Seen {
  const rows: number[] = [];
  const slopes: number[] = [];
  const curves: number[] = [];
  for (const [index, list] of lists.entries()) {
    if (random() >= LISTS_SEEN) continue;
    const weight = weights[index] ?? 0;
    for (let at = 0; at < list.size; at += 1) {
      const row = (starts[index] ?? 0) + at;
      const chance = chances[row] ?? 0;
      rows.push(row);
      slopes.push(weight * ((at < list.positives ? 1 / list.positives : 0) - chance));
      curves.push(weight * Math.max(chance * (1 - chance), 1e-7));
    }
  }
  return {
    rows: Int32Array.from(rows),
    slopes: Float64Array.from(slopes),
    curves: Float64Array.from(curves),
    leaves: new Uint8Array(rows.length),
  };
}

/** The input and bin that split all leaves so far with the greatest gain. */
function bestQuestion(
  { bins, edges }: BinnedRows,
  { rows, slopes, curves, leaves }: Seen,
  inputs: readonly number[],
  leafCount: number,
  ridge: number,
): { input: number; bin: number } {
  let best = { input: 0, bin: 1, gain: Number.NEGATIVE_INFINITY };
  const slopeSums = new Float64Array(leafCount * BINS);
  const curveSums = new Float64Array(leafCount * BINS);
  const worth = (slope: number, curve: number) => (slope * slope) / (curve + ridge);
  for (const input of inputs) {
    const own = bins[input] ?? new Uint8Array();
    slopeSums.fill(0);
    curveSums.fill(0);
    for (let at = 0; at < rows.length; at += 1) {
      const cell = (leaves[at] ?? 0) * BINS + (own[rows[at] ?? 0] ?? 0);
      slopeSums[cell] = (slopeSums[cell] ?? 0) + (slopes[at] ?? 0);
      curveSums[cell] = (curveSums[cell] ?? 0) + (curves[at] ?? 0);
    }
    const used = (edges[input]?.length ?? 0) + 2;
    const gains = new Float64Array(used);
    for (let leaf = 0; leaf < leafCount; leaf += 1) {
      const cells = leaf * BINS;
      const slope = slopeSums.subarray(cells, cells + used).reduce((sum, value) => sum + value, 0);
      const curve = curveSums.subarray(cells, cells + used).reduce((sum, value) => sum + value, 0);
      let below = 0;
      let belowCurve = 0;
      for (let bin = 1; bin < used; bin += 1) {
        below += slopeSums[cells + bin - 1] ?? 0;
        belowCurve += curveSums[cells + bin - 1] ?? 0;
        gains[bin] = (gains[bin] ?? 0) + worth(below, belowCurve) + worth(slope - below, curve - belowCurve);
      }
    }
    for (let bin = 1; bin < used; bin += 1)
      if ((gains[bin] ?? 0) > best.gain) best = { input, bin, gain: gains[bin] ?? 0 };
  }
  return best;
}

function leafValues({ slopes, curves, leaves }: Seen, ridge: number): number[] {
  const slopeSums = new Float64Array(2 ** DEPTH);
  const curveSums = new Float64Array(2 ** DEPTH);
  for (const [at, leaf] of leaves.entries()) {
    slopeSums[leaf] = (slopeSums[leaf] ?? 0) + (slopes[at] ?? 0);
    curveSums[leaf] = (curveSums[leaf] ?? 0) + (curves[at] ?? 0);
  }
  return Array.from(slopeSums, (slope, leaf) => (RATE * slope) / ((curveSums[leaf] ?? 0) + ridge));
}

type Questions = readonly { readonly input: number; readonly bin: number }[];

function leafOf({ bins }: BinnedRows, questions: Questions, row: number): number {
  let leaf = 0;
  for (const [depth, { input, bin }] of questions.entries())
    if ((bins[input]?.[row] ?? 0) >= bin) leaf |= 1 << depth;
  return leaf;
}

function addTree(
  data: BinnedRows,
  questions: Questions,
  leaves: readonly number[],
  scores: Float64Array,
): void {
  for (let row = 0; row < data.size; row += 1)
    scores[row] = (scores[row] ?? 0) + (leaves[leafOf(data, questions, row)] ?? 0);
}

/** The share of all titles of all lists that falls into each leaf, every list counting the same. */
function coversOf(lists: readonly TrainingList[], data: BinnedRows, questions: Questions): number[] {
  const covers = new Float64Array(2 ** questions.length);
  for (const [index, list] of lists.entries()) {
    const titles = list.logWeights.reduce((sum, weight) => sum + Math.exp(weight), 0);
    for (let at = 0; at < list.size; at += 1) {
      const leaf = leafOf(data, questions, (data.starts[index] ?? 0) + at);
      covers[leaf] = (covers[leaf] ?? 0) + Math.exp(list.logWeights[at] ?? 0) / titles / lists.length;
    }
  }
  return Array.from(covers);
}

/** A hair below the edge, so that rounding loses nobody; whatever is there at all reaches the threshold of bin 1. */
function thresholdOf(edge: number | undefined): number {
  return edge === undefined ? -1e9 : edge - 2e-6 * Math.abs(edge) - 1e-9;
}

/** What the trees say of the rows of a list. */
export function forestScores(trees: readonly ForestTree[], list: TrainingList): Float64Array {
  const scores = new Float64Array(list.size);
  const columns = new Map(
    TREE_INPUTS.map(
      (name, at) => [name, list.trees[at] ?? list.conditions[at - TREE_FEATURES.length]] as const,
    ),
  );
  for (const { inputs, thresholds, leaves } of trees) {
    for (let row = 0; row < list.size; row += 1) {
      let leaf = 0;
      for (const [depth, name] of inputs.entries()) {
        const values = columns.get(name);
        const value = typeof values === 'number' ? values : values?.[row];
        if (value !== undefined && value >= (thresholds[depth] ?? 0)) leaf |= 1 << depth;
      }
      scores[row] = (scores[row] ?? 0) + (leaves[leaf] ?? 0);
    }
  }
  return scores;
}
