import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { type EmbeddedBatch, embedTexts, type TextLimit, type TitleText } from './embed-texts.ts';
import type { Embedder } from './embedder.ts';
import { embeddingModelsOf, storeEmbeddings } from './embeddings.repo.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { planBatches } from './plan-batches.ts';
import { costMicroUsd } from './provider-prices.ts';
import { requestAndStore } from './request-and-store.ts';

/** Texts that were too long and are named one by one. */
const SHOWN_TRUNCATED = 20;

/** What embedding some titles did. */
export interface EmbeddedTitles {
  readonly embedded: number;
  /** Titles of whose text only the beginning was embedded. */
  readonly truncated: number;
  /** Titles that could not be embedded. */
  readonly failedIds: ReadonlySet<number>;
  /** Tokens the provider counted; null when it counts none. */
  readonly tokens: number | null;
  /** Null when the price or the tokens are not known. */
  readonly costMicroUsd: number | null;
}

/**
 * Embeds titles with one model and stores each batch as it comes, with what it cost. A title whose text is empty or
 * refused fails alone.
 *
 * @throws ShowrunnerError `PROVIDER_REFUSED`, `PROVIDER_BAD_ANSWER` or `PROVIDER_UNREACHABLE`: what was answered before
 *   is stored
 */
export async function embedTitles(
  { db, signal, progress }: Pick<VerbContext, 'db' | 'signal' | 'progress'>,
  embedder: Embedder,
  due: readonly TitleText[],
  step = 'Embed',
): Promise<EmbeddedTitles> {
  const failedIds = new Set<number>();
  let embedded = 0;
  let truncated = 0;
  let tokens: number | null = 0;
  let dimensions = await knownDimensions(db, embedder);
  const limit: TextLimit = { tokens: embedder.maxTextTokens };
  const fail = (item: TitleText, error: unknown) => {
    failedIds.add(item.titleId);
    progress.fail(item.name || `title ${item.titleId}`, error, { kind: 'title', id: item.titleId });
  };
  const tellTruncated = ({ name, text }: TitleText, sent: string) => {
    truncated += 1;
    if (truncated > SHOWN_TRUNCATED) return;
    const [of, to] = [estimateTokens(text), estimateTokens(sent)];
    progress.log('warn', `The text of ${name} is too long: about ${to} of its ${of} tokens were embedded.`);
  };
  const store = async (result: EmbeddedBatch) => {
    for (const { item, error } of result.refused) fail(item, error);
    for (const { item, sent, vector } of result.embedded) {
      dimensions ??= vector.length;
      if (vector.length !== dimensions) throw wrongDimensions(embedder.model, dimensions, vector.length);
      if (sent !== item.text) tellTruncated(item, sent);
    }
    const rows = result.embedded.map(({ item, sent, vector }) => ({
      titleId: item.titleId,
      vector,
      textHash: item.textHash,
      tokens: result.tokens === 0 ? 0 : estimateTokens(sent),
    }));
    const cost = costMicroUsd(result.tokens, embedder.pricePerMillionTokens);
    if (rows.length > 0)
      await storeEmbeddings(
        db,
        { model: embedder.model, provider: embedder.provider, dimensions: dimensions ?? 0 },
        rows,
        { tokens: result.tokens, costMicroUsd: cost },
      );
    embedded += rows.length;
    tokens = tokens === null || result.tokens === null ? null : tokens + result.tokens;
    progress.advance(rows.length + result.refused.length);
  };

  progress.step(step, due.length, 'titles');
  const empty = due.filter((item) => item.text === '');
  for (const item of empty) fail(item, new ShowrunnerError('BAD_INPUT', 'The title has no text to embed.'));
  if (empty.length > 0) progress.advance(empty.length);
  const worded = due.filter((item) => item.text !== '');
  await requestAndStore(signal, {
    items: planBatches(worded, embedder),
    width: embedder.concurrency,
    request: (batch, either) => embedTexts(embedder, batch, limit, either),
    store,
  });
  return {
    embedded,
    truncated,
    failedIds,
    tokens,
    costMicroUsd: costMicroUsd(tokens, embedder.pricePerMillionTokens),
  };
}

async function knownDimensions(db: VerbContext['db'], embedder: Embedder): Promise<number | null> {
  const stored = (await embeddingModelsOf(db)).find(({ model }) => model === embedder.model)?.dimensions;
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
