import { type ContentVectors, contentSimilarities } from './nearest-titles.ts';

/** A candidate with what it is ranked by. */
export interface RankedCandidate {
  readonly row: number;
  readonly titleId: number;
  readonly score: number;
  /** 0..10, null when unknown. */
  readonly rating: number | null;
}

/** Weight of relevance against novelty: 0.7 costs no measured quality, 0.5 costs 3 %. */
const LAMBDA = 0.7;
/** Candidates looked at for each pick wanted: a title far down the list is never worth picking for its novelty. */
const POOL_FACTOR = 5;

/** Orders candidates best first; equal scores by rating, then by title id, so that the order never depends on chance. */
export function compareCandidates(a: RankedCandidate, b: RankedCandidate): number {
  return b.score - a.score || (b.rating ?? -1) - (a.rating ?? -1) || a.titleId - b.titleId;
}

/**
 * Picks `count` candidates by maximal marginal relevance (Carbonell and Goldstein 1998): each next one is the best
 * mix of its own score and its distance by content to those picked before. The first is always the best scored.
 */
export function diversify(
  candidates: readonly RankedCandidate[],
  count: number,
  content: ContentVectors,
): RankedCandidate[] {
  const pool = [...candidates].sort(compareCandidates).slice(0, count * POOL_FACTOR);
  const highest = pool[0]?.score ?? 0;
  const range = highest - (pool.at(-1)?.score ?? 0) || 1;
  const closest = new Float32Array(pool.length);
  const rows = pool.map((candidate) => candidate.row);
  const taken = new Set<number>();
  const picks: RankedCandidate[] = [];
  while (picks.length < count && picks.length < pool.length) {
    let best = -1;
    let bestValue = Number.NEGATIVE_INFINITY;
    for (const [index, candidate] of pool.entries()) {
      if (taken.has(index)) continue;
      const relevance = 1 - (highest - candidate.score) / range;
      const value = LAMBDA * relevance - (1 - LAMBDA) * (closest[index] ?? 0);
      if (value <= bestValue) continue;
      best = index;
      bestValue = value;
    }
    const pick = pool[best];
    if (!pick) break;
    taken.add(best);
    picks.push(pick);
    const similarities = contentSimilarities(content, pick.row, rows);
    for (const [index, similarity] of similarities.entries())
      closest[index] = Math.max(closest[index] ?? 0, similarity);
  }
  return picks;
}
