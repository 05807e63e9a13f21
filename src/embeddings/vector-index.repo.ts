import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Database, Queryable } from '../platform/database.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { wait } from '../platform/wait.ts';

/** The most dimensions an HNSW index over half-precision vectors can have (pgvector). */
const MAX_INDEXED_DIMENSIONS = 4_000;
/** Vectors from which an index pays: below it, comparing with all of them takes some milliseconds. */
const INDEXED_FROM = 3_000;
/** Links of a node and nodes looked at for them (Malkov and Yashunin 2018); measured by `npm run bench:embeddings`. */
const LINKS = 16;
const BUILD_WIDTH = 128;

/** Held while an index is built; the number is only ours. */
const BUILD_LOCK = 7_406_932;
/** Pause before it is looked again whether another process has built it, in ms. */
const LOOK_AGAIN_MS = 200;

/** A model as its index needs it. */
interface IndexedModel {
  readonly model: string;
  readonly dimensions: number;
}

/** Name of the index over a model's vectors. A model's own name may be too long for one, or hold anything. */
export function vectorIndexName(model: string): string {
  return `embeddings_hnsw_${createHash('sha256').update(model).digest('hex').slice(0, 12)}`;
}

/**
 * Whether a model's vectors deserve an index and have none that can be used. Never in the embedded database, where all
 * else would stand still while it is built, for minutes at some thousand titles.
 */
export async function lacksVectorIndex(db: Database, { model, dimensions }: IndexedModel): Promise<boolean> {
  if (db.kind === 'embedded' || dimensions > MAX_INDEXED_DIMENSIONS) return false;
  const [row] = await db.rows<{ enough: boolean }>(sql`
    select count(*) >= ${INDEXED_FROM}::int as enough
    from (select from embeddings where model = ${model} limit ${INDEXED_FROM}::int) e`);
  return row?.enough === true && (await stateOf(db, model)) !== 'VALID';
}

/**
 * Builds the partial HNSW index of a model while its table stays readable and writable. That cannot be done within a
 * transaction, so a process that lost its run is not kept from it: whoever comes second waits for what the first one
 * builds. Aborted, it ends at once and leaves nothing that is used.
 *
 * @throws ShowrunnerError `DATABASE_UNAVAILABLE` when it could not be built this time
 */
export async function buildVectorIndex(
  db: Database,
  model: IndexedModel,
  signal: AbortSignal,
): Promise<void> {
  const buildUnlessThere = async () => {
    if ((await stateOf(db, model.model)) !== 'VALID') await build(db, model, signal);
  };
  while ((await isBuilding(db)) || !(await alone(db, buildUnlessThere))) await wait(LOOK_AGAIN_MS, signal);
  if ((await stateOf(db, model.model)) === 'VALID') return;
  throw new ShowrunnerError('DATABASE_UNAVAILABLE', `The index of ${model.model} could not be built.`, {
    remedy: 'Look into the log of PostgreSQL; the work is tried again by itself.',
    retryable: true,
  });
}

/**
 * Does the work, on other connections, while no other process is let in; false when one is in already. Two builds at
 * the same time would wait for each other for ever. The transaction only holds the lock: idle, it is in no build's way.
 */
async function alone(db: Database, work: () => Promise<void>): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [row] = await tx.rows<{ locked: boolean }>(
      sql`select pg_try_advisory_xact_lock(${BUILD_LOCK}) as locked`,
    );
    if (!row?.locked) return false;
    // Also ends the statement before it: as long as a query is the last one, its snapshot is kept, and builds wait for it.
    await tx.rows(sql`set local idle_in_transaction_session_timeout = 0`);
    await work();
    return true;
  });
}

async function build(db: Database, { model, dimensions }: IndexedModel, signal: AbortSignal): Promise<void> {
  const name = vectorIndexName(model);
  // One that was cut off in the middle stays as an invalid one.
  if ((await stateOf(db, model)) === 'INVALID')
    await db.rows(sql`drop index concurrently if exists ${sql.identifier(name)}`);
  const statement = await indexStatement(db, name, model, dimensions);
  signal.throwIfAborted();
  const cancel = () => {
    cancelStatement(db, statement).catch(() => {});
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    await db.rows(sql.raw(statement));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Ends the statement wherever it is being executed. */
async function cancelStatement(db: Queryable, statement: string): Promise<void> {
  await db.rows(sql`
    select pg_cancel_backend(pid) from pg_stat_activity
    where datname = current_database() and state = 'active' and query = ${statement}`);
}

async function isBuilding(db: Queryable): Promise<boolean> {
  const rows = await db.rows(sql`
    select from pg_stat_progress_create_index
    where datname = current_database() and relid = 'embeddings'::regclass`);
  return rows.length > 0;
}

/** The model stands in the statement itself, which takes no parameters; the database quotes it. */
async function indexStatement(db: Queryable, name: string, model: string, dimensions: number) {
  const [row] = await db.rows<{ statement: string }>(sql`
    select format('create index concurrently if not exists %I on embeddings using hnsw '
      '((vector::halfvec(%s)) halfvec_cosine_ops) with (m = %s, ef_construction = %s) where model = %L',
      ${name}::text, ${dimensions}::int, ${LINKS}::int, ${BUILD_WIDTH}::int, ${model}::text) as statement`);
  if (!row) throw new TypeError('The database formats nothing.');
  return row.statement;
}

/** Removes a model's index, if it has one; readers and writers wait for a moment. Returns how many it removed. */
export async function dropVectorIndex(tx: Queryable, model: string): Promise<number> {
  if ((await stateOf(tx, model)) === 'NONE') return 0;
  await tx.rows(sql`drop index if exists ${sql.identifier(vectorIndexName(model))}`);
  return 1;
}

/** Models whose vectors are searched through an index. */
export async function indexedModels(db: Queryable, models: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ name: string }>(sql`
    select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = 'embeddings'::regclass and i.indisvalid`);
  const names = new Set(rows.map(({ name }) => name));
  return new Set(models.filter((model) => names.has(vectorIndexName(model))));
}

async function stateOf(db: Queryable, model: string): Promise<'NONE' | 'INVALID' | 'VALID'> {
  const [row] = await db.rows<{ valid: boolean }>(sql`
    select i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = 'embeddings'::regclass and c.relname = ${vectorIndexName(model)}`);
  if (!row) return 'NONE';
  return row.valid ? 'VALID' : 'INVALID';
}

/** Has the planner look at the vectors' table anew: the embedded database never does so by itself. */
export async function refreshStatistics(tx: Queryable): Promise<void> {
  await tx.rows(sql`analyze embeddings (title_id, model)`);
}
