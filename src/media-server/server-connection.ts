import { ShowrunnerError } from '../platform/errors.ts';
import { type HttpOptions, requestJson, requestText } from '../platform/http-client.ts';
import { HttpError } from '../platform/http-error.ts';
import { type HttpStream, type StreamLimits, withStream } from '../platform/http-stream.ts';
import { createTurnstile } from '../platform/turnstile.ts';
import { type DialectRules, get, type ServerRequest } from './dialect.ts';
import { emby } from './emby.ts';
import { jellyfin } from './jellyfin.ts';
import type { Dialect, ServerInfo } from './media-server.ts';
import { parseServerInfo } from './parse-server.ts';
import { badAnswer, notAMediaServer, toServerError } from './server-errors.ts';
import { requestUrl } from './server-url.ts';

const DIALECTS: Readonly<Record<Dialect, DialectRules>> = { jellyfin, emby };

/** Requests to one media server, one at a time, in its dialect and with its key. */
export interface ServerConnection {
  readonly base: URL;
  /** The server's dialect: asked for once, at the first call. */
  rules(signal: AbortSignal): Promise<DialectRules>;
  /** What the server's clock said in its last answer, to the second; null when it never said. */
  serverTime(): Date | null;
  /** Asks who the server is without the key, then whether it takes the key. */
  identify(signal: AbortSignal): Promise<ServerInfo>;
  /** Asks for JSON. */
  read(request: ServerRequest, signal: AbortSignal): Promise<unknown>;
  /** Sends something whose answer, if any, says nothing that is needed. */
  send(request: ServerRequest, signal: AbortSignal): Promise<void>;
  /** Asks for JSON with headers of one's own in place of the key, without waiting for a turn. */
  readAs(
    headers: Readonly<Record<string, string>>,
    request: ServerRequest,
    signal: AbortSignal,
  ): Promise<unknown>;
  /** Asks for something that is no JSON, once, and hands it to `use` while it arrives. */
  open<Result>(
    request: ServerRequest,
    limits: StreamLimits,
    signal: AbortSignal,
    use: (answer: HttpStream) => Promise<Result>,
  ): Promise<Result>;
}

/** Opens nothing yet: the first request connects. A `dialect` that is given is believed. */
export function createServerConnection(
  base: URL,
  apiKey: string,
  dialect: Dialect | undefined,
  http: HttpOptions,
): ServerConnection {
  const takeTurn = createTurnstile();
  let known: Dialect | undefined = dialect;
  let serverTime: Date | null = null;

  const ask = async (
    request: ServerRequest,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ) => {
    const url = requestUrl(base, request.path, request.query);
    const call = { ...request, url, headers, signal };
    try {
      if (request.method !== 'GET') return await requestText(call, http);
      const { body, headers: answered } = await requestJson(call, http);
      serverTime = parseHttpDate(answered.get('date')) ?? serverTime;
      return body;
    } catch (error) {
      throw error instanceof HttpError ? toServerError(error, { url, apiKey }) : error;
    }
  };

  const askWhoItIs = async (signal: AbortSignal): Promise<ServerInfo> => {
    const answer = await ask(get('/System/Info/Public'), {}, signal).catch((error: unknown) => {
      throw isSomebodyElse(error) ? notAMediaServer(base, error) : error;
    });
    const info = parseServerInfo(answer);
    if (!info) throw notAMediaServer(base);
    known ??= info.dialect;
    return { ...info, dialect: known };
  };

  const rules = async (signal: AbortSignal): Promise<DialectRules> => {
    signal.throwIfAborted();
    if (known) return DIALECTS[known];
    return takeTurn(signal, async () => DIALECTS[known ?? (await askWhoItIs(signal)).dialect]);
  };

  const askWithKey = async (request: ServerRequest, signal: AbortSignal) => {
    const { authorization } = await rules(signal);
    return takeTurn(signal, () => ask(request, authorization(apiKey), signal));
  };

  return {
    base,
    rules,
    serverTime: () => serverTime,
    identify: async (signal) => {
      const info = await takeTurn(signal, () => askWhoItIs(signal));
      const answer = parseServerInfo(await askWithKey(get('/System/Info'), signal));
      if (!answer)
        throw badAnswer('The media server took the key but said nothing of itself.', { retryable: true });
      return { ...answer, dialect: info.dialect };
    },
    read: askWithKey,
    send: async (request, signal) => {
      await askWithKey(request, signal);
    },
    readAs: async (headers, request, signal) => {
      const url = requestUrl(base, request.path, request.query);
      try {
        return (await requestJson({ ...request, url, headers, signal }, http)).body;
      } catch (error) {
        throw error instanceof HttpError ? toServerError(error, { url, apiKey }) : error;
      }
    },
    open: async (request, limits, signal, use) => {
      const { authorization } = await rules(signal);
      const url = requestUrl(base, request.path, request.query);
      const call = { ...request, url, headers: authorization(apiKey), signal };
      try {
        return await takeTurn(signal, () => withStream(call, limits, use));
      } catch (error) {
        throw error instanceof HttpError ? toServerError(error, { url, apiKey }) : error;
      }
    },
  };
}

function parseHttpDate(text: string | null): Date | null {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Every server answers this question without a key, in JSON and without a redirect (which is an error of its own). */
function isSomebodyElse(error: unknown): boolean {
  if (!(error instanceof ShowrunnerError) || error.retryable) return false;
  const isRedirect = error.cause instanceof HttpError && error.cause.location !== undefined;
  return ['MEDIA_SERVER_REFUSED', 'MEDIA_SERVER_BAD_ANSWER'].includes(error.code) && !isRedirect;
}
