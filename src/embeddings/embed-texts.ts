import { ShowrunnerError } from '../platform/errors.ts';
import type { Embedder } from './embedder.ts';
import { estimateTokens, truncateToTokens } from './estimate-tokens.ts';

/** A text to embed, with the title it is of. */
export interface TitleText {
  readonly titleId: number;
  readonly name: string;
  readonly text: string;
  readonly textHash: string;
}

/** What became of a batch. */
export interface EmbeddedBatch {
  /** In the order of the batch; `sent` is the beginning of a text that was too long. */
  readonly embedded: readonly {
    readonly item: TitleText;
    readonly sent: string;
    readonly vector: Float32Array;
  }[];
  readonly refused: readonly { readonly item: TitleText; readonly error: ShowrunnerError }[];
  /** Tokens the provider counted; null when it counts none. */
  readonly tokens: number | null;
}

/** Tokens of a text that the provider takes, as far as is known: it falls when the provider finds a text too long. */
export interface TextLimit {
  tokens: number;
}

/** What is left of a text that was too long, each time. */
const SHORTENED = 0.6;
/** A provider that finds so short a text too long means something else. */
const LEAST_TOKENS = 16;

/**
 * Embeds a batch. When the provider refuses it for one of its texts, the batch is halved until that text stands alone,
 * so that the others get their vectors. A text that is too long is shortened until it is taken, and texts after it are
 * not sent any longer than that. Every other error is passed on.
 */
export async function embedTexts(
  embedder: Embedder,
  batch: readonly TitleText[],
  limit: TextLimit,
  signal: AbortSignal,
): Promise<EmbeddedBatch> {
  signal.throwIfAborted();
  const texts = batch.map(({ text }) => truncateToTokens(text, limit.tokens));
  try {
    const answer = await embedder.embed(texts, signal);
    const embedded = batch.flatMap((item, index) => {
      const vector = answer.vectors[index];
      const sent = texts[index];
      return vector && sent !== undefined ? [{ item, sent, vector }] : [];
    });
    return { embedded, refused: [], tokens: answer.tokens };
  } catch (error) {
    const [first] = batch;
    if (!first || !isAboutText(error)) throw error;
    if (batch.length > 1) return embedHalves(embedder, batch, limit, signal, error);
    const shorter = Math.floor(estimateTokens(texts[0] ?? '') * SHORTENED);
    if (error.code !== 'LIMIT_EXCEEDED' || shorter < LEAST_TOKENS)
      return { embedded: [], refused: [{ item: first, error }], tokens: 0 };
    limit.tokens = Math.min(limit.tokens, shorter);
    return embedTexts(embedder, batch, limit, signal);
  }
}

async function embedHalves(
  embedder: Embedder,
  batch: readonly TitleText[],
  limit: TextLimit,
  signal: AbortSignal,
  error: ShowrunnerError,
): Promise<EmbeddedBatch> {
  const middle = Math.ceil(batch.length / 2);
  const left = await embedTexts(embedder, batch.slice(0, middle), limit, signal);
  // A provider that refuses half a batch text by text refuses them all: stop asking.
  if (left.embedded.length === 0 && left.refused.length > 3) throw refusesEverything(error);
  const right = await embedTexts(embedder, batch.slice(middle), limit, signal);
  return {
    embedded: [...left.embedded, ...right.embedded],
    refused: [...left.refused, ...right.refused],
    tokens: left.tokens === null || right.tokens === null ? null : left.tokens + right.tokens,
  };
}

function isAboutText(error: unknown): error is ShowrunnerError {
  return (
    error instanceof ShowrunnerError &&
    error.field === 'text' &&
    (error.code === 'BAD_INPUT' || error.code === 'LIMIT_EXCEEDED')
  );
}

function refusesEverything(error: ShowrunnerError): ShowrunnerError {
  return new ShowrunnerError('PROVIDER_REFUSED', error.message, {
    field: 'EMBEDDING_MODEL',
    remedy: 'Check that the model is an embedding model and that the endpoint accepts lists of texts.',
    cause: error,
  });
}
