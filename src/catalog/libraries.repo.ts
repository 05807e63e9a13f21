import { sql } from 'drizzle-orm';
import { libraries } from '../../drizzle/tables/catalog.ts';
import type { MediaLibrary } from '../media-server/media-server.ts';
import type { Queryable } from '../platform/database.ts';
import { isOwnLibrary } from './own-library.ts';

/** A library as the catalog knows it. */
export type Library = typeof libraries.$inferSelect;

/** Every library ever seen, gone ones included, ordered by id. */
export async function allLibraries(db: Queryable): Promise<Library[]> {
  return db.orm.select().from(libraries).orderBy(libraries.id);
}

/**
 * Brings the libraries in line with what the media server lists: new ones are added as enabled, changed ones written,
 * those no longer listed marked removed. Whether a library is enabled is left alone; one of
 * our own, which lies in `ownRoot`, is virtual from the start.
 */
export async function saveLibraries(
  db: Queryable,
  listed: readonly MediaLibrary[],
  now: Date,
  ownRoot?: string,
): Promise<void> {
  const rows = listed.map((library, position) => ({
    ...library,
    position,
    isOwn: isOwnLibrary(library, ownRoot),
  }));
  const incoming = sql`incoming as (
    select * from json_to_recordset(${JSON.stringify(rows)}::json)
      as x(position int, id text, name text, "collectionType" text, locations text[], "isOwn" boolean))`;
  await db.rows(sql`
    with ${incoming},
    changed as (
      update libraries l
      set name = i.name, collection_type = i."collectionType", locations = i.locations, removed_at = null,
        is_virtual = l.is_virtual or i."isOwn"
      from incoming i
      where l.provider_id = i.id
        and (l.name, l.collection_type, l.locations, l.removed_at, l.is_virtual)
          is distinct from (i.name, i."collectionType", i.locations, null, l.is_virtual or i."isOwn")),
    gone as (
      update libraries l set removed_at = ${now.toISOString()}::timestamptz
      where l.removed_at is null and not exists (select 1 from incoming i where i.id = l.provider_id))
    insert into libraries (provider_id, name, collection_type, locations, is_virtual)
    select i.id, i.name, i."collectionType", i.locations, i."isOwn" from incoming i
    where not exists (select 1 from libraries l where l.provider_id = i.id)
    order by i.position`);
}

/** Notes that everything in a library was read, removals included, and as what it was listed. */
export async function markLibraryComplete(
  db: Queryable,
  libraryId: number,
  listedAs: string,
  now: Date,
): Promise<void> {
  await db.rows(sql`
    update libraries set last_complete_sync_at = ${now.toISOString()}::timestamptz, listed_as = ${listedAs}
    where id = ${libraryId}`);
}
