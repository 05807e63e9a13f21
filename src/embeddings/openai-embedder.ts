import OpenAI, { APIError } from 'openai';
import { z } from 'zod';
import { ShowrunnerError } from '../platform/errors.ts';
import { wait } from '../platform/wait.ts';
import { checkVectors, readVector } from './check-vectors.ts';
import type { Embedder, EmbeddingAnswer } from './embedder.ts';
import { type ProviderFailure, providerError, retryAfterMs } from './provider-error.ts';
import { OPENAI_HOST, pricePerMillionTokens } from './provider-prices.ts';
import { refusalFetch } from './refusal-fetch.ts';

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
  /** US dollars for a million tokens; OpenAI's own prices are known. */
  readonly pricePerMillionTokens?: number | undefined;
}

const DEFAULT_MODEL = 'text-embedding-3-small';
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
/** A provider that asks for a longer pause ends the call; the caller may come back after it. */
const LONGEST_PAUSE_MS = 30_000;
const CALL_TIMEOUT_MS = 60_000;
/** OpenAI takes 8,192 tokens a text, 2,048 texts and 300,000 tokens a call; the rest is room for the estimate to be wrong. */
const OPENAI_TEXT_TOKENS = 7_500;
const MAX_BATCH_TEXTS = 256;
const MAX_BATCH_TOKENS = 100_000;

const Answer = z.object({
  data: z.array(
    z.object({
      index: z.number().int().nonnegative(),
      // The numbers are looked at one by one when they are read: a schema would take longer than all else.
      embedding: z.union([z.string(), z.custom<readonly unknown[]>(Array.isArray)]),
    }),
  ),
  usage: z.object({ total_tokens: z.number().int().nonnegative() }).partial().nullish(),
});

/** Embeds with OpenAI or any endpoint that answers the same way (Ollama, LM Studio, vLLM, LiteLLM, ...). */
export function createOpenAiEmbedder(options: OpenAiEmbedderOptions): Embedder {
  const { model = DEFAULT_MODEL, dimensions, baseUrl = `https://${OPENAI_HOST}/v1` } = options;
  const provider = new URL(baseUrl).host;
  const client = new OpenAI({
    apiKey: options.apiKey,
    baseURL: baseUrl,
    timeout: CALL_TIMEOUT_MS,
    fetch: refusalFetch,
    // Its own retries neither stop on abort nor bound the pause the provider asks for.
    maxRetries: 0,
  });
  /** Bytes are a third of the size of numbers, and read in a tenth of the time; not every endpoint knows them. */
  let format: 'base64' | 'float' = 'base64';
  /** When the provider wants to be asked again, in ms; a pause holds for all calls. */
  let notBefore = 0;

  async function call(
    texts: readonly string[],
    encoding: 'base64' | 'float',
    runSignal: AbortSignal,
  ): Promise<EmbeddingAnswer> {
    // The client leaves its listener on the signal it is given, and a run makes many calls.
    const signal = AbortSignal.any([runSignal]);
    const response = await client.embeddings
      .create(
        { model, input: [...texts], encoding_format: encoding, ...(dimensions && { dimensions }) },
        { signal },
      )
      .asResponse();
    return readAnswer(await response.text(), texts.length);
  }

  return {
    // Vectors of one model but of different lengths cannot be compared.
    model: dimensions ? `${model}@${dimensions}` : model,
    provider,
    dimensions: dimensions ?? null,
    pricePerMillionTokens: pricePerMillionTokens(provider, model, options.pricePerMillionTokens ?? null),
    maxTextTokens: provider === OPENAI_HOST ? OPENAI_TEXT_TOKENS : Number.POSITIVE_INFINITY,
    maxBatchTexts: MAX_BATCH_TEXTS,
    maxBatchTokens: MAX_BATCH_TOKENS,
    concurrency: options.concurrency ?? 2,
    withModel: (stored) => {
      const [, name = stored, length] = /^(.+)@(\d+)$/.exec(stored) ?? [];
      // A price that the operator gave is that of the model they chose.
      const { pricePerMillionTokens: _own, ...rest } = options;
      return createOpenAiEmbedder({ ...rest, model: name, dimensions: length ? Number(length) : undefined });
    },
    embed: async (texts, signal) => {
      for (let attempt = 1; ; attempt += 1) {
        const restMs = notBefore - Date.now();
        if (restMs > 0) await wait(restMs, signal);
        const asked = format;
        try {
          return await call(texts, asked, signal);
        } catch (cause) {
          signal.throwIfAborted();
          const error =
            cause instanceof ShowrunnerError ? cause : providerError(failureOf(cause, options.apiKey), model);
          // Of several calls that are refused for it, only the first one finds it still set.
          if (asked === 'base64' && error.code === 'BAD_INPUT' && isAboutFormat(error)) {
            format = 'float';
            continue;
          }
          const pauseMs = error.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1);
          if (!error.retryable || attempt === ATTEMPTS || pauseMs > LONGEST_PAUSE_MS) throw error;
          if (error.retryAfterMs !== undefined) notBefore = Math.max(notBefore, Date.now() + pauseMs);
          else await wait(pauseMs, signal);
        }
      }
    },
  };
}

function isAboutFormat({ message }: ShowrunnerError): boolean {
  return /encoding.?format|base64/i.test(message);
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
  const entries = answer.data.data.toSorted((a, b) => a.index - b.index);
  const vectors = checkVectors(
    entries.map(({ embedding }) => readVector(embedding)),
    expected,
    null,
  );
  checkNumbering(entries.map(({ index }) => index));
  // Endpoints that count nothing leave it out or say 0, which no text has.
  const tokens = answer.data.usage?.total_tokens || null;
  return { vectors, tokens };
}

/** Endpoints that number nothing say 0 of every vector and keep the order of the texts; any other repeat is a mix-up. */
function checkNumbering(indexes: readonly number[]): void {
  if (new Set(indexes).size === indexes.length || indexes.every((index) => index === 0)) return;
  throw new ShowrunnerError(
    'PROVIDER_BAD_ANSWER',
    'The embedding provider answered two vectors for one text and none for another.',
    { field: 'OPENAI_BASE_URL', remedy: 'Check that the address is an OpenAI-compatible endpoint.' },
  );
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
