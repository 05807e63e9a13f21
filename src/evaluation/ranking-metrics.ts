/**
 * Normalised discounted cumulative gain of the first `length` places with relevance 0 or 1, 0..1: what the places of the
 * relevant items are worth, 1 / log2(1 + rank) each, beside the best order there is (Järvelin and Kekäläinen 2002).
 */
export function ndcg(ranked: readonly number[], relevant: ReadonlySet<number>, length: number): number {
  const gain = (rank: number) => 1 / Math.log2(1 + rank);
  const found = ranked
    .slice(0, length)
    .reduce((sum, item, index) => sum + (relevant.has(item) ? gain(index + 1) : 0), 0);
  let best = 0;
  for (let rank = 1; rank <= Math.min(length, relevant.size); rank += 1) best += gain(rank);
  return best === 0 ? 0 : found / best;
}

/** Share of the relevant items that are among the first `length`, 0..1 (Manning, Raghavan and Schütze 2008, chapter 8). */
export function recall(ranked: readonly number[], relevant: ReadonlySet<number>, length: number): number {
  return relevant.size === 0 ? 0 : hits(ranked, relevant, length) / relevant.size;
}

/** 1 when a relevant item is among the first `length`, else 0; its mean is the hit rate (Deshpande and Karypis 2004). */
export function hit(ranked: readonly number[], relevant: ReadonlySet<number>, length: number): number {
  return hits(ranked, relevant, length) > 0 ? 1 : 0;
}

/** Share of the catalog that is in at least one of the lists, 0..1 (Ge, Delgado-Battenfeld and Jannach 2010). */
export function coverage(lists: readonly (readonly number[])[], catalogSize: number): number {
  return catalogSize === 0 ? 0 : new Set(lists.flat()).size / catalogSize;
}

/**
 * Mean self-information of a list in bits, -log2 of the share of viewers who watched the item (Zhou et al. 2010); one
 * viewer is added to both sides, so that what nobody watched is finite.
 */
export function novelty(
  list: readonly number[],
  watchersOf: (item: number) => number,
  viewers: number,
): number {
  return mean(list.map((item) => -Math.log2((watchersOf(item) + 1) / (viewers + 1))));
}

/** Mean of 1 - similarity over all pairs of a list, 0..1 (intra-list diversity: Smyth and McClave 2001); 0 below two items. */
export function intraListDiversity(
  list: readonly number[],
  similaritiesTo: (item: number, others: readonly number[]) => ArrayLike<number>,
): number {
  const distances = list.flatMap((item, index) =>
    Array.from(similaritiesTo(item, list.slice(index + 1)), (similarity) => 1 - similarity),
  );
  return mean(distances);
}

/** Arithmetic mean; 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard error of the mean; null below two values. */
export function standardError(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

function hits(ranked: readonly number[], relevant: ReadonlySet<number>, length: number): number {
  return ranked.slice(0, length).filter((item) => relevant.has(item)).length;
}
