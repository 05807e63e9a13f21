import type { ProviderIds } from '../media-server/media-server.ts';
import { decideTitles } from './decide-titles.ts';
import { previewMerge } from './preview-merge.ts';
import {
  forgetVersions,
  nextId,
  type PreviewCopy,
  type PreviewTitle,
  type PreviewWorld,
} from './preview-world.ts';
import type { SeriesRow } from './series-row.ts';

/** What saving a page of series would do, by name. */
export interface SeriesPreview {
  readonly added: readonly string[];
  readonly updated: readonly string[];
  readonly merged: readonly string[];
}

/** Does to the world what saving a page of series does to the database. */
export function previewSeries(
  world: PreviewWorld,
  libraryId: number,
  rows: readonly SeriesRow[],
  force: boolean,
): SeriesPreview {
  const copies = new Map<string, PreviewCopy>();
  for (const copy of world.copies.values()) if (copy.libraryId === libraryId) copies.set(copy.itemId, copy);
  const copyOf = new Map(
    rows.flatMap(({ itemId }) => {
      const copy = copies.get(itemId);
      return copy ? [[itemId, copy.titleId] as const] : [];
    }),
  );
  const { fresh, decided, merges } = decideTitles(rows, candidates(world, rows, copyOf), copyOf);
  for (const merge of merges) previewMerge(world, merge);
  const firstId = nextId(world.titles);
  const assigned = decided.map(({ row, titleId }) => ({
    row,
    titleId: titleId > 0 ? titleId : firstId - titleId - 1,
  }));
  const isFresh = new Set(fresh.map(({ row }) => row));
  let copyId = nextId(world.copies);
  for (const { row, titleId } of assigned)
    if (isFresh.has(row)) world.titles.set(titleId, titleOf(row, titleId, row.providerIds));
  for (const { row, titleId } of assigned) {
    const copy = world.copies.get(copies.get(row.itemId)?.id ?? 0);
    const id = copy?.id ?? copyId++;
    const listVersion = copy?.listVersion ?? null;
    world.copies.set(id, { id, libraryId, itemId: row.itemId, titleId, removed: false, listVersion });
  }
  const updated = updateTitles(world, libraryId, rows, force);
  for (const { row, titleId } of assigned) {
    const title = world.titles.get(titleId);
    if (title)
      world.titles.set(titleId, { ...title, providerIds: { ...row.providerIds, ...title.providerIds } });
  }
  forgetVersions(
    world,
    assigned.flatMap(({ row, titleId }) => {
      const before = copyOf.get(row.itemId);
      return before === undefined || before === titleId ? [] : [before];
    }),
  );
  return { added: fresh.map(({ row }) => row.name), updated, merged: merges.map(({ name }) => name) };
}

/** Each title from its oldest copy only. */
function updateTitles(
  world: PreviewWorld,
  libraryId: number,
  rows: readonly SeriesRow[],
  force: boolean,
): string[] {
  const byItem = new Map(rows.map((row) => [row.itemId, row]));
  const oldest = new Map<number, PreviewCopy>();
  for (const copy of world.copies.values())
    if (!copy.removed && !oldest.has(copy.titleId)) oldest.set(copy.titleId, copy);
  const updated: string[] = [];
  for (const copy of oldest.values()) {
    const row = copy.libraryId === libraryId ? byItem.get(copy.itemId) : undefined;
    const title = world.titles.get(copy.titleId);
    if (!row || !title || !(force || title.removed || title.contentHash !== row.contentHash)) continue;
    world.titles.set(title.id, titleOf(row, title.id, { ...title.providerIds, ...row.providerIds }));
    updated.push(row.name);
  }
  return updated;
}

function titleOf(row: SeriesRow, id: number, providerIds: ProviderIds): PreviewTitle {
  const { name, matchName, year, contentHash } = row;
  return { id, name, matchName, year, contentHash, providerIds, removed: false };
}

/** Titles that any of the rows could be: comparing each row with every title would take too long. */
function candidates(world: PreviewWorld, rows: readonly SeriesRow[], copyOf: ReadonlyMap<string, number>) {
  const of = <Value>(read: (row: SeriesRow) => Value) => new Set(rows.map(read));
  const [names, tvdb, tmdb, imdb] = [
    of((row) => row.matchName),
    of((row) => row.tvdbId),
    of((row) => row.tmdbId),
    of((row) => row.imdbId),
  ];
  const held = new Set(copyOf.values());
  return [...world.titles.values()].filter(
    ({ id, matchName, providerIds: ids }) =>
      held.has(id) ||
      names.has(matchName) ||
      (ids.tvdb && tvdb.has(ids.tvdb)) ||
      (ids.tmdb && tmdb.has(ids.tmdb)) ||
      (ids.imdb && imdb.has(ids.imdb)),
  );
}
