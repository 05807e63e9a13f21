import { setImmediate as nextTurn } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** One result of a subscription. */
export interface Item {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
}

/** The WebSocket address of a server. */
function webSocketUrl(url: string): string {
  return `${url.replace('http', 'ws')}/graphql`;
}

/** A graphql-ws client that brings the key as its first parameters. */
export function webSocketClient(url: string, connectionParams: Record<string, unknown>) {
  return createClient({
    url: webSocketUrl(url),
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 0,
  });
}

/** All items of an operation over WebSocket. */
export async function* overWebSocket(url: string, key: string, query: string): AsyncGenerator<Item> {
  const client = webSocketClient(url, { authorization: `Bearer ${key}` });
  try {
    for await (const { data, errors } of client.iterate({ query })) {
      yield {
        ...(data !== undefined && { data }),
        ...(errors && { errors: errors.map((error) => ({ ...error })) }),
      };
    }
  } finally {
    await client.dispose();
  }
}

/** All items of an operation over SSE (graphql-sse, distinct connections), read with fetch. */
export async function* overSse(
  url: string,
  key: string,
  query: string,
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator<Item> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      accept: 'text/event-stream',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query }),
    signal,
  });
  if (response.status !== 200 || !response.body) throw new Error(`HTTP ${response.status}`);
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const [event, data] = [/^event: (.*)$/m, /^data: (.*)$/m].map((field) => field.exec(block)?.[1]);
      if (event === 'complete') return;
      if (event === 'next') yield JSON.parse(data ?? '');
    }
  }
  throw new Error('The stream ended without completing.');
}

/** A WebSocket that speaks the protocol by hand, to do what no client library would. */
export async function bareWebSocket(
  url: string,
  options: { protocol?: string; authorization?: string } = {},
) {
  const socket = new WebSocket(webSocketUrl(url), options.protocol ?? 'graphql-transport-ws', {
    headers: options.authorization ? { authorization: options.authorization } : {},
  });
  const messages: Record<string, unknown>[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    socket,
    messages,
    closed,
    send: (message: Record<string, unknown>) => socket.send(JSON.stringify(message)),
    /** Waits for a message of this type, and of this operation if given. */
    waitFor: async (type: string, id?: string) => {
      const wanted = () =>
        messages.find((message) => message.type === type && (id === undefined || message.id === id));
      while (!wanted()) await nextTurn();
      return wanted() ?? {};
    },
  };
}
