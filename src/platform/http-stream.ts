import type { HttpRequest } from './http-client.ts';
import { fromFetchError, HttpError } from './http-error.ts';

/** A successful answer whose body is still to come. */
export interface HttpStream {
  readonly headers: Headers;
  /** The body; throws HttpError when it breaks off, takes too long or is too large. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** What an answer may take. */
export interface StreamLimits {
  /** Most time from connecting to the last byte. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/**
 * Sends a request, once, and hands the answer to `use` while it arrives. Redirects are not followed. Whatever `use`
 * leaves unread is given up.
 *
 * @throws HttpError; the signal's reason once it is aborted
 */
export async function withStream<Result>(
  request: HttpRequest,
  limits: StreamLimits,
  use: (stream: HttpStream) => Promise<Result>,
): Promise<Result> {
  request.signal.throwIfAborted();
  const controller = new AbortController();
  const forward = () => controller.abort(request.signal.reason);
  request.signal.addEventListener('abort', forward, { once: true });
  const timeout = new HttpError('TIMEOUT', `no complete answer within ${limits.timeoutMs} ms`);
  const timer = setTimeout(() => controller.abort(timeout), limits.timeoutMs);
  try {
    const response = await send(request, controller.signal);
    if (Number(response.headers.get('content-length') ?? 0) > limits.maxBytes)
      throw tooLarge(limits.maxBytes, response.status);
    return await use({
      headers: response.headers,
      chunks: chunksOf(response, controller.signal, limits.maxBytes),
    });
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', forward);
    controller.abort(new DOMException('The answer is not read any further.', 'AbortError'));
  }
}

async function send(request: HttpRequest, signal: AbortSignal): Promise<Response> {
  const response = await fetch(request.url, {
    method: request.method,
    headers: request.headers,
    redirect: 'manual',
    signal,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw fromFetchError(error);
  });
  if (response.ok) return response;
  const location = response.headers.get('location');
  throw new HttpError('STATUS', `status ${response.status}`, {
    status: response.status,
    ...(location && { location }),
  });
}

async function* chunksOf(
  response: Response,
  signal: AbortSignal,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  const { body, status } = response;
  if (!body) return;
  const reader = body.getReader();
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      signal.throwIfAborted();
      throw new HttpError('CUT_BODY', 'the answer broke off', { status, cause: error });
    });
    if (done) return;
    const chunk: Uint8Array = value;
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge(maxBytes, status);
    yield chunk;
  }
}

function tooLarge(maxBytes: number, status: number): HttpError {
  return new HttpError('TOO_LARGE', `the answer is longer than ${maxBytes} bytes`, { status });
}
