import type { Queryable } from '../platform/database.ts';
import { decideTitles, type TitleMerge } from './decide-titles.ts';
import { forgetListVersions } from './list-versions.repo.ts';
import { mergeTitles } from './merge-titles.repo.ts';
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
 * @returns `merged`: titles that turned out to be others, which have taken over all that hung on them
 */
export async function saveSeriesPage(
  tx: Queryable,
  rows: readonly SeriesRow[],
  { libraryId, now, force }: SaveOptions,
): Promise<{ added: number; updated: number; merged: readonly TitleMerge[] }> {
  const { titles, copyOf } = await findKnownTitles(tx, libraryId, rows);
  const { fresh, decided, merges } = decideTitles(rows, titles, copyOf);
  await mergeTitles(tx, merges, now);
  const ids = await allocateTitleIds(tx, fresh.length);
  const idOf = new Map(fresh.map(({ titleId }, index) => [titleId, ids[index]]));
  const assigned = decided.map(({ row, titleId }): AssignedSeries => {
    const id = titleId > 0 ? titleId : idOf.get(titleId);
    if (id === undefined) throw new RangeError('The database gave fewer ids than were asked for.');
    return { ...row, titleId: id };
  });
  const byItem = new Set(fresh.map(({ row }) => row.itemId));
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
  return { added: fresh.length, updated, merged: merges };
}
