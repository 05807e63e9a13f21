import { type DenseVectors, dotOfRows } from './dense-vectors.ts';
import { NearestHeaps } from './nearest-heaps.ts';
import { cosinesToAll, type SparseVectors } from './sparse-vectors.ts';
import type { Steps } from './steps.ts';

/** The vectors by which titles resemble each other. */
export interface ContentVectors {
  readonly text: SparseVectors;
  readonly traits: SparseVectors;
  /** Centred embeddings; null when there are none or they add nothing to `text`. */
  readonly embeddings: DenseVectors | null;
}

/** For each title its nearest others: row `r` spans `r * count .. (r + 1) * count`, unused places have weight 0. */
export interface NearestTitles {
  readonly count: number;
  readonly rows: Int32Array;
  /** Shares of similarity; those of one title sum to 1, or are all 0 when nothing resembles it. */
  readonly weights: Float32Array;
}

/**
 * Similarity of `row` to other titles by content: the mean of the positive cosines of all kinds of vectors, 0..1, in the
 * order of `others`.
 */
export function contentSimilarities(
  content: ContentVectors,
  row: number,
  others: readonly number[],
): Float32Array {
  const { embeddings } = content;
  const text = new Float32Array(content.text.rowCount);
  const traits = new Float32Array(content.text.rowCount);
  cosinesToAll(content.text, row, text);
  cosinesToAll(content.traits, row, traits);
  if (!embeddings)
    return Float32Array.from(others, (other) => ((text[other] ?? 0) + (traits[other] ?? 0)) / 2);
  return Float32Array.from(others, (other) => {
    const dense = Math.max(0, dotOfRows(embeddings, row, other));
    return ((text[other] ?? 0) + (traits[other] ?? 0) + dense) / 3;
  });
}

/** Titles whose neighbours are found in one step. */
const STEP_ROWS = 20;

/**
 * Finds the nearest titles of every title by text and traits. All pairs of dense vectors would cost a hundred times more
 * and find the same neighbours. Each pair is looked at once, for both.
 */
export function* nearestTitles({ text, traits }: ContentVectors, count: number): Steps<NearestTitles> {
  const size = text.rowCount;
  const nearest = new NearestHeaps(size, count);
  const { thresholds } = nearest;
  const similarity = new Float32Array(size);
  const passed = [text, traits].map((vectors) => ({ vectors, next: vectors.columnStarts.slice() }));
  for (let row = 0; row < size; row += 1) {
    if (row % STEP_ROWS === 0) yield;
    similarity.fill(0, row);
    for (const { vectors, next } of passed) addLaterCosines(vectors, row, next, similarity);
    for (let other = row + 1; other < size; other += 1) {
      const value = (similarity[other] ?? 0) / 2;
      if (value > (thresholds[row] ?? 0)) nearest.take(row, other, value);
      if (value > (thresholds[other] ?? 0)) nearest.take(other, row, value);
    }
  }
  return nearest.finish();
}

/** Adds the cosines of `row` to all later rows; `next` holds for each column the first entry that no row so far has passed. */
function addLaterCosines(vectors: SparseVectors, row: number, next: Int32Array, sums: Float32Array): void {
  const { rowStarts, rowColumns, rowValues, columnStarts, columnRows, columnValues } = vectors;
  const last = rowStarts[row + 1] ?? 0;
  for (let at = rowStarts[row] ?? 0; at < last; at += 1) {
    const column = rowColumns[at] ?? 0;
    const value = rowValues[at] ?? 0;
    const first = (next[column] ?? 0) + 1;
    next[column] = first;
    const end = columnStarts[column + 1] ?? 0;
    for (let posting = first; posting < end; posting += 1) {
      const other = columnRows[posting] ?? 0;
      sums[other] = (sums[other] ?? 0) + value * (columnValues[posting] ?? 0);
    }
  }
}

/**
 * The nearest titles read the other way: which titles have row `r` among their nearest, and with which share. Those of
 * row `r` span `starts[r] .. starts[r + 1]`.
 */
export interface NearestOf {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly weights: Float32Array;
}

/** Turns the nearest titles round. */
export function nearestOf(nearest: NearestTitles): NearestOf {
  const size = nearest.rows.length / nearest.count;
  const starts = new Int32Array(size + 1);
  for (let at = 0; at < nearest.rows.length; at += 1) {
    const place = (nearest.rows[at] ?? 0) + 1;
    if ((nearest.weights[at] ?? 0) > 0) starts[place] = (starts[place] ?? 0) + 1;
  }
  for (let row = 0; row < size; row += 1) starts[row + 1] = (starts[row + 1] ?? 0) + (starts[row] ?? 0);
  const rows = new Int32Array(starts[size] ?? 0);
  const weights = new Float32Array(rows.length);
  const next = starts.slice();
  for (let at = 0; at < nearest.rows.length; at += 1) {
    const weight = nearest.weights[at] ?? 0;
    if (weight <= 0) continue;
    const other = nearest.rows[at] ?? 0;
    const slot = next[other] ?? 0;
    rows[slot] = Math.floor(at / nearest.count);
    weights[slot] = weight;
    next[other] = slot + 1;
  }
  return { starts, rows, weights };
}
