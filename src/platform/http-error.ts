/**
 * How an HTTP exchange failed. `NOT_CONNECTED` and `UNTRUSTED` (its TLS certificate was refused) mean that the request
 * surely never reached the server; after `CONNECTION_LOST` and `TIMEOUT` nobody knows.
 */
export type HttpFailure =
  | 'NOT_CONNECTED'
  | 'UNTRUSTED'
  | 'CONNECTION_LOST'
  | 'TIMEOUT'
  | 'STATUS'
  | 'CUT_BODY'
  | 'INVALID_BODY'
  | 'TOO_LARGE';

/** What is known of a failed exchange; `text` is the body as far as it came. */
export interface HttpErrorDetails {
  readonly status?: number;
  readonly text?: string;
  /** The system's or library's own word, such as `ECONNREFUSED`. */
  readonly code?: string;
  /** Where a redirect points. */
  readonly location?: string;
  /** What the server asked for by Retry-After, in ms from now. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** A failed HTTP exchange, in transport's terms; callers turn it into an error of their domain. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly failure: HttpFailure;
  readonly status: number | undefined;
  readonly text: string;
  readonly code: string | undefined;
  readonly location: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(failure: HttpFailure, message: string, details: HttpErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.failure = failure;
    this.status = details.status;
    this.text = details.text ?? '';
    this.code = details.code;
    this.location = details.location;
    this.retryAfterMs = details.retryAfterMs;
  }
}

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const BAD_CERTIFICATE = /CERT|SELF_SIGNED|^ERR_TLS|^ERR_SSL|UNABLE_TO_VERIFY/;

/** Classifies what `fetch` threw before an answer began, by the error code of its innermost cause. */
export function fromFetchError(error: unknown): HttpError {
  const code = codeOf(error);
  const details = { cause: error, ...(code && { code }) };
  if (code && NEVER_CONNECTED.has(code))
    return new HttpError('NOT_CONNECTED', `no connection (${code})`, details);
  if (code && BAD_CERTIFICATE.test(code)) return new HttpError('UNTRUSTED', `TLS refused (${code})`, details);
  return new HttpError('CONNECTION_LOST', `connection lost${code ? ` (${code})` : ''}`, details);
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if ('errors' in error && Array.isArray(error.errors)) return codeOf(error.errors[0]);
  return 'cause' in error ? codeOf(error.cause) : undefined;
}
