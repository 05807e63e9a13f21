import { type SQL, sql } from 'drizzle-orm';
import type { Database, Queryable } from '../platform/database.ts';

/** Rows that a statement removes at most: the embedded database does nothing else meanwhile. */
const BATCH = 1_000;

/** Models that are neither active nor `configured` and were last of use before then, by name. */
export async function unusedModels(db: Queryable, configured: string, before: Date): Promise<string[]> {
  const rows = await db.rows<{ model: string }>(sql`
    select model from embedding_models
    where not active and model <> ${configured} and used_at < ${before.toISOString()}::timestamptz order by model`);
  return rows.map(({ model }) => model);
}

/** How many vectors the models have together. */
export async function countVectorsOf(db: Queryable, models: readonly string[]): Promise<number> {
  return count(db, sql`from embeddings e where ${isOf(models)}`);
}

/** How many vectors of other models belong to titles that were removed before then. */
export async function countVectorsOfRemovedTitles(
  db: Queryable,
  models: readonly string[],
  before: Date,
): Promise<number> {
  return count(
    db,
    sql`from embeddings e join titles t on t.id = e.title_id
      where t.removed_at < ${before.toISOString()}::timestamptz and not ${isOf(models)}`,
  );
}

/** Marks a model as one that is going, so that nobody chooses it half removed; false when it is the active one by now. */
export async function retireModel(tx: Queryable, model: string): Promise<boolean> {
  const rows = await tx.rows(sql`
    update embedding_models set activated_at = null where model = ${model} and not active returning model`);
  return rows.length > 0;
}

/** Removes some vectors of a model; returns how many, 0 when there are none or it is the active one by now. */
export async function deleteVectorsOf(tx: Queryable, model: string): Promise<number> {
  return (await retireModel(tx, model)) ? removeVectors(tx, sql`where e.model = ${model}`) : 0;
}

/** Removes some vectors of titles that were removed before then; returns how many, 0 when there are none. */
export async function deleteVectorsOfRemovedTitles(tx: Queryable, before: Date): Promise<number> {
  return removeVectors(
    tx,
    sql`join titles t on t.id = e.title_id where t.removed_at < ${before.toISOString()}::timestamptz`,
  );
}

/** Forgets a model without vectors; false when it is the active one by now. */
export async function deleteModel(tx: Queryable, model: string): Promise<boolean> {
  const rows = await tx.rows(sql`
    delete from embedding_models where model = ${model} and not active returning model`);
  return rows.length > 0;
}

/** Makes the space of removed rows usable again in the embedded database, which does not do so by itself. */
export async function giveBackSpace(db: Database): Promise<void> {
  if (db.kind === 'embedded') await db.rows(sql`vacuum embeddings`);
}

async function removeVectors(tx: Queryable, which: SQL): Promise<number> {
  const rows = await tx.rows(sql`
    delete from embeddings d using (select e.title_id, e.model from embeddings e ${which} limit ${BATCH}) old
    where d.title_id = old.title_id and d.model = old.model returning d.title_id`);
  return rows.length;
}

function isOf(models: readonly string[]): SQL {
  return sql`e.model in (select json_array_elements_text(${JSON.stringify(models)}::json))`;
}

async function count(db: Queryable, from: SQL): Promise<number> {
  const [row] = await db.rows<{ count: number }>(sql`select count(*)::int as count ${from}`);
  return row?.count ?? 0;
}
