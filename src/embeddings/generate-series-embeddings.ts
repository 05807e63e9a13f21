import { z } from 'zod';
import { candidateTitles } from '../catalog/catalog-snapshot.repo.ts';
import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { embedTexts, type TitleText } from './embed-texts.ts';
import { type Embedder, estimateTokens } from './embedder.ts';
import { embeddingText, embeddingTextHash } from './embedding-text.ts';
import { activateModel, embeddedHashes, embeddingModelsOf, storeEmbeddings } from './embeddings.repo.ts';
import { planBatches } from './plan-batches.ts';

/** Titles that a dry run names one by one. */
const SHOWN_TITLES = 100;

/** Parameters of `generateSeriesEmbeddings`. */
export const GenerateSeriesEmbeddingsInput = z.object({
  /** Embeds titles again whose text did not change. */
  force: z.boolean().optional(),
  /** Only these titles; all when left out. */
  titleIds: z.array(z.number().int().positive()).optional(),
  /** At most so many titles; the next run goes on with the rest. */
  limit: z.number().int().positive().optional(),
  /** Only counts what would be embedded, with the tokens estimated. */
  dryRun: z.boolean().optional(),
});
export type GenerateSeriesEmbeddingsInput = z.infer<typeof GenerateSeriesEmbeddingsInput>;

/**
 * Embeds every title whose text or model changed and stores each batch as it comes, so that a stopped run loses one
 * batch at most. The embedder's model takes over from the active one, in one step, when every title has its vector.
 *
 * @returns counts: `titles` looked at, `embedded`, `unchanged`, `failed`, `tokens`, and `activated` 1 when the model changed
 * @throws ShowrunnerError `PROVIDER_REFUSED`, `PROVIDER_BAD_ANSWER` or `PROVIDER_UNREACHABLE` from the embedder
 */
export async function generateSeriesEmbeddings(
  context: VerbContext & { readonly embedder: Embedder },
  input: GenerateSeriesEmbeddingsInput = {},
): Promise<Record<string, number>> {
  const { db, signal, progress, embedder } = context;
  progress.step('Find titles to embed');
  const all = await textsOf(context);
  const selected = input.titleIds ? onlyTitles(all, input.titleIds) : all;
  const hashes = await embeddedHashes(db, embedder.model);
  signal.throwIfAborted();
  const isCurrent = (item: TitleText) => hashes.get(item.titleId) === item.textHash;
  const due = selected.filter((item) => input.force || !isCurrent(item)).slice(0, input.limit);
  const looked = {
    titles: selected.length,
    unchanged: selected.filter(isCurrent).length - (input.force ? due.filter(isCurrent).length : 0),
  };
  if (input.dryRun) return { ...looked, ...(await planned(context, all, due)) };
  const done = await embedAll(context, due);
  const activated = await activateWhenComplete(context, all, done.failedIds);
  return {
    ...looked,
    embedded: done.embedded,
    failed: done.failedIds.size,
    tokens: done.tokens,
    activated,
  };
}

/** What a run would count, found without asking the provider. */
async function planned(
  { db, progress, embedder }: VerbContext & { readonly embedder: Embedder },
  all: readonly TitleText[],
  due: readonly TitleText[],
) {
  const wanted = due.filter((item) => item.text !== '');
  const tokens = wanted.reduce((sum, item) => sum + estimateTokens(item.text), 0);
  for (const item of due.slice(0, SHOWN_TITLES)) progress.log('info', `Would embed ${item.name}.`);
  progress.log(
    'info',
    `Would embed ${wanted.length} titles, about ${tokens} tokens, with ${embedder.model}.`,
  );
  const embeddedLater = new Set(due.map((item) => item.titleId));
  const stored = await embeddedHashes(db, embedder.model);
  const complete = all.every((item) => stored.has(item.titleId) || embeddedLater.has(item.titleId));
  const isActive = (await embeddingModelsOf(db)).some(
    ({ model, active }) => active && model === embedder.model,
  );
  return {
    embedded: wanted.length,
    failed: due.length - wanted.length,
    tokens,
    activated: complete && !isActive && all.length > 0 ? 1 : 0,
  };
}

async function textsOf(context: VerbContext): Promise<TitleText[]> {
  const titles = await candidateTitles(context.db);
  context.signal.throwIfAborted();
  return titles.map((title) => {
    const text = embeddingText(title);
    return { titleId: title.id, name: title.name, text, textHash: embeddingTextHash(text) };
  });
}

