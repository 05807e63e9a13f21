import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { MediaServerOptions } from '../../../src/media-server/connect.ts';
import { createMediaServer } from '../../../src/media-server/connect.ts';
import type { MediaServer } from '../../../src/media-server/media-server.ts';
import { createLogger } from '../../../src/platform/log.ts';

/** A request as the scripted server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** What to answer: JSON with a status, or free hand over the response. */
export type Answer =
  | {
      readonly status?: number;
      readonly headers?: Record<string, string>;
      readonly json?: unknown;
      readonly text?: string;
    }
  | ((response: ServerResponse) => void);

/** A real HTTP server that answers as a test tells it, and remembers what it was asked. */
export interface ScriptedServer {
  readonly url: string;
  readonly requests: SeenRequest[];
  /** The most requests that were open at the same time. */
  readonly mostAtOnce: () => number;
  close(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1. */
export async function startScriptedServer(
  answer: (request: SeenRequest) => Answer | Promise<Answer>,
): Promise<ScriptedServer> {
  const requests: SeenRequest[] = [];
  let open = 0;
  let most = 0;
  const server = createServer((incoming, response) => {
    open++;
    most = Math.max(most, open);
    response.once('close', () => {
      open--;
    });
    void readRequest(incoming).then(async (request) => {
      requests.push(request);
      const reply = await answer(request);
      if (typeof reply === 'function') return reply(response);
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
      response.end(reply.text ?? (reply.json === undefined ? '' : JSON.stringify(reply.json)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    mostAtOnce: () => most,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  const url = new URL(incoming.url ?? '/', 'http://server');
  return {
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

export const KEY = 'k3y-of-the-test';

export const JELLYFIN_INFO = {
  Id: 'srv',
  ServerName: 'Home',
  Version: '12.0.0',
  ProductName: 'Jellyfin Server',
};
export const EMBY_INFO = { Id: 'srv', ServerName: 'Home', Version: '4.9.0.42' };

/** A client of the scripted server that retries quickly. */
export function clientOf(
  server: { readonly url: string },
  options: Partial<MediaServerOptions> = {},
): MediaServer {
  return createMediaServer({
    url: server.url,
    apiKey: KEY,
    log: createLogger('silent'),
    random: () => 0.5,
    now: () => new Date(),
    ...options,
    http: { backoffMs: 1, maxDelayMs: 20, timeoutMs: 5_000, ...options.http },
  });
}

/** A signal that nobody aborts. */
export const calm = (): AbortSignal => new AbortController().signal;

/** Everything an iterable of pages yields. */
export async function gather<Item>(
  pages: AsyncIterable<{ readonly items: readonly Item[]; readonly skipped: number }>,
): Promise<{ items: Item[]; skipped: number }> {
  const items: Item[] = [];
  let skipped = 0;
  for await (const page of pages) {
    items.push(...page.items);
    skipped += page.skipped;
  }
  return { items, skipped };
}

/** A promise that a test resolves itself. */
export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
