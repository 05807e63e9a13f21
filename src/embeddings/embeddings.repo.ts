import { eq, sql } from 'drizzle-orm';
import { embeddingModels } from '../../drizzle/tables/embeddings.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { vectorText } from './vector-text.ts';

/** One vector to store. */
export interface EmbeddingRow {
  readonly titleId: number;
  readonly vector: Float32Array;
  readonly textHash: string;
  readonly tokens: number;
}

/** A model with vectors here. */
export interface EmbeddingModel {
  readonly model: string;
  readonly dimensions: number;
  readonly active: boolean;
}

/** The models that have vectors, by name. */
export async function embeddingModelsOf(db: Queryable): Promise<EmbeddingModel[]> {
  return db.orm
    .select({
      model: embeddingModels.model,
      dimensions: embeddingModels.dimensions,
      active: embeddingModels.active,
    })
    .from(embeddingModels)
    .orderBy(embeddingModels.model);
}

/** Text hash of every stored vector of a model, by title id. */
export async function embeddedHashes(db: Queryable, model: string): Promise<Map<number, string>> {
  const rows = await db.rows<{ title_id: number; text_hash: string }>(
    sql`select title_id, text_hash from embeddings where model = ${model}`,
  );
  return new Map(rows.map((row) => [row.title_id, row.text_hash]));
}

/** Stores one batch of vectors, all or none, and makes their model known. Existing vectors of the titles are replaced. */
export async function storeEmbeddings(
  db: Database,
  model: string,
  dimensions: number,
  batch: readonly EmbeddingRow[],
): Promise<void> {
  const rows = batch.map((row) => ({
    title_id: row.titleId,
    vector: vectorText(row.vector),
    text_hash: row.textHash,
    tokens: row.tokens,
  }));
  await db.transaction(async (tx) => {
    await tx.rows(
      sql`insert into embedding_models (model, dimensions) values (${model}, ${dimensions}) on conflict (model) do nothing`,
    );
    await tx.rows(sql`
      insert into embeddings (title_id, model, vector, text_hash, tokens)
      select x.title_id, ${model}, x.vector::halfvec, x.text_hash, x.tokens
      from json_to_recordset(${JSON.stringify(rows)}::json)
        as x(title_id int, vector text, text_hash text, tokens int)
      on conflict (title_id, model) do update
        set vector = excluded.vector, text_hash = excluded.text_hash, tokens = excluded.tokens, created_at = now()
    `);
  });
}

/** Makes `model` the one that is searched, and no other: readers see the old one or the new one, never neither. */
export async function activateModel(db: Queryable, model: string): Promise<void> {
  await db.rows(sql`
    update embedding_models set active = (model = ${model}) where active is distinct from (model = ${model})
  `);
}

/** The model that is searched now; null before the first complete embedding run. */
export async function activeModel(db: Queryable): Promise<EmbeddingModel | null> {
  const [row] = await db.orm
    .select({
      model: embeddingModels.model,
      dimensions: embeddingModels.dimensions,
      active: embeddingModels.active,
    })
    .from(embeddingModels)
    .where(eq(embeddingModels.active, true))
    .limit(1);
  return row ?? null;
}
