import { type SQL, sql } from 'drizzle-orm';
import { column, jsonOne, type Link, type Shape } from '../platform/json-shapes.repo.ts';

/** A user's virtual library as read for the API; only the selected fields are there. */
export interface VirtualLibraryRow {
  /** Absolute, as Showrunner sees it. */
  readonly path: string;
  readonly fileCount: number;
  /** RFC 3339 */
  readonly syncedAt: string;
}

/** Columns of a virtual library. */
export const virtualLibraryShape: Shape = {
  columns: { path: 'path', fileCount: 'file_count', syncedAt: 'synced_at' },
};

/** Of a user: the virtual library, null before the first was written. */
export const libraryOfUser: Link = (statement, user, request) =>
  jsonOne(statement, {
    shape: 'VirtualLibrary',
    table: 'user_libraries',
    where: (row) => sql.raw(`${row}.user_id = ${user}.id`),
    selection: request.selection,
  });

/** Of a user: whether they can open a library with another user's picks, by their rights at the last user sync. */
export function seesOthersPicks(user: string): SQL {
  return sql`exists (
    select 1 from user_libraries o join libraries l on l.provider_id = o.provider_library_id and l.removed_at is null
    where o.user_id <> ${column(user, 'id')}
      and (${column(user, 'enable_all_folders')} or l.provider_id = any(${column(user, 'enabled_folders')})))`;
}
