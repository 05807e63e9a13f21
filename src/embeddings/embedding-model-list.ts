import type { Queryable } from '../platform/database.ts';
import { type EmbeddingModelRow, embeddedHashes, embeddingModelRows } from './embeddings.repo.ts';
import { titleTexts } from './title-texts.ts';
import { indexedModels } from './vector-index.repo.ts';

/** A model with vectors, and how it stands to the titles on the server. */
export interface EmbeddingModelView extends EmbeddingModelRow {
  readonly isIndexed: boolean;
  /** Titles on the server with a vector, those of them whose text has changed since, and those without. */
  readonly titles: number;
  readonly stale: number;
  readonly missing: number;
}

/** Lists the models that have vectors, the active one first, then by name. */
export async function listEmbeddingModels(db: Queryable): Promise<EmbeddingModelView[]> {
  const rows = await embeddingModelRows(db);
  const indexed = await indexedModels(
    db,
    rows.map(({ model }) => model),
  );
  const texts = (await titleTexts(db)).filter(({ text }) => text !== '');
  const views: EmbeddingModelView[] = [];
  for (const row of rows) {
    const hashes = await embeddedHashes(db, row.model);
    const titles = texts.filter(({ titleId }) => hashes.has(titleId));
    views.push({
      ...row,
      isIndexed: indexed.has(row.model),
      titles: titles.length,
      stale: titles.filter(({ titleId, textHash }) => hashes.get(titleId) !== textHash).length,
      missing: texts.length - titles.length,
    });
  }
  return views.toSorted((a, b) => Number(b.active) - Number(a.active));
}
