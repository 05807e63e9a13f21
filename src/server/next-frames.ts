import type { ExecutionResult } from 'graphql';
import { resultText } from './shared-execution.ts';

/**
 * Sends the results of a subscription as `next` messages of graphql-transport-ws and then ends: to graphql-ws it looks
 * like a subscription without results. graphql-ws would write and check each message anew for each client; the payload
 * here is written once for all that share it. The next result is asked for when `send` has resolved.
 */
export function nextFrames(
  results: AsyncIterable<ExecutionResult>,
  id: string,
  send: (message: string) => Promise<void>,
): AsyncIterableIterator<never, undefined> {
  const iterator = results[Symbol.asyncIterator]();
  const before = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  const end = async () => {
    await iterator.return?.();
  };
  const sendAll = async () => {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      await send(`${before}${resultText(next.value)}}`);
    }
  };
  return {
    next: async () => {
      try {
        await sendAll();
      } catch (error) {
        await end();
        throw error;
      }
      return { done: true, value: undefined };
    },
    return: async () => {
      await end();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
