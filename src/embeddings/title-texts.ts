import { enrichedTitles } from '../enrichment/enriched-titles.repo.ts';
import type { Queryable } from '../platform/database.ts';
import type { TitleText } from './embed-texts.ts';
import { embeddingText, embeddingTextHash } from './embedding-text.ts';

/** The embedding text of every title that is in an enabled library now, by id; empty for a title that has none. */
export async function titleTexts(db: Queryable): Promise<TitleText[]> {
  const titles = await enrichedTitles(db);
  return titles.map((title) => {
    const text = embeddingText(title);
    return { titleId: title.id, name: title.name, text, textHash: embeddingTextHash(text) };
  });
}
