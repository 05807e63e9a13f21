import { sql } from 'drizzle-orm';
import type { Database } from '../platform/database.ts';
import {
  column,
  jsonList,
  jsonStatement,
  readJson,
  type Shape,
  type Shapes,
} from '../platform/json-shapes.repo.ts';
import type { Selection } from '../platform/selection.ts';

/** A library of the media server as read for the API; only the selected fields are there. Times are RFC 3339. */
export interface LibraryRow {
  readonly id: number;
  readonly name: string;
  readonly collectionType: string | null;
  readonly enabled: boolean;
  readonly isVirtual: boolean;
  readonly lastCompleteSyncAt: string | null;
  readonly removedAt: string | null;
  readonly seriesCount: number;
}

/** Columns of a library. */
export const libraryShape: Shape = {
  table: 'libraries',
  always: ['id'],
  columns: {
    id: 'id',
    name: 'name',
    collectionType: 'collection_type',
    enabled: 'enabled',
    isVirtual: 'is_virtual',
    lastCompleteSyncAt: 'last_complete_sync_at',
    removedAt: 'removed_at',
    seriesCount: (row) =>
      sql`(select count(distinct c.title_id)::int from title_copies c where c.library_id = ${column(row, 'id')} and c.removed_at is null)`,
  },
};

/** All libraries that are on the media server, by name. */
export async function listLibraries<Row extends object>(
  db: Database,
  shapes: Shapes,
  selection: Selection,
): Promise<Row[]> {
  const statement = jsonStatement(shapes);
  const row = statement.row();
  const item = statement.object('Library', row, selection);
  const list = jsonList(
    sql`select ${item} as item from ${sql.raw(`libraries ${row}`)} where ${sql.raw(`${row}.removed_at is null order by lower(${row}.name), ${row}.id`)}`,
  );
  return (await readJson<Row[]>(db, list)) ?? [];
}

/** Sets whether a library is synced and reads it back in the same statement; null when there is no such library. */
export async function setLibraryEnabled<Row extends object>(
  db: Database,
  shapes: Shapes,
  input: { readonly libraryId: number; readonly enabled: boolean },
  selection: Selection,
): Promise<Row | null> {
  const library = jsonStatement(shapes).object('Library', 'changed', selection);
  const rows = await db.rows<{ library: Row }>(sql`
    with changed as (
      update libraries set enabled = ${input.enabled}::boolean
      where id = ${input.libraryId}::int and not is_virtual returning *)
    select ${library} as library from changed`);
  return rows[0]?.library ?? null;
}
