import { setTimeout as wait } from 'node:timers/promises';
import OpenAI, { APIError } from 'openai';
import { z } from 'zod';
import { ShowrunnerError } from '../platform/errors.ts';
import { checkVectors } from './check-vectors.ts';
import type { Embedder, EmbeddingAnswer } from './embedder.ts';
import { type ProviderFailure, providerError, retryAfterMs } from './provider-error.ts';

/** Settings of an embedding provider that speaks OpenAI's embeddings API. */
export interface OpenAiEmbedderOptions {
  readonly apiKey: string;
  /** Endpoint up to and with `/v1`; OpenAI's own when left out. */
  readonly baseUrl?: string | undefined;
  /** Default `text-embedding-3-small`. */
  readonly model?: string | undefined;
  /** Length of the vectors to ask for, where the model lets one choose. */
  readonly dimensions?: number | undefined;
  /** Calls open at the same time, default 2. */
  readonly concurrency?: number | undefined;
}

const DEFAULT_MODEL = 'text-embedding-3-small';
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
/** A provider that asks for a longer pause ends the call; the caller may come back after it. */
const LONGEST_PAUSE_MS = 30_000;
const CALL_TIMEOUT_MS = 60_000;

const Answer = z.object({
  data: z.array(z.object({ index: z.number().int().nonnegative(), embedding: z.array(z.number()) })),
  usage: z.object({ total_tokens: z.number().int().nonnegative() }).partial().nullish(),
});

/** Embeds with OpenAI or any endpoint that answers the same way (Ollama, LM Studio, vLLM, LiteLLM, ...). */
export function createOpenAiEmbedder(options: OpenAiEmbedderOptions): Embedder {
  const { model = DEFAULT_MODEL, dimensions } = options;
  const client = new OpenAI({
    apiKey: options.apiKey,
    baseURL: options.baseUrl ?? 'https://api.openai.com/v1',
    timeout: CALL_TIMEOUT_MS,
    // Its own retries neither stop on abort nor bound the pause the provider asks for.
    maxRetries: 0,
  });

  async function call(texts: readonly string[], runSignal: AbortSignal): Promise<EmbeddingAnswer> {
    // The client leaves its listener on the signal it is given, and a run makes many calls.
    const signal = AbortSignal.any([runSignal]);
    const response = await client.embeddings
      .create(
        { model, input: [...texts], encoding_format: 'float', ...(dimensions && { dimensions }) },
        { signal },
      )
      .asResponse();
    return readAnswer(await response.text(), texts.length);
  }

  return {
    // Vectors of one model but of different lengths cannot be compared.
    model: dimensions ? `${model}@${dimensions}` : model,
    dimensions: dimensions ?? null,
    maxBatchTexts: 256,
    maxBatchTokens: 100_000,
    concurrency: options.concurrency ?? 2,
    embed: async (texts, signal) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await call(texts, signal);
        } catch (cause) {
          signal.throwIfAborted();
          const error =
            cause instanceof ShowrunnerError ? cause : providerError(failureOf(cause, options.apiKey), model);
          const pause = error.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1);
          if (!error.retryable || attempt === ATTEMPTS || pause > LONGEST_PAUSE_MS) throw error;
          await wait(pause, undefined, { signal });
        }
      }
    },
  };
}

function readAnswer(body: string, expected: number): EmbeddingAnswer {
  const answer = Answer.safeParse(parseJson(body));
  if (!answer.success) {
    throw new ShowrunnerError(
      'PROVIDER_BAD_ANSWER',
      'The embedding provider answered something else than vectors.',
      {
        field: 'OPENAI_BASE_URL',
        remedy: 'Check that the address is an OpenAI-compatible endpoint, with its /v1.',
      },
    );
  }
  const vectors = answer.data.data.toSorted((a, b) => a.index - b.index).map((entry) => entry.embedding);
  return {
    vectors: checkVectors(vectors, expected, null),
    tokens: answer.data.usage?.total_tokens ?? 0,
  };
}

function failureOf(cause: unknown, apiKey: string): ProviderFailure {
  const text = cause instanceof Error ? cause.message : String(cause);
  // Providers like to repeat the key in their refusal; a short one is a placeholder and may be a word of the message.
  const hidden = apiKey.length < 8 ? text : text.replaceAll(apiKey, '***');
  const message = hidden.replace(/\bsk-[\w*-]+/g, '***').slice(0, 300);
  if (!(cause instanceof APIError)) return { message, cause };
  return {
    message,
    status: cause.status,
    code: cause.code ?? undefined,
    retryAfterMs: retryAfterMs(cause.headers?.get('retry-after') ?? null, Date.now()),
    cause,
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
