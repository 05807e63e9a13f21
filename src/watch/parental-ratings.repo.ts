import { sql } from 'drizzle-orm';
import type { ParentalRating } from '../media-server/media-server.ts';
import type { Queryable } from '../platform/database.ts';

/** Replaces the age ratings by those of the media server; of two values of one name the higher counts. */
export async function writeParentalRatings(tx: Queryable, ratings: readonly ParentalRating[]): Promise<void> {
  await tx.rows(sql`
    with incoming as (
      select lower(trim(x.name)) as name, max(x.value) as value
      from json_to_recordset(${JSON.stringify(ratings)}::json) as x(name text, value int) group by 1),
    gone as (delete from parental_ratings where name not in (select name from incoming))
    insert into parental_ratings (name, value) select name, value from incoming
    on conflict (name) do update set value = excluded.value where parental_ratings.value <> excluded.value`);
}

/** Values of the media server's age ratings by their trimmed lower-case names. */
export async function parentalRatings(db: Queryable): Promise<Map<string, number>> {
  const rows = await db.rows<{ name: string; value: number }>(
    sql`select name, value from parental_ratings order by name`,
  );
  return new Map(rows.map((row) => [row.name, row.value]));
}
