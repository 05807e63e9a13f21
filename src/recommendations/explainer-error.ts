import { type ErrorDetails, ShowrunnerError } from '../platform/errors.ts';

/** What is known of a failed call: no status when no answer came. */
export interface ExplainerFailure {
  readonly message: string;
  readonly status?: number | undefined;
  /** The provider's own code, such as `insufficient_quota`. */
  readonly code?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause: unknown;
}

/** Errors that no waiting mends, although they come with the status of a rate limit. */
const NO_CREDIT = new Set(['insufficient_quota', 'billing_hard_limit_reached']);

/** Maps a failed call of a language model: the code tells whether to try again, later or not at all. */
export function explainerError(failure: ExplainerFailure, model: string): ShowrunnerError {
  const { status, message, code, cause } = failure;
  if (status === undefined)
    return new ShowrunnerError('PROVIDER_UNREACHABLE', `The language model did not answer: ${message}`, {
      field: 'OPENAI_BASE_URL',
      remedy: 'Check the address of the language model and that it runs.',
      retryable: true,
      cause,
    });
  const isBusy = status === 408 || status === 409 || status === 429 || status >= 500;
  if (isBusy && !(code !== undefined && NO_CREDIT.has(code)))
    return new ShowrunnerError('PROVIDER_UNREACHABLE', `The language model is busy (${status}): ${message}`, {
      retryable: true,
      ...(failure.retryAfterMs !== undefined && { retryAfterMs: failure.retryAfterMs }),
      cause,
    });
  return new ShowrunnerError('PROVIDER_REFUSED', `The language model refused (${status}): ${message}`, {
    ...remedyFor(status, code, model),
    cause,
  });
}

/** Whether a call may have been refused for the form of answer that it asked for. */
export function isUnknownFormat({ status }: ExplainerFailure): boolean {
  return status === 400 || status === 422 || status === 501;
}

function remedyFor(status: number, code: string | undefined, model: string): ErrorDetails {
  if (code !== undefined && NO_CREDIT.has(code))
    return { field: 'OPENAI_API_KEY', remedy: "Add credit to the provider's account." };
  if (status === 401 || status === 403)
    return { field: 'OPENAI_API_KEY', remedy: 'Set a key that may use the chat completions API.' };
  return {
    field: 'EXPLANATION_MODEL',
    value: model,
    remedy: 'Set a chat model that the provider knows, or unset EXPLANATION_MODEL.',
  };
}
