import type { TrainingList } from './training-lists.ts';

/** What each list counts: every group of servers the same, shortened histories a little less; 1 in the mean. */
export function listWeights(lists: readonly TrainingList[]): Float64Array {
  const sizes = new Map<string, number>();
  for (const { group } of lists) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const weights = Float64Array.from(lists, ({ group }) => {
    const share = group.includes(' short-') ? 0.7 : 1;
    return share / (sizes.get(group) ?? 1);
  });
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / Math.max(1, weights.length);
  return weights.map((weight) => weight / mean);
}

/**
 * Softmax of scores over a list whose rows stand for several titles each: probabilities that sum to 1, written into `out` from
 * `start` on.
 */
export function softmaxInto(
  scores: Float64Array,
  logWeights: Float32Array,
  start: number,
  out: Float64Array,
): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < logWeights.length; at += 1)
    highest = Math.max(highest, (scores[start + at] ?? 0) + (logWeights[at] ?? 0));
  let total = 0;
  for (let at = 0; at < logWeights.length; at += 1) {
    const value = Math.exp((scores[start + at] ?? 0) + (logWeights[at] ?? 0) - highest);
    out[start + at] = value;
    total += value;
  }
  for (let at = 0; at < logWeights.length; at += 1) out[start + at] = (out[start + at] ?? 0) / total;
}
