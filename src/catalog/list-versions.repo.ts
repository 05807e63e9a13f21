import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';

/** How each series of a library was listed when its episodes were last read, by item id; removed ones are left out. */
export async function listVersions(
  db: Queryable,
  libraryId: number,
): Promise<ReadonlyMap<string, string | null>> {
  const rows = await db.rows<{ itemId: string; version: string | null }>(sql`
    select provider_item_id as "itemId", list_version as version from title_copies
    where library_id = ${libraryId} and removed_at is null`);
  return new Map(rows.map((row) => [row.itemId, row.version]));
}

/** Notes how series were listed, once their episodes were read to the end. */
export async function saveListVersions(
  db: Queryable,
  libraryId: number,
  versions: readonly { readonly itemId: string; readonly version: string | null }[],
): Promise<void> {
  await db.rows(sql`
    update title_copies c set list_version = x.version
    from json_to_recordset(${JSON.stringify(versions)}::json) as x("itemId" text, version text)
    where c.library_id = ${libraryId} and c.provider_item_id = x."itemId"
      and c.list_version is distinct from x.version`);
}

/** Has the copies of titles read again: one that described its title is gone, and another one takes over. */
export async function forgetListVersions(db: Queryable, titleIds: readonly number[]): Promise<void> {
  if (titleIds.length === 0) return;
  await db.rows(sql`
    update title_copies c set list_version = null
    from json_array_elements_text(${JSON.stringify(titleIds)}::json) g(id)
    where c.title_id = g.id::int and c.removed_at is null and c.list_version is not null`);
}

/** Files of episodes that a library holds. */
export async function countFiles(db: Queryable, libraryId: number): Promise<number> {
  const [row] = await db.rows<{ files: number }>(sql`
    select count(*)::int as files
    from title_copies t join episode_copies c on c.title_copy_id = t.id
    where t.library_id = ${libraryId} and t.removed_at is null and c.removed_at is null`);
  return row?.files ?? 0;
}
