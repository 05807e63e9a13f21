import { type ContentVectors, contentSimilarities } from './nearest-titles.ts';
import type { CappedTitle, SelectionCaps } from './selection-caps.ts';

/** A candidate with what it is ranked by. */
export interface RankedCandidate {
  readonly row: number;
  readonly titleId: number;
  readonly score: number;
  /** 0..10, null when unknown. */
  readonly rating: number | null;
}

/** How to diversify. */
export interface DiversifyOptions {
  /** Picks wanted. */
  readonly count: number;
  /** How much novelty counts against score, 0..1. */
  readonly diversity: number;
  readonly content: ContentVectors;
  /** Left out: a list may be of one kind. */
  readonly caps?: { readonly of: SelectionCaps; readonly titles: readonly CappedTitle[] };
}

/** Candidates looked at for each pick wanted: a title far down the list is never worth picking for its novelty. */
const POOL_FACTOR = 5;

/** Orders candidates best first; equal scores by rating, then by title id, so that the order never depends on chance. */
export function compareCandidates(a: RankedCandidate, b: RankedCandidate): number {
  return b.score - a.score || (b.rating ?? -1) - (a.rating ?? -1) || a.titleId - b.titleId;
}

/** The candidates that picks are chosen from, best first. */
export function selectionPool(candidates: readonly RankedCandidate[], count: number): RankedCandidate[] {
  const size = count * POOL_FACTOR;
  const pool: RankedCandidate[] = [];
  let last: RankedCandidate | undefined;
  for (const candidate of candidates) {
    if (last && compareCandidates(candidate, last) > 0) continue;
    pool.push(candidate);
    if (pool.length < 2 * size) continue;
    pool.sort(compareCandidates);
    pool.length = size;
    last = pool.at(-1);
  }
  return pool.sort(compareCandidates).slice(0, size);
}

/** The range of scores in a pool; 1 where all are equal. */
export function scoreRange(pool: readonly RankedCandidate[]): number {
  return (pool[0]?.score ?? 0) - (pool.at(-1)?.score ?? 0) || 1;
}

/**
 * Picks candidates by maximal marginal relevance (Carbonell and Goldstein 1998): each next one is the best mix of its own
 * score and its distance by content to those picked before. The first is the best scored. A candidate for which the caps
 * have no room waits until nothing else is left.
 */
export function diversify(
  candidates: readonly RankedCandidate[],
  options: DiversifyOptions,
): RankedCandidate[] {
  const { count, diversity, content, caps } = options;
  const pool = selectionPool(candidates, count);
  const highest = pool[0]?.score ?? 0;
  const range = scoreRange(pool);
  const closest = new Float32Array(pool.length);
  const rows = pool.map((candidate) => candidate.row);
  const taken = new Set<number>();
  const picks: RankedCandidate[] = [];
  const worthOf = (candidate: RankedCandidate, index: number) =>
    (1 - diversity) * (1 - (highest - candidate.score) / range) - diversity * (closest[index] ?? 0);
  const hasRoom = (candidate: RankedCandidate) => {
    const title = caps?.titles[candidate.row];
    return !caps || !title || caps.of.hasRoomFor(title);
  };
  while (picks.length < count && picks.length < pool.length) {
    const best = bestOf(pool, taken, worthOf, hasRoom) ?? bestOf(pool, taken, worthOf, () => true);
    const pick = best === undefined ? undefined : pool[best];
    if (best === undefined || !pick) break;
    taken.add(best);
    picks.push(pick);
    const title = caps?.titles[pick.row];
    if (title) caps?.of.take(title);
    const similarities = contentSimilarities(content, pick.row, rows);
    for (const [index, similarity] of similarities.entries())
      closest[index] = Math.max(closest[index] ?? 0, similarity);
  }
  return picks;
}

/** Index of the untaken candidate of the highest value that has room; among equal ones the first. */
function bestOf(
  pool: readonly RankedCandidate[],
  taken: ReadonlySet<number>,
  worthOf: (candidate: RankedCandidate, index: number) => number,
  hasRoom: (candidate: RankedCandidate) => boolean,
): number | undefined {
  let best: number | undefined;
  let bestValue = Number.NEGATIVE_INFINITY;
  for (const [index, candidate] of pool.entries()) {
    if (taken.has(index)) continue;
    const value = worthOf(candidate, index);
    if (value <= bestValue || !hasRoom(candidate)) continue;
    best = index;
    bestValue = value;
  }
  return best;
}
