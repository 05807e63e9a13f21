import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { TitleText } from './embed-texts.ts';
import { type EmbeddedTitles, embedTitles } from './embed-titles.ts';
import type { Embedder } from './embedder.ts';
import { activeModel, type EmbeddingModel, embeddedHashes, embeddingModelsOf } from './embeddings.repo.ts';
import { createOfflineEmbedder, OFFLINE_MODEL } from './offline-embedder.ts';

/** Titles to embed for the active model too, and what embeds them. */
interface Upkeep {
  readonly embedder: Embedder;
  readonly due: readonly TitleText[];
}

/**
 * Finds the titles that changed while another model is being filled, or is put aside: the active one serves until the
 * other takes over, so they are embedded with both. Null when there is nothing to do: the configured model is the
 * active one, its fill begins and may well end with this run, or the active one's provider is not at hand.
 *
 * @param limited whether this run embeds some titles only, so that it cannot end the fill
 */
export async function findUpkeep(
  { db, progress, embedder }: VerbContext & { readonly embedder: Embedder },
  titles: readonly TitleText[],
  limited: boolean,
): Promise<Upkeep | null> {
  const active = await activeModel(db);
  if (!active || active.model === embedder.model) return null;
  const begun = (await embeddingModelsOf(db)).some(({ model }) => model === embedder.model);
  if (!begun && !limited) return null;
  const hashes = await embeddedHashes(db, active.model);
  const due = titles.filter((item) => item.text !== '' && hashes.get(item.titleId) !== item.textHash);
  if (due.length === 0) return null;
  const own = embedderOf(active, embedder);
  if (own) return { embedder: own, due };
  progress.log(
    'warn',
    `${due.length} titles have changed, and ${active.model} cannot be asked any more: they stay as they were until ${embedder.model} takes over.`,
  );
  return null;
}

/** Embeds them. What goes wrong is told and stops nothing: the active model is about to be left. */
export async function keepActiveFresh(
  context: Pick<VerbContext, 'db' | 'signal' | 'progress'>,
  { embedder, due }: Upkeep,
): Promise<EmbeddedTitles | null> {
  const { progress, signal } = context;
  try {
    return await embedTitles(context, embedder, due, `Embed for ${embedder.model} too`);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ShowrunnerError)) throw error;
    progress.log('warn', `${embedder.model} could not be kept up to date: ${error.message}`);
    return null;
  }
}

function embedderOf({ model, provider }: EmbeddingModel, configured: Embedder): Embedder | null {
  if (model === OFFLINE_MODEL) return createOfflineEmbedder();
  return provider === configured.provider ? configured.withModel(model) : null;
}
