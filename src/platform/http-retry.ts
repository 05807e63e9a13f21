import type { HttpError } from './http-error.ts';

/** What decides whether a request may be sent again. */
export interface Repeatable {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Whether sending it twice does the same as sending it once; a GET always is. */
  readonly idempotent?: boolean;
}

/** How long to wait between attempts; times in ms. */
export interface BackoffOptions {
  /** First wait, doubled for every further one. */
  readonly backoffMs: number;
  /** No wait is longer than this, whatever the server asks for. */
  readonly maxDelayMs: number;
}

const NOTHING_DONE = new Set([429, 503]);
const WORTH_REPEATING = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Whether a failed request may be sent again: always when it never reached the server or the server turned it away
 * unread (429, 503), otherwise only when repeating it does no harm. A broken body is worth another try for a GET,
 * but not when it is a web page: that comes from another server than the one meant, time after time.
 */
export function mayRepeat(error: HttpError, request: Repeatable): boolean {
  if (error.failure === 'NOT_CONNECTED') return true;
  if (error.status !== undefined && error.failure === 'STATUS' && NOTHING_DONE.has(error.status)) return true;
  if (request.method !== 'GET' && !request.idempotent) return false;
  switch (error.failure) {
    case 'CONNECTION_LOST':
    case 'TIMEOUT':
      return true;
    case 'STATUS':
      return error.status !== undefined && WORTH_REPEATING.has(error.status);
    case 'CUT_BODY':
      return request.method === 'GET';
    case 'INVALID_BODY':
      return request.method === 'GET' && !looksLikeMarkup(error.text);
    default:
      return false;
  }
}

/** Whether a body is HTML or XML rather than the JSON that was asked for. */
export function looksLikeMarkup(text: string): boolean {
  return text.trimStart().startsWith('<');
}

/**
 * Wait before the next attempt: what the server asked for, else exponential backoff of which the upper half is random.
 *
 * @param attempt number of the attempt that failed, from 1
 * @param random 0..1
 */
export function retryDelay(
  attempt: number,
  retryAfterMs: number | undefined,
  random: number,
  options: BackoffOptions,
): number {
  if (retryAfterMs !== undefined) return Math.min(retryAfterMs, options.maxDelayMs);
  const ceiling = options.backoffMs * 2 ** (attempt - 1);
  return Math.min(ceiling * (0.5 + random / 2), options.maxDelayMs);
}

/** Reads a Retry-After header (seconds or an HTTP date, RFC 9110 §10.2.3) as ms from `now`; undefined when absent or unreadable. */
export function parseRetryAfter(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = /^[a-z]/i.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
