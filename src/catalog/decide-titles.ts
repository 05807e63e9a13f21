import { isSameSeries, type KnownTitle, matchTitle, withIdentityOf } from './identity.ts';
import type { SeriesRow } from './series-row.ts';

/** A series with its title. A title that is yet to be added has a number below 0. */
interface DecidedSeries {
  readonly row: SeriesRow;
  readonly titleId: number;
}

/** A title that turned out to be another one, by our ids, and the series by which that was found. */
export interface TitleMerge {
  readonly gone: number;
  readonly kept: number;
  readonly name: string;
}

/** Which title each series of a page is. */
interface DecidedPage {
  readonly decided: readonly DecidedSeries[];
  /** Those whose titles are to be added; each title stands here once. */
  readonly fresh: readonly DecidedSeries[];
  /** Stored titles that are to be merged into others; a kept one is never gone as well. */
  readonly merges: readonly TitleMerge[];
}

/**
 * Gives each series of a page its title: one of those known, or a new one numbered -1, -2, ... so that later rows of the
 * page can match it. A row may bring the id by which two titles turn out to be the same series: then the one that was
 * stored first takes over the other.
 *
 * @param copyOf titles of items as they were before
 */
export function decideTitles(
  rows: readonly SeriesRow[],
  titles: readonly KnownTitle[],
  copyOf: ReadonlyMap<string, number>,
): DecidedPage {
  let known = [...titles];
  const mergedInto = new Map<number, { readonly kept: number; readonly name: string }>();
  const finalOf = (id: number): number => {
    const merge = mergedInto.get(id);
    return merge ? finalOf(merge.kept) : id;
  };
  let added = 0;
  const decided = rows.map((row): DecidedSeries => {
    const before = copyOf.get(row.itemId);
    const match = matchTitle({ ...row, copyOf: before === undefined ? null : finalOf(before) }, known);
    const found = known.find((title) => title.id === match);
    if (!found) added += 1;
    const { matchName, year, providerIds } = row;
    const title = found
      ? withIdentityOf(found, row)
      : { id: -added, removed: false, matchName, year, providerIds };
    const twins = known.filter(
      (one) => one.id !== title.id && isSameSeries(one.providerIds, title.providerIds),
    );
    const [kept = title, ...gone] = [title, ...twins].toSorted((one, other) => age(one.id) - age(other.id));
    for (const { id } of gone) mergedInto.set(id, { kept: kept.id, name: row.name });
    const replaced = new Set([title.id, ...twins.map((one) => one.id)]);
    known = [...known.filter((one) => !replaced.has(one.id)), gone.reduce(joined, kept)];
    return { row, titleId: title.id };
  });
  const final = decided.map(({ row, titleId }) => ({ row, titleId: finalOf(titleId) }));
  const isFirst = ({ titleId }: DecidedSeries, index: number) =>
    final.findIndex((one) => one.titleId === titleId) === index;
  return {
    decided: final,
    fresh: final.filter((one, index) => one.titleId < 0 && isFirst(one, index)),
    merges: [...mergedInto].flatMap(([gone, { name }]) =>
      gone > 0 ? [{ gone, kept: finalOf(gone), name }] : [],
    ),
  };
}

/** Stored titles before new ones, each in the order in which they came. */
function age(id: number): number {
  return id > 0 ? id : Number.MAX_SAFE_INTEGER / 2 - id;
}

function joined(kept: KnownTitle, gone: KnownTitle): KnownTitle {
  return { ...withIdentityOf(kept, gone), removed: kept.removed && gone.removed };
}
