import { fromFetchError, HttpError } from './http-error.ts';
import {
  type BackoffOptions,
  mayRepeat,
  parseRetryAfter,
  type Repeatable,
  retryDelay,
} from './http-retry.ts';
import { wait } from './wait.ts';

/** One request; `json`, when given, is sent as its body. */
export interface HttpRequest extends Repeatable {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly signal: AbortSignal;
}

/** A successful answer (status 200 to 299). */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A successful answer whose body is JSON. */
export interface JsonAnswer extends HttpAnswer {
  readonly body: unknown;
}

/** How requests are made. */
export interface HttpOptions extends BackoffOptions {
  /** Most time for one attempt, from connecting to the last byte. */
  readonly timeoutMs: number;
  /** Attempts at most, the first included. */
  readonly tries: number;
  /** Longest body accepted. */
  readonly maxBytes: number;
  /** A number in 0..1, for jitter. */
  readonly random: () => number;
  readonly now: () => Date;
  /** Told before every wait that precedes another attempt. */
  readonly onRetry?: (error: HttpError, attempt: number, delayMs: number) => void;
}

/** Defaults that suit a slow server at home with a large library. */
export const HTTP_DEFAULTS = {
  timeoutMs: 60_000,
  tries: 3,
  backoffMs: 500,
  maxDelayMs: 60_000,
  maxBytes: 64 * 1024 * 1024,
} as const;

/**
 * Sends a request, again after failures that may pass, and returns the answer's text. Redirects are not followed: they
 * would carry the caller's credentials to another server, and turn a POST into a GET.
 *
 * @throws HttpError when every attempt failed or the failure will not pass; the signal's reason once it is aborted
 */
export function requestText(request: HttpRequest, options: HttpOptions): Promise<HttpAnswer> {
  return withRetries(request, options, () => attemptOnce(request, options));
}

/** As `requestText`, for an answer that has to be JSON: a body that is not counts as a failed attempt. */
export function requestJson(request: HttpRequest, options: HttpOptions): Promise<JsonAnswer> {
  return withRetries(request, options, async () => {
    const answer = await attemptOnce(request, options);
    return { ...answer, body: parseJson(answer) };
  });
}

async function withRetries<Answer>(
  request: HttpRequest,
  options: HttpOptions,
  attemptRequest: () => Promise<Answer>,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    request.signal.throwIfAborted();
    try {
      return await attemptRequest();
    } catch (error) {
      request.signal.throwIfAborted();
      if (!(error instanceof HttpError) || attempt >= options.tries || !mayRepeat(error, request))
        throw error;
      const delayMs = retryDelay(attempt, error.retryAfterMs, options.random(), options);
      options.onRetry?.(error, attempt, delayMs);
      await wait(delayMs, request.signal);
    }
  }
}

async function attemptOnce(request: HttpRequest, options: HttpOptions): Promise<HttpAnswer> {
  const controller = new AbortController();
  const forward = () => controller.abort(request.signal.reason);
  request.signal.addEventListener('abort', forward, { once: true });
  const timeout = new HttpError('TIMEOUT', `no complete answer within ${options.timeoutMs} ms`);
  const timer = setTimeout(() => controller.abort(timeout), options.timeoutMs);
  try {
    const response = await send(request, controller.signal);
    const text = await readText(response, controller.signal, options.maxBytes);
    if (response.ok) return { status: response.status, headers: response.headers, text };
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), options.now());
    const location = response.headers.get('location');
    throw new HttpError('STATUS', `status ${response.status}`, {
      status: response.status,
      text,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(location && { location }),
    });
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', forward);
  }
}

async function send(request: HttpRequest, signal: AbortSignal): Promise<Response> {
  const hasBody = request.json !== undefined;
  try {
    return await fetch(request.url, {
      method: request.method,
      headers: {
        accept: 'application/json',
        ...(hasBody && { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(hasBody && { body: JSON.stringify(request.json) }),
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw fromFetchError(error);
  }
}

async function readText(response: Response, signal: AbortSignal, maxBytes: number): Promise<string> {
  if (!response.body) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      const chunk: Uint8Array = value;
      bytes += chunk.byteLength;
      if (bytes > maxBytes) break;
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new HttpError('CUT_BODY', 'the answer broke off', { status: response.status, text, cause: error });
  }
  await reader.cancel();
  throw new HttpError('TOO_LARGE', `the answer is longer than ${maxBytes} bytes`, {
    status: response.status,
  });
}

function parseJson(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch (cause) {
    throw new HttpError('INVALID_BODY', 'the answer is not JSON', {
      status: answer.status,
      text: answer.text.slice(0, 1000),
      cause,
    });
  }
}
