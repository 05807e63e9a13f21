import { type SQL, sql } from 'drizzle-orm';
import type { ImageKind } from '../media-server/library-control.ts';
import type { Queryable } from '../platform/database.ts';
import { column } from '../platform/json-shapes.repo.ts';

/** A picture at the media server. */
export interface StoredImage {
  /** The server's id of the item that it belongs to. */
  readonly itemId: string;
  /** Changes when the picture does. */
  readonly tag: string;
}

const TAGS: Readonly<Record<ImageKind, SQL>> = {
  poster: sql.raw("c.images->>'primary'"),
  backdrop: sql.raw("c.images->>'backdrop'"),
};

/** The picture of a series, from the first of its copies that has one; null when it has none or does not exist. */
export async function findSeriesImage(
  db: Queryable,
  titleId: number,
  kind: ImageKind,
): Promise<StoredImage | null> {
  const [row] = await db.rows<{ itemId: string; tag: string }>(sql`
    select c.provider_item_id as "itemId", ${TAGS[kind]} as tag ${copiesWith(kind, sql`${titleId}::int`)}`);
  return row ?? null;
}

/** Of a series: the tag of its picture, null when it has none. */
export function imageTagOf(kind: ImageKind): (row: string) => SQL {
  return (row) => sql`(select ${TAGS[kind]} ${copiesWith(kind, column(row, 'id'))})`;
}

function copiesWith(kind: ImageKind, titleId: SQL): SQL {
  return sql`
    from title_copies c join libraries l on l.id = c.library_id and l.enabled and l.removed_at is null
    where c.title_id = ${titleId} and c.removed_at is null and ${TAGS[kind]} is not null
    order by c.id limit 1`;
}
