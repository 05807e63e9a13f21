import { TREE_FEATURES, type TreeFeature } from '../../src/recommendations/scorer-model.ts';
import { CONDITIONS, type Condition } from '../../src/recommendations/viewer-conditions.ts';
import type { TrainingList } from './training-lists.ts';

/** Values of an input are told apart as one of so many; 0 stands for a value that is not there. */
export const BINS = 50;
/** Every so many values are looked at to find the bins. */
const SAMPLED = 3;

/** Inputs that trees may ask for. */
export const TREE_INPUTS: readonly (TreeFeature | Condition)[] = [...TREE_FEATURES, ...CONDITIONS];

/** The rows of all lists one after the other, by bins. */
export interface BinnedRows {
  readonly size: number;
  /** Where each list's rows begin. */
  readonly starts: readonly number[];
  /** For each input the bin of every row. */
  readonly bins: readonly Uint8Array[];
  /** For each input the least value of bin `b` at `b - 2`; bin 1 holds all below. */
  readonly edges: readonly (readonly number[])[];
}

/** Puts the values of all lists into bins of about equal numbers. */
export function binRows(lists: readonly TrainingList[]): BinnedRows {
  const starts: number[] = [];
  let size = 0;
  for (const list of lists) {
    starts.push(size);
    size += list.size;
  }
  const valuesOf = (list: TrainingList, input: number) =>
    input < TREE_FEATURES.length
      ? list.trees[input]
      : new Float32Array(list.size).fill(list.conditions[input - TREE_FEATURES.length] ?? 0);
  const bins: Uint8Array[] = [];
  const edges: number[][] = [];
  for (const input of TREE_INPUTS.keys()) {
    const sample: number[] = [];
    for (const list of lists) {
      const values = valuesOf(list, input) ?? [];
      for (let row = 0; row < values.length; row += SAMPLED) sample.push(values[row] ?? 0);
    }
    const own = edgesOf(sample);
    const binned = new Uint8Array(size);
    for (const [index, list] of lists.entries()) {
      const values = valuesOf(list, input) ?? [];
      for (let row = 0; row < values.length; row += 1)
        binned[(starts[index] ?? 0) + row] = 1 + edgesReached(own, values[row] ?? 0);
    }
    bins.push(binned);
    edges.push(own);
  }
  return { size, starts, bins, edges };
}

function edgesOf(sample: readonly number[]): number[] {
  const sorted = Float64Array.from(sample).sort();
  const edges: number[] = [];
  for (let at = 1; at < BINS - 2; at += 1) {
    const edge = sorted[Math.floor((at * sorted.length) / (BINS - 2))];
    if (edge !== undefined && edge > (edges.at(-1) ?? Number.NEGATIVE_INFINITY)) edges.push(edge);
  }
  return edges;
}

function edgesReached(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value >= (edges[middle] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}
