import { type DenseVectors, dotWithRow, rowOf } from './dense-vectors.ts';
import { cosinesToAll, type SparseVectors } from './sparse-vectors.ts';

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
  const own = rowOf(embeddings, row);
  return Float32Array.from(others, (other) => {
    const dense = Math.max(0, dotWithRow(embeddings, own, other));
    return ((text[other] ?? 0) + (traits[other] ?? 0) + dense) / 3;
  });
}

/** Titles whose neighbours are found before others get a turn: a few ms of work. */
const ROWS_BETWEEN_PAUSES = 50;

/** Finds the nearest titles of every title by text and traits; `pause` is awaited every few ms of work. */
export async function nearestTitles(
  content: ContentVectors,
  count: number,
  pause: () => Promise<void>,
): Promise<NearestTitles> {
  const size = content.text.rowCount;
  const rows = new Int32Array(size * count);
  const weights = new Float32Array(size * count);
  const similarity = new Float32Array(size);
  const scratch = new Float32Array(size);
  for (let row = 0; row < size; row += 1) {
    if (row % ROWS_BETWEEN_PAUSES === 0) await pause();
    // All pairs of dense vectors cost a thousand times more than those of sparse ones and find the same neighbours.
    cosinesToAll(content.text, row, similarity);
    cosinesToAll(content.traits, row, scratch);
    for (let at = 0; at < size; at += 1) similarity[at] = ((similarity[at] ?? 0) + (scratch[at] ?? 0)) / 2;
    similarity[row] = 0;
    const nearest = largest(similarity, count);
    const sum = nearest.reduce((total, other) => total + (similarity[other] ?? 0), 0);
    for (const [place, other] of nearest.entries()) {
      rows[row * count + place] = other;
      weights[row * count + place] = (similarity[other] ?? 0) / sum;
    }
  }
  return { count, rows, weights };
}

/** Indices of the `count` largest positive values, largest first; equal values in order of index. */
function largest(values: Float32Array, count: number): number[] {
  const heap: number[] = [];
  let threshold = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (value <= threshold) continue;
    heap.push(index);
    if (heap.length < count * 4) continue;
    keepLargest(heap, values, count);
    threshold = values[heap[count - 1] ?? 0] ?? 0;
  }
  keepLargest(heap, values, count);
  return heap;
}

function keepLargest(indices: number[], values: Float32Array, count: number): void {
  indices.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
  indices.length = Math.min(indices.length, count);
}
