import type { Queryable } from '../platform/database.ts';
import { type KnownTitle, matchTitle, withIdentityOf } from './identity.ts';
import { forgetListVersions } from './list-versions.repo.ts';
import type { SeriesRow } from './series-row.ts';
import {
  type AssignedSeries,
  allocateTitleIds,
  fillTitleIds,
  findKnownTitles,
  insertTitles,
  saveTitleCopies,
  updateTitles,
} from './series-upsert.repo.ts';

/** How a page is written. */
export interface SaveOptions {
  readonly libraryId: number;
  readonly now: Date;
  /** Writes every row again, changed or not. */
  readonly force: boolean;
}

/**
 * Writes one page of series, in a handful of statements whatever its size.
 *
 * @param tx an open transaction: a title without its copy would be taken for a removed one
 */
export async function saveSeriesPage(
  tx: Queryable,
  rows: readonly SeriesRow[],
  { libraryId, now, force }: SaveOptions,
): Promise<{ added: number; updated: number }> {
  const { titles, copyOf } = await findKnownTitles(tx, libraryId, rows);
  const { fresh, decided } = decideTitles(rows, titles, copyOf);
  const ids = await allocateTitleIds(tx, fresh.length);
  const assigned = decided.map(({ row, titleId }): AssignedSeries => {
    const id = titleId > 0 ? titleId : ids[-titleId - 1];
    if (id === undefined) throw new RangeError('The database gave fewer ids than were asked for.');
    return { ...row, titleId: id };
  });
  const byItem = new Set(fresh.map((row) => row.itemId));
  await insertTitles(
    tx,
    assigned.filter((row) => byItem.has(row.itemId)),
    now,
  );
  await saveTitleCopies(tx, libraryId, assigned, force);
  const updated = await updateTitles(tx, libraryId, assigned, now, force);
  await fillTitleIds(tx, assigned, now);
  const former = assigned.flatMap(({ itemId, titleId }) => {
    const before = copyOf.get(itemId);
    return before === undefined || before === titleId ? [] : [before];
  });
  await forgetListVersions(tx, former);
  return { added: fresh.length, updated };
}

/** Gives each row its title; a new title has the number -1, -2, ... so that later rows of the page can match it. */
export function decideTitles(
  rows: readonly SeriesRow[],
  titles: readonly KnownTitle[],
  copyOf: ReadonlyMap<string, number>,
) {
  const known = [...titles];
  const fresh: SeriesRow[] = [];
  const decided = rows.map((row) => {
    const match = matchTitle({ ...row, copyOf: copyOf.get(row.itemId) ?? null }, known);
    if (match === null) {
      fresh.push(row);
      const { matchName, year, providerIds } = row;
      known.push({ id: -fresh.length, removed: false, matchName, year, providerIds });
      return { row, titleId: -fresh.length };
    }
    const at = known.findIndex((title) => title.id === match);
    const title = known[at];
    if (title) known[at] = withIdentityOf(title, row);
    return { row, titleId: match };
  });
  return { fresh, decided };
}