function onlyTitles(all: readonly TitleText[], titleIds: readonly number[]): TitleText[] {
  const wanted = new Set(titleIds);
  const found = all.filter((item) => wanted.has(item.titleId));
  if (found.length === wanted.size) return found;
  const missing = titleIds.find((id) => !found.some((item) => item.titleId === id));
  throw new ShowrunnerError('NOT_FOUND', `There is no title ${missing} on the media server.`, {
    field: 'titleIds',
    value: String(missing),
  });
}

async function embedAll(context: VerbContext & { readonly embedder: Embedder }, due: readonly TitleText[]) {
  const { db, progress, embedder } = context;
  const failedIds = new Set<number>();
  let embedded = 0;
  let tokens = 0;
  let dimensions = await knownDimensions(context);
  const fail = (item: TitleText, error: unknown) => {
    failedIds.add(item.titleId);
    progress.fail(item.name || `title ${item.titleId}`, error, { kind: 'title', id: item.titleId });
  };
  progress.step('Embed', due.length, 'titles');
  const empty = due.filter((item) => item.text === '');
  for (const item of empty) fail(item, new ShowrunnerError('BAD_INPUT', 'The title has no text to embed.'));
  if (empty.length > 0) progress.advance(empty.length);
  const batches = planBatches(
    due.filter((item) => item.text !== ''),
    embedder,
  );
  await concurrently(context.signal, embedder.concurrency, batches, async (batch, signal) => {
    const result = await embedTexts(embedder, batch, signal);
    for (const { item, error } of result.refused) fail(item, error);
    for (const { vector } of result.embedded) {
      dimensions ??= vector.length;
      if (vector.length !== dimensions) throw wrongDimensions(embedder.model, dimensions, vector.length);
    }
    signal.throwIfAborted();
    const rows = result.embedded.map(({ item, vector }) => ({
      titleId: item.titleId,
      vector,
      textHash: item.textHash,
      tokens: result.tokens === 0 ? 0 : estimateTokens(item.text),
    }));
    if (rows.length > 0) await storeEmbeddings(db, embedder.model, dimensions ?? 0, rows);
    embedded += rows.length;
    tokens += result.tokens;
    progress.advance(batch.length);
  });
  return { embedded, tokens, failedIds };
}

async function knownDimensions(
  context: VerbContext & { readonly embedder: Embedder },
): Promise<number | null> {
  const { db, embedder } = context;
  const stored = (await embeddingModelsOf(db)).find((entry) => entry.model === embedder.model)?.dimensions;
  if (stored !== undefined && embedder.dimensions !== null && stored !== embedder.dimensions)
    throw wrongDimensions(embedder.model, stored, embedder.dimensions);
  return stored ?? embedder.dimensions;
}

function wrongDimensions(model: string, expected: number, got: number): ShowrunnerError {
  return new ShowrunnerError(
    'PROVIDER_BAD_ANSWER',
    `Vectors of the model ${model} have ${expected} dimensions here, but the provider answers ${got}.`,
    {
      field: 'EMBEDDING_MODEL',
      value: model,
      remedy: 'Give the new model a name of its own, or go back to the old one.',
    },
  );
}

/** The model takes over when no title is without a vector but those that failed on their own. */
async function activateWhenComplete(
  context: VerbContext & { readonly embedder: Embedder },
  all: readonly TitleText[],
  failedIds: ReadonlySet<number>,
): Promise<number> {
  const { db, progress, embedder } = context;
  const { model } = embedder;
  const stored = await embeddedHashes(db, model);
  const missing = all.filter((item) => !stored.has(item.titleId) && !failedIds.has(item.titleId)).length;
  const known = (await embeddingModelsOf(db)).find((entry) => entry.model === model);
  if (!known || known.active) return 0;
  if (missing > 0) {
    progress.log('info', `${model} takes over when the last ${missing} titles are embedded.`);
    return 0;
  }
  await db.transaction((tx) => activateModel(tx, model));
  progress.log('info', `${model} is the active embedding model now.`);
  return 1;
}

/** Works through the items with so many at a time; the first error stops the others and is thrown when all have ended. */
async function concurrently<Item>(
  signal: AbortSignal,
  width: number,
  items: readonly Item[],
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const queue = items.values();
  let failure: { error: unknown } | undefined;
  const worker = async () => {
    for (const item of queue) {
      try {
        either.throwIfAborted();
        await work(item, either);
      } catch (error) {
        failure ??= { error };
        stop.abort(error);
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  signal.throwIfAborted();
  if (failure) throw failure.error;
}
