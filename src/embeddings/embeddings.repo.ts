import { setImmediate as nextTurn } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { embeddingModels } from '../../drizzle/tables/embeddings.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { integerVector } from './vector-text.ts';

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
  /** `offline`, or the host of its endpoint; null when that was not kept yet. */
  readonly provider: string | null;
  readonly dimensions: number;
  readonly active: boolean;
  /** Whether it takes over only when somebody says so. */
  readonly heldBack: boolean;
  /** Whether it is or was the active one. */
  readonly wasActive: boolean;
}

/** A model with what it took so far. */
export interface EmbeddingModelRow extends EmbeddingModel {
  /** Null where not all are known. */
  readonly tokens: number | null;
  /** In millionths of a US dollar; null where not all is known. */
  readonly costMicroUsd: number | null;
  readonly createdAt: Date;
  readonly activatedAt: Date | null;
}

const MODEL_COLUMNS = {
  model: embeddingModels.model,
  provider: embeddingModels.provider,
  dimensions: embeddingModels.dimensions,
  active: embeddingModels.active,
  heldBack: embeddingModels.heldBack,
  wasActive: sql<boolean>`(${embeddingModels.active} or ${embeddingModels.activatedAt} is not null)`,
};

/** Numbers of one statement at most: the embedded database does nothing else while it reads them. */
const NUMBERS_PER_STATEMENT = 65_536;
const ROWS_PER_STATEMENT = 1_000;

/** The models that have vectors, by name. */
export async function embeddingModelsOf(db: Queryable): Promise<EmbeddingModel[]> {
  return db.orm.select(MODEL_COLUMNS).from(embeddingModels).orderBy(embeddingModels.model);
}

/** The same with what they took so far. */
export async function embeddingModelRows(db: Queryable): Promise<EmbeddingModelRow[]> {
  return db.orm
    .select({
      ...MODEL_COLUMNS,
      tokens: embeddingModels.tokens,
      costMicroUsd: embeddingModels.costMicroUsd,
      createdAt: embeddingModels.createdAt,
      activatedAt: embeddingModels.activatedAt,
    })
    .from(embeddingModels)
    .orderBy(embeddingModels.model);
}

/** The model that is searched now; null before the first complete embedding run. */
export async function activeModel(db: Queryable): Promise<EmbeddingModel | null> {
  const [row] = await db.orm
    .select(MODEL_COLUMNS)
    .from(embeddingModels)
    .where(eq(embeddingModels.active, true))
    .limit(1);
  return row ?? null;
}

/** Text hash of every stored vector of a model, by title id. */
export async function embeddedHashes(db: Queryable, model: string): Promise<Map<number, string>> {
  const rows = await db.rows<{ title_id: number; text_hash: string }>(
    sql`select title_id, text_hash from embeddings where model = ${model}`,
  );
  return new Map(rows.map((row) => [row.title_id, row.text_hash]));
}

/**
 * Stores one batch of vectors, all or none, makes their model known and adds up what they took: null is not known, and
 * makes the sum unknown. Existing vectors of the titles are replaced.
 */
export async function storeEmbeddings(
  db: Database,
  of: { readonly model: string; readonly provider: string; readonly dimensions: number },
  batch: readonly EmbeddingRow[],
  used: { readonly tokens: number | null; readonly costMicroUsd: number | null },
): Promise<void> {
  const size = Math.max(1, Math.min(ROWS_PER_STATEMENT, Math.floor(NUMBERS_PER_STATEMENT / of.dimensions)));
  await db.transaction(async (tx) => {
    await tx.rows(sql`
      insert into embedding_models as m (model, provider, dimensions, tokens, cost_micro_usd)
      values (${of.model}, ${of.provider}, ${of.dimensions}, ${used.tokens}::bigint, ${used.costMicroUsd}::float8)
      on conflict (model) do update set provider = excluded.provider, used_at = now(),
        tokens = m.tokens + excluded.tokens, cost_micro_usd = m.cost_micro_usd + excluded.cost_micro_usd`);
    for (let start = 0; start < batch.length; start += size) {
      await storeRows(tx, of, batch.slice(start, start + size));
      await nextTurn();
    }
  });
}

async function storeRows(
  tx: Queryable,
  { model, dimensions }: { readonly model: string; readonly dimensions: number },
  batch: readonly EmbeddingRow[],
): Promise<void> {
  const rows = batch.map((row) => ({
    title_id: row.titleId,
    ...integerVector(row.vector),
    text_hash: row.textHash,
    tokens: row.tokens,
  }));
  await tx.rows(sql`
    insert into embeddings (title_id, model, vector, text_hash, tokens)
    select x.title_id, ${model}, x.integers::halfvec * array_fill(x.scale, array[${dimensions}::int])::halfvec, x.text_hash, x.tokens
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as x(title_id int, integers text, scale real, text_hash text, tokens int)
    on conflict (title_id, model) do update
      set vector = excluded.vector, text_hash = excluded.text_hash, tokens = excluded.tokens, created_at = now()`);
}

/** Keeps others from activating or removing a model until the transaction ends. */
export async function lockModels(tx: Queryable): Promise<void> {
  await tx.rows(sql`select from embedding_models order by model for update`);
}

/**
 * Makes `model` the one that is searched, and no other: readers see the old one or the new one, never neither. By hand
 * it also stays so: the other models do not take over by themselves any more.
 */
export async function activateModel(
  tx: Queryable,
  model: string,
  options = { byHand: false },
): Promise<void> {
  // Without the lock two models that are activated at the same time could both end up active.
  await lockModels(tx);
  await tx.rows(sql`
    update embedding_models set active = (model = ${model}), used_at = now(),
      activated_at = case when model = ${model} then now() else activated_at end
    where active is distinct from (model = ${model})`);
  await tx.rows(
    options.byHand
      ? sql`update embedding_models set held_back = (model <> ${model})`
      : sql`update embedding_models set held_back = false where model = ${model}`,
  );
}

/** Lets all models take over by themselves again. */
export async function releaseModels(tx: Queryable): Promise<void> {
  await tx.rows(sql`update embedding_models set held_back = false where held_back`);
}
