import type { ViewerTaste } from './audience.ts';
import { blockRows, dotsWithAll } from './dense-vectors.ts';
import type { ContentVectors } from './nearest-titles.ts';
import { cosinesToAll } from './sparse-vectors.ts';
import { atOnce, type Steps } from './steps.ts';

/**
 * What is summed up of every title for a viewer, over the titles that the viewer watched: a power of the cosine between
 * the two, times the weight of the watched title and, for `embeddingRecent`, its recency.
 */
const EMBEDDING_SUMS = ['embeddingMean', 'embeddingRecent', 'embeddingP4', 'embeddingP8'] as const;
/** Sums of squares, by the kind of vectors. */
const SPARSE_KINDS = ['text', 'traits'] as const;

/** The names of all sums. */
export const SUM_NAMES = [...EMBEDDING_SUMS, ...SPARSE_KINDS] as const;

/** The name of one sum. */
type SumName = (typeof SUM_NAMES)[number];

/** A viewer's sums, each one number for every row of the library; those over embeddings only where there are some. */
export type ContentSums = Partial<Record<SumName, Float32Array>>;

/** Bytes that the sums of one viewer take at most. */
export function contentSumsBytes(titles: number): number {
  return SUM_NAMES.length * titles * Float32Array.BYTES_PER_ELEMENT;
}

/** Sums up one viewer's history. */
export function contentSums(content: ContentVectors, taste: ViewerTaste): ContentSums {
  return atOnce(contentSumsOfAll(content, [taste]))[0] ?? {};
}

/**
 * Sums up the histories of many viewers, in their order: a block of watched titles against all others at a time, so that the
 * cosines of a title that several watched are computed once and memory is bounded by the sums.
 */
export function* contentSumsOfAll(
  content: ContentVectors,
  tastes: readonly ViewerTaste[],
): Steps<ContentSums[]> {
  const size = content.text.rowCount;
  const { embeddings } = content;
  const names = embeddings ? SUM_NAMES : SPARSE_KINDS;
  const sums = tastes.map(() => {
    const own: ContentSums = {};
    for (const name of names) own[name] = new Float32Array(size);
    return own;
  });
  const watchers = watchersByRow(tastes);
  const rows = [...watchers.keys()].sort((a, b) => a - b);
  const length = embeddings ? blockRows(embeddings) : rows.length;
  const dots = new Float32Array(embeddings ? length * size : 0);
  const cosines = new Float32Array(size);
  for (let start = 0; start < rows.length; start += length) {
    const block = rows.slice(start, start + length);
    if (embeddings) dotsWithAll(embeddings, block, dots);
    for (const [index, row] of block.entries()) {
      yield;
      const own = watchers.get(row) ?? [];
      const embedded = dots.subarray(index * size, (index + 1) * size);
      if (embeddings)
        for (const watcher of own) addEmbeddingSums(sums[watcher.viewer] ?? {}, embedded, row, watcher);
      for (const kind of SPARSE_KINDS) {
        cosinesToAll(content[kind], row, cosines);
        // A title is no evidence for itself, and its cosine of 1 would drown all others in the feature's deviation.
        cosines[row] = 0;
        for (const { viewer, weight } of own) addSquares(sums[viewer]?.[kind], cosines, weight);
      }
    }
  }
  return sums;
}

interface Watcher {
  /** Index into the tastes. */
  readonly viewer: number;
  readonly weight: number;
  readonly recency: number;
}

function watchersByRow(tastes: readonly ViewerTaste[]): Map<number, Watcher[]> {
  const watchers = new Map<number, Watcher[]>();
  for (const [viewer, { entries }] of tastes.entries()) {
    for (const { row, weight, recency } of entries) {
      const own = watchers.get(row);
      if (own) own.push({ viewer, weight, recency });
      else watchers.set(row, [{ viewer, weight, recency }]);
    }
  }
  return watchers;
}

/**
 * Adds the powers of the cosines to the watched title of row `own`, all in one pass. What is summed stays in single
 * precision, as it is kept. The title itself gets nothing but for the first powers.
 */
function addEmbeddingSums(sums: ContentSums, cosines: Float32Array, own: number, watcher: Watcher): void {
  const { embeddingMean: mean, embeddingRecent: recent, embeddingP4: fourths, embeddingP8: eighths } = sums;
  if (!mean || !recent || !fourths || !eighths) return;
  const { weight } = watcher;
  const recentWeight = weight * watcher.recency;
  const [ownFourth, ownEighth] = [fourths[own] ?? 0, eighths[own] ?? 0];
  for (let row = 0; row < mean.length; row += 1) {
    const cosine = cosines[row] ?? 0;
    const positive = Math.max(0, cosine);
    const square = positive * positive;
    const fourth = square * square;
    mean[row] = (mean[row] ?? 0) + weight * cosine;
    recent[row] = (recent[row] ?? 0) + recentWeight * cosine;
    fourths[row] = (fourths[row] ?? 0) + weight * Math.fround(fourth);
    eighths[row] = (eighths[row] ?? 0) + weight * Math.fround(fourth * fourth);
  }
  fourths[own] = ownFourth;
  eighths[own] = ownEighth;
}

function addSquares(sum: Float32Array | undefined, cosines: Float32Array, weight: number): void {
  if (!sum) return;
  for (let row = 0; row < sum.length; row += 1) {
    const cosine = cosines[row] ?? 0;
    if (cosine > 0) sum[row] = (sum[row] ?? 0) + weight * Math.fround(cosine * cosine);
  }
}
