import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';

/** Tables that recommendations are made of; plays change together with the series states that they lead to. */
const TABLES = [
  'titles',
  'title_copies',
  'title_metadata',
  'libraries',
  'media_users',
  'series_states',
  'feedback',
  'server_opinions',
  'parental_ratings',
  'embedding_models',
  'embeddings',
  'weights_versions',
  'weights_assignments',
  'recommendation_sets',
] as const;

/**
 * A text that is another one after any row of what recommendations are made of was written. Each row carries the number
 * of the transaction that wrote it (`xmin`): their sum grows with every update, however late its transaction commits.
 */
export async function inputsVersion(db: Queryable): Promise<string> {
  const parts = TABLES.map(
    (table) => sql`select ${table} as name, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) as version
      from ${sql.identifier(table)}`,
  );
  const rows = await db.rows<{ version: string }>(
    sql`select string_agg(t.version, ' ' order by t.name) as version from (${sql.join(parts, sql` union all `)}) t`,
  );
  return rows[0]?.version ?? '';
}
