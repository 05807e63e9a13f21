import { z } from 'zod';
import type { VerbContext } from '../platform/context.ts';
import {
  countVectorsOf,
  countVectorsOfRemovedTitles,
  deleteModel,
  deleteVectorsOf,
  deleteVectorsOfRemovedTitles,
  giveBackSpace,
  retireModel,
  unusedModels,
} from './clean-embeddings.repo.ts';
import { dropVectorIndex, indexedModels } from './vector-index.repo.ts';

/** Days after which what is not in use is cleaned away, unless said otherwise. */
export const DEFAULT_KEEP_DAYS = 30;

const DAY_MS = 86_400_000;

/** Parameters of `cleanEmbeddings`. */
export const CleanEmbeddingsInput = z.object({
  /** Days for which vectors that are not in use are kept, default 30. */
  keepDays: z.number().int().min(0).optional(),
  /** Only counts what would be removed. */
  dryRun: z.boolean().optional(),
});
export type CleanEmbeddingsInput = z.infer<typeof CleanEmbeddingsInput>;

/**
 * Removes what has been of no use for some days: the models that are not active, with vectors and index, and the
 * vectors of titles that are gone from the media server. The active model and the configured one, which is being
 * filled or can be gone back to, stay. What was removed is embedded again when it is needed again.
 *
 * @returns counts: `modelsRemoved`, `indexesRemoved`, `vectorsRemoved`
 */
export async function cleanEmbeddings(
  context: VerbContext & { readonly embedder: { readonly model: string } },
  input: CleanEmbeddingsInput = {},
): Promise<Record<string, number>> {
  const { db, signal, progress } = context;
  const before = new Date(context.now().getTime() - (input.keepDays ?? DEFAULT_KEEP_DAYS) * DAY_MS);
  progress.step('Find what is not used');
  const models = await unusedModels(db, context.embedder.model, before);
  const vectors = await countVectorsOf(db, models);
  const ofRemoved = await countVectorsOfRemovedTitles(db, models, before);
  const indexes = (await indexedModels(db, models)).size;
  signal.throwIfAborted();
  const would = input.dryRun ? 'Would remove' : 'Removes';
  for (const model of models) progress.log('info', `${would} the model ${model}, which is not in use.`);
  if (ofRemoved > 0)
    progress.log('info', `${would} ${ofRemoved} vectors of titles that are gone from the media server.`);
  if (input.dryRun)
    return { modelsRemoved: models.length, indexesRemoved: indexes, vectorsRemoved: vectors + ofRemoved };

  progress.step('Remove', vectors + ofRemoved, 'vectors');
  let modelsRemoved = 0;
  let vectorsRemoved = 0;
  let indexesRemoved = 0;
  const inBatches = async (remove: () => Promise<number>) => {
    for (;;) {
      signal.throwIfAborted();
      const removed = await remove();
      if (removed === 0) return;
      vectorsRemoved += removed;
      progress.advance(removed);
    }
  };
  for (const model of models) {
    signal.throwIfAborted();
    if (!(await db.transaction((tx) => retireModel(tx, model)))) continue;
    indexesRemoved += await db.transaction((tx) => dropVectorIndex(tx, model));
    await inBatches(() => db.transaction((tx) => deleteVectorsOf(tx, model)));
    if (await db.transaction((tx) => deleteModel(tx, model))) modelsRemoved += 1;
  }
  await inBatches(() => db.transaction((tx) => deleteVectorsOfRemovedTitles(tx, before)));
  if (vectorsRemoved > 0) await giveBackSpace(db);
  return { modelsRemoved, indexesRemoved, vectorsRemoved };
}
