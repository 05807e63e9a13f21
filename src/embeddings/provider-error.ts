import { type ErrorDetails, ShowrunnerError } from '../platform/errors.ts';

/** Errors that no waiting mends, although they come with the status of a rate limit. */
const NO_CREDIT = new Set(['insufficient_quota', 'billing_hard_limit_reached']);

/** Statuses of a call that may have been refused for what one of its texts is. */
const OF_THE_TEXT = new Set([400, 422]);
/** OpenAI says so with the status of a rate limit, llama.cpp with that of a fault. */
const MAY_BE_OF_THE_TEXT = new Set([...OF_THE_TEXT, 429, 500]);

/** How OpenAI, Ollama, vLLM and llama.cpp say that a text or a batch has too many tokens. */
const TOO_LONG =
  /(maximum|max)[\w ]{0,20} (context|input|sequence)? ?length|exceeds?[\w ]{0,20} (context|input|maximum)|too (long|large|many tokens)|max(imum)? [\d,]+ tokens|context_length/i;

/** What is known of a failed call: no status when no answer came. */
export interface ProviderFailure {
  readonly message: string;
  readonly status?: number | undefined;
  /** The provider's own code, such as `insufficient_quota`. */
  readonly code?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause: unknown;
}

/** Maps a failed call: the code of the result tells whether to retry, give one text up, or stop. */
export function providerError(failure: ProviderFailure, model: string): ShowrunnerError {
  const { status, message, cause } = failure;
  if (status === undefined) {
    return new ShowrunnerError('PROVIDER_UNREACHABLE', `The embedding provider did not answer: ${message}`, {
      field: 'OPENAI_BASE_URL',
      remedy: 'Check the address of the embedding provider and that it runs.',
      retryable: true,
      cause,
    });
  }
  const refused = (details: ErrorDetails) =>
    new ShowrunnerError('PROVIDER_REFUSED', `The embedding provider refused (${status}): ${message}`, {
      ...details,
      cause,
    });
  if (status === 401 || status === 403)
    return refused({ field: 'OPENAI_API_KEY', remedy: 'Set a key that may use the embeddings API.' });
  if (status === 404 || failure.code === 'model_not_found')
    return refused({ field: 'EMBEDDING_MODEL', value: model, remedy: remedyForUnknownModel(message, model) });
  if (status === 402 || (failure.code !== undefined && NO_CREDIT.has(failure.code)))
    return refused({ field: 'OPENAI_API_KEY', remedy: "Add credit to the provider's account." });
  if (status === 413 || (MAY_BE_OF_THE_TEXT.has(status) && TOO_LONG.test(message)))
    return new ShowrunnerError(
      'LIMIT_EXCEEDED',
      `The embedding provider finds the text too long (${status}): ${message}`,
      { field: 'text', cause },
    );
  if (status === 408 || status === 409 || status === 429 || status >= 500) {
    return new ShowrunnerError(
      'PROVIDER_UNREACHABLE',
      `The embedding provider is busy (${status}): ${message}`,
      {
        retryable: true,
        ...(failure.retryAfterMs !== undefined && { retryAfterMs: failure.retryAfterMs }),
        cause,
      },
    );
  }
  if (!OF_THE_TEXT.has(status))
    return refused({
      field: 'OPENAI_BASE_URL',
      remedy: 'Check that the address is an OpenAI-compatible endpoint, with its /v1.',
    });
  if (/\bdimensions\b/i.test(message))
    return refused({
      field: 'EMBEDDING_DIMENSIONS',
      remedy: 'Unset it, or set a length that the model offers.',
    });
  return new ShowrunnerError('BAD_INPUT', `The embedding provider refused the text (${status}): ${message}`, {
    field: 'text',
    cause,
  });
}

/** Ollama answers so for a model that is known to its makers and not yet on the machine. */
function remedyForUnknownModel(message: string, model: string): string {
  if (/\bpull/i.test(message)) return `Pull it first (ollama pull ${model}), or set another model.`;
  return 'Set a model and an address that the provider knows.';
}

/** Reads a Retry-After header (RFC 9110: seconds or a date) as ms from `nowMs`; undefined when there is none to read. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
