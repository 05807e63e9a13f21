/** Means over the lists of one group of servers. */
export interface GroupResult {
  readonly group: string;
  readonly lists: number;
  readonly ndcg: number;
  /** Standard error of `ndcg`. */
  readonly error: number;
}

/**
 * NDCG@10 with binary gains (Järvelin and Kekäläinen 2002); the ideal list is cut at 10 too. 0 for a list without any item.
 *
 * @param items best first
 */
export function ndcgAt10<Item>(items: readonly Item[], wanted: ReadonlySet<Item>): number {
  const gain = (place: number) => 1 / Math.log2(place + 2);
  const found = items
    .slice(0, 10)
    .reduce((sum, item, place) => sum + (wanted.has(item) ? gain(place) : 0), 0);
  let ideal = 0;
  for (let place = 0; place < Math.min(10, wanted.size); place += 1) ideal += gain(place);
  return ideal === 0 ? 0 : found / ideal;
}

/** Means and their standard errors by group, in the order in which the groups come first. */
export function byGroup(
  results: readonly { readonly group: string; readonly ndcg: number }[],
): GroupResult[] {
  const groups = new Map<string, number[]>();
  for (const { group, ndcg } of results) {
    const values = groups.get(group) ?? [];
    values.push(ndcg);
    groups.set(group, values);
  }
  return [...groups].map(([group, values]) => {
    const ndcg = meanOf(values);
    const squares = values.reduce((sum, value) => sum + (value - ndcg) ** 2, 0);
    const error = values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1) / values.length);
    return { group, lists: values.length, ndcg, error };
  });
}

/** Mean of some numbers; 0 for none. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
