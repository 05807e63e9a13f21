import { type ErrorDetails, ShowrunnerError } from '../platform/errors.ts';

/** Errors that no waiting mends, although they come with the status of a rate limit. */
const NO_CREDIT = new Set(['insufficient_quota', 'billing_hard_limit_reached']);

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
  if (status === 404)
    return refused({
      field: 'EMBEDDING_MODEL',
      value: model,
      remedy: 'Set a model and an address that the provider knows.',
    });
  if (failure.code !== undefined && NO_CREDIT.has(failure.code))
    return refused({ field: 'OPENAI_API_KEY', remedy: "Add credit to the provider's account." });
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
  return new ShowrunnerError('BAD_INPUT', `The embedding provider refused the text (${status}): ${message}`, {
    field: 'text',
    cause,
  });
}

/** Reads a Retry-After header (RFC 9110: seconds or a date) as ms from `nowMs`; undefined when there is none to read. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
