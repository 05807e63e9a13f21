import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';
import { activeModel } from './embeddings.repo.ts';
import { readVectorText } from './vector-text.ts';

/** Vectors read with one statement: bounds what is held as text at a time. */
const PAGE = 500;

/** All vectors of the active model: row `r` of the flat `matrix` belongs to `titleIds[r]`. */
export interface ActiveVectors {
  readonly model: string;
  readonly dimensions: number;
  /** Ascending. */
  readonly titleIds: Int32Array;
  readonly matrix: Float32Array;
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
  const matrix = new Float32Array(capacity * dimensions);
  let filled = 0;
  let after = 0;
  while (filled < capacity) {
    signal.throwIfAborted();
    const rows = await db.rows<{ title_id: number; vector: string }>(sql`
      select title_id, vector::text as vector from embeddings
      where model = ${model} and title_id > ${after} order by title_id limit ${Math.min(PAGE, capacity - filled)}
    `);
    if (rows.length === 0) break;
    for (const row of rows) {
      readVectorText(row.vector, matrix, filled * dimensions, dimensions);
      titleIds[filled] = row.title_id;
      filled += 1;
      after = row.title_id;
    }
  }
  return {
    model,
    dimensions,
    titleIds: titleIds.subarray(0, filled),
    matrix: matrix.subarray(0, filled * dimensions),
  };
}
