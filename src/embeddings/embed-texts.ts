import { ShowrunnerError } from '../platform/errors.ts';
import type { Embedder } from './embedder.ts';

/** A text to embed, with the title it is of. */
export interface TitleText {
  readonly titleId: number;
  readonly name: string;
  readonly text: string;
  readonly textHash: string;
}

/** What became of a batch: texts with a vector, in order, and texts that the provider refused. */
export interface EmbeddedBatch {
  readonly embedded: readonly { readonly item: TitleText; readonly vector: Float32Array }[];
  readonly refused: readonly { readonly item: TitleText; readonly error: ShowrunnerError }[];
  readonly tokens: number;
}

/**
 * Embeds a batch. When the provider refuses it for one of its texts, the batch is halved until that text stands alone,
 * so that the others get their vectors; every other error is passed on.
 */
export async function embedTexts(
  embedder: Embedder,
  batch: readonly TitleText[],
  signal: AbortSignal,
): Promise<EmbeddedBatch> {
  signal.throwIfAborted();
  try {
    const answer = await embedder.embed(
      batch.map((item) => item.text),
      signal,
    );
    const embedded = batch.flatMap((item, index) => {
      const vector = answer.vectors[index];
      return vector ? [{ item, vector }] : [];
    });
    return { embedded, refused: [], tokens: answer.tokens };
  } catch (error) {
    const [first] = batch;
    if (!first || !isRefusedText(error)) throw error;
    if (batch.length === 1) return { embedded: [], refused: [{ item: first, error }], tokens: 0 };
    const middle = Math.ceil(batch.length / 2);
    const left = await embedTexts(embedder, batch.slice(0, middle), signal);
    // A provider that refuses half a batch text by text refuses them all: stop asking.
    if (left.embedded.length === 0 && left.refused.length > 3) throw refusesEverything(error);
    const right = await embedTexts(embedder, batch.slice(middle), signal);
    return {
      embedded: [...left.embedded, ...right.embedded],
      refused: [...left.refused, ...right.refused],
      tokens: left.tokens + right.tokens,
    };
  }
}

function isRefusedText(error: unknown): error is ShowrunnerError {
  return error instanceof ShowrunnerError && error.code === 'BAD_INPUT' && error.field === 'text';
}

function refusesEverything(error: ShowrunnerError): ShowrunnerError {
  return new ShowrunnerError('PROVIDER_REFUSED', error.message, {
    field: 'EMBEDDING_MODEL',
    remedy: 'Check that the model is an embedding model and that the endpoint accepts lists of texts.',
    cause: error,
  });
}
