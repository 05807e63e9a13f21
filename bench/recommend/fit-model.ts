import {
  LINEAR_FEATURES,
  parseScorerModel,
  type ScorerModel,
} from '../../src/recommendations/scorer-model.ts';
import { CONDITIONS } from '../../src/recommendations/viewer-conditions.ts';
import { fitBase, fitScale, type ScoredList } from './calibrate.ts';
import { type ForestTree, fitForest, forestScores } from './fit-forest.ts';
import { fitLinear, type LinearHalf, linearScores } from './fit-linear.ts';
import type { TrainingList } from './training-lists.ts';

const VERSION = 'series-3';
const FOLDS = 4;

/** The two halves of a scorer, each fitted by itself. */
export interface Halves {
  readonly linear: LinearHalf;
  readonly trees: readonly ForestTree[];
}

/** What makes sums of the halves log-odds. */
export interface Calibration {
  readonly scale: number;
  readonly base: ScorerModel['base'];
}

/** The quarter of the viewers that one belongs to, 0..3, the same every time. */
export function foldOf(user: string): number {
  return [...user].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 7) % FOLDS;
}

/** Fits both halves. */
export function fitHalves(lists: readonly TrainingList[]): Halves {
  return { linear: fitLinear(lists), trees: fitForest(lists) };
}

/** Scores lists of viewers whom the halves have not seen. */
export function scoredLists({ linear, trees }: Halves, held: readonly TrainingList[]): ScoredList[] {
  return held.map((list) => {
    const forest = forestScores(trees, list);
    return { list, scores: linearScores(linear, list).map((score, row) => score + (forest[row] ?? 0)) };
  });
}

/** Fits scale and base to viewers whom the model has not seen. */
export function calibrationOf(held: readonly ScoredList[]): Calibration {
  const scale = fitScale(held);
  return { scale, base: fitBase(held, scale) };
}

/** The two halves added up, scaled and with few digits. */
export function modelOf({ linear, trees }: Halves, { scale, base }: Calibration): ScorerModel {
  return parseScorerModel({
    version: VERSION,
    conditions: Object.fromEntries(CONDITIONS.map((name) => [name, linear.conditions[name].map(short)])),
    linear: Object.fromEntries(
      LINEAR_FEATURES.map((name) => [name, linear.linear[name].map((weight) => short(weight * scale))]),
    ),
    trees: trees.map((tree) => ({
      inputs: tree.inputs,
      thresholds: tree.thresholds.map((threshold) => Number(threshold.toPrecision(6))),
      leaves: tree.leaves.map((leaf) => short(leaf * scale)),
      covers: tree.covers.map((cover) => Number(cover.toPrecision(3))),
    })),
    base: Object.fromEntries(Object.entries(base).map(([name, value]) => [name, short(value)])),
  });
}

function short(value: number): number {
  return Number(value.toPrecision(4));
}
