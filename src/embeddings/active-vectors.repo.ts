import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';
import { activeModel } from './embeddings.repo.ts';
import { readHalfVectors } from './half-vectors.ts';

/** Numbers read with one statement: a few MB, a few ms of work. */
const PAGE_NUMBERS = 400_000;

/** All vectors of the active model: row `r` of the flat `matrix` belongs to `titleIds[r]`. */
export interface ActiveVectors {
  readonly model: string;
  readonly dimensions: number;
  /** Ascending. */
  readonly titleIds: Int32Array;
  readonly matrix: Float32Array;
  /** Hash of the model, the title ids and all numbers. */
  readonly hash: string;
}

/** Loads the active model's vectors, those of removed titles too; null when no model is active. */
export async function activeVectors(db: Queryable, signal: AbortSignal): Promise<ActiveVectors | null> {
  const active = await activeModel(db);
  if (!active) return null;
  const { model, dimensions } = active;
  const [counted] = await db.rows<{ count: number }>(
    sql`select count(*)::int as count from embeddings where model = ${model}`,
  );
  const capacity = counted?.count ?? 0;
  const titleIds = new Int32Array(capacity);
  // Shared, so that worker threads can read the vectors without a copy of their own.
  const matrix = new Float32Array(
    new SharedArrayBuffer(capacity * dimensions * Float32Array.BYTES_PER_ELEMENT),
  );
  const hash = createHash('sha256').update(model);
  const page = Math.max(1, Math.floor(PAGE_NUMBERS / dimensions));
  let filled = 0;
  while (filled < capacity) {
    signal.throwIfAborted();
    const [read] = await db.rows<{ ids: number[] | null; vectors: string | null }>(sql`
      select json_agg(title_id order by title_id) as ids,
        encode(string_agg(halfvec_send(vector), ''::bytea order by title_id), 'base64') as vectors
      from (
        select title_id, vector from embeddings
        where model = ${model} and title_id > ${titleIds[filled - 1] ?? 0} order by title_id
        limit ${Math.min(page, capacity - filled)}
      ) page
    `);
    if (!read?.ids || !read.vectors) break;
    const bytes = Buffer.from(read.vectors, 'base64');
    readHalfVectors(bytes, matrix.subarray(filled * dimensions), dimensions, read.ids.length);
    titleIds.set(read.ids, filled);
    filled += read.ids.length;
    hash.update(bytes);
  }
  return {
    model,
    dimensions,
    titleIds: titleIds.subarray(0, filled),
    matrix: matrix.subarray(0, filled * dimensions),
    hash: hash.update(titleIds).digest('hex'),
  };
}
