import type { Database, Queryable } from '../platform/database.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { activateModel, embeddedHashes, embeddingModelsOf, lockModels } from './embeddings.repo.ts';
import { mayTakeOver } from './may-take-over.ts';
import { titleTexts } from './title-texts.ts';

/**
 * Makes a model with stored vectors the active one at once, for instance to go back to the one before. It stays active:
 * the configured model does not take over again before it is chosen in the same way, or the chosen one is configured.
 *
 * @throws ShowrunnerError `NOT_FOUND` for a model without vectors here, `CONFLICT` for one that was never active and is
 *   not complete but for a few titles
 */
export async function activateEmbeddingModel(
  { db }: { readonly db: Database },
  { model }: { readonly model: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    // Looked at behind the lock: the model may just be being removed.
    await lockModels(tx);
    const models = await embeddingModelsOf(tx);
    const known = models.find((entry) => entry.model === model);
    if (!known) throw notStored(model, models);
    if (!known.wasActive) await checkComplete(tx, model);
    await activateModel(tx, model, { byHand: true });
  });
}

function notStored(model: string, models: readonly { readonly model: string }[]): ShowrunnerError {
  return new ShowrunnerError('NOT_FOUND', `There are no vectors of a model ${model}.`, {
    field: 'model',
    value: model,
    remedy: `Models with vectors: ${models.map((entry) => entry.model).join(', ') || 'none'}.`,
  });
}

async function checkComplete(db: Queryable, model: string): Promise<void> {
  const stored = await embeddedHashes(db, model);
  const all = (await titleTexts(db)).filter(({ text }) => text !== '');
  const missing = all.filter(({ titleId }) => !stored.has(titleId)).length;
  if (!mayTakeOver(missing, all.length))
    throw new ShowrunnerError(
      'CONFLICT',
      `${model} has no vectors of ${missing} of ${all.length} titles yet.`,
      {
        field: 'model',
        value: model,
        remedy:
          'Configure it as EMBEDDING_MODEL and run generate-series-embeddings: then it takes over by itself.',
      },
    );
}
