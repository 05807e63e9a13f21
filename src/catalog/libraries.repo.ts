import { sql } from 'drizzle-orm';
import { libraries } from '../../drizzle/tables/catalog.ts';
import type { MediaLibrary } from '../media-server/media-server.ts';
import type { Queryable } from '../platform/database.ts';

/** A library as the catalog knows it. */
export type Library = typeof libraries.$inferSelect;

/** Every library ever seen, gone ones included, ordered by id. */
export async function allLibraries(db: Queryable): Promise<Library[]> {
  return db.orm.select().from(libraries).orderBy(libraries.id);
}

/**
 * Brings the libraries in line with what the media server lists: new ones are added as enabled, changed ones written,
 * those no longer listed marked removed. Whether a library is enabled or virtual is left alone.
 */
export async function saveLibraries(
  db: Queryable,
  listed: readonly MediaLibrary[],
  now: Date,
): Promise<void> {
  const rows = listed.map((library, position) => ({ ...library, position }));
  const incoming = sql`incoming as (
    select * from json_to_recordset(${JSON.stringify(rows)}::json)
      as x(position int, id text, name text, "collectionType" text, locations text[]))`;
  await db.rows(sql`
    with ${incoming},
    changed as (
      update libraries l
      set name = i.name, collection_type = i."collectionType", locations = i.locations, removed_at = null
      from incoming i
      where l.provider_id = i.id
        and (l.name, l.collection_type, l.locations, l.removed_at)
          is distinct from (i.name, i."collectionType", i.locations, null)),
    gone as (
      update libraries l set removed_at = ${now.toISOString()}::timestamptz
      where l.removed_at is null and not exists (select 1 from incoming i where i.id = l.provider_id))
    insert into libraries (provider_id, name, collection_type, locations)
    select i.id, i.name, i."collectionType", i.locations from incoming i
    where not exists (select 1 from libraries l where l.provider_id = i.id)
    order by i.position`);
}

/** Notes that a library was read to its end, removals included. */
export async function markLibraryComplete(db: Queryable, libraryId: number, now: Date): Promise<void> {
  await db.rows(sql`
    update libraries set last_complete_sync_at = ${now.toISOString()}::timestamptz where id = ${libraryId}`);
}
