import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { isCutOff } from './cut-off.ts';
import { resultText } from './shared-execution.ts';

/** Keeps proxies from closing a quiet stream. */
const COMMENT_MS = 12_000;
const COMMENT = ':\n\n';
const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  'content-encoding': 'none',
  connection: 'keep-alive',
};

/**
 * Subscriptions as server-sent events (graphql-sse, distinct connections:
 * https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md), a result at a time as the client reads. Unlike with
 * the engine's own, a stream that is cut off because the server stops ends without `complete`.
 */
export const eventStreams: Plugin = {
  onResultProcess: ({ result, resultProcessor, setResultProcessor }) => {
    // The engine has found that the client takes event streams.
    if (isAsyncIterable(result) && resultProcessor)
      setResultProcessor(
        (_result, { Response }) => new Response(eventStream(result), { headers: HEADERS }),
        'text/event-stream',
      );
  },
};

function eventStream(results: AsyncIterable<ExecutionResult>): ReadableStream<Uint8Array> {
  const iterator = results[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let comments: NodeJS.Timeout | undefined;
  return new ReadableStream({
    start: (controller) => {
      // Some browsers show a response only when something has come.
      controller.enqueue(encoder.encode(COMMENT));
      comments = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(COMMENT));
      }, COMMENT_MS);
    },
    pull: async (controller) => {
      const { done, value } = await iterator.next();
      // The engine turns an error that ends a stream into a last result.
      const isCut = value?.errors?.some(isCutOff) ?? false;
      if (!isCut) controller.enqueue(encoder.encode(done ? event('complete') : event('next', value)));
      if (!isCut && !done) return;
      clearInterval(comments);
      controller.close();
    },
    cancel: async () => {
      clearInterval(comments);
      await iterator.return?.();
    },
  });
}

function event(name: 'next' | 'complete', result?: ExecutionResult): string {
  return `event: ${name}\ndata: ${result ? resultText(result) : ''}\n\n`;
}
