import { createHash } from 'node:crypto';
import type { ActiveVectors } from '../embeddings/active-vectors.repo.ts';

/** Hash of values that have a JSON form, and of the raw vectors: equal inputs give equal recommendations. */
export function inputHash(parts: readonly unknown[], vectors: ActiveVectors | null = null): string {
  const hash = createHash('sha256').update(JSON.stringify(parts));
  if (vectors) hash.update(vectors.model).update(vectors.titleIds).update(vectors.matrix);
  return hash.digest('hex').slice(0, 32);
}
