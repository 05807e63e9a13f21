import { GraphQLError } from 'graphql';
import { ShowrunnerError } from '../platform/errors.ts';

/**
 * Whether an error ends a stream of results only because the server stops. Such a stream is not whole: its client must
 * not be told that it is complete, so that it comes back for the rest.
 */
export function isCutOff(error: unknown): boolean {
  if (error instanceof ShowrunnerError) return error.code === 'SERVER_STOPPING';
  if (!(error instanceof GraphQLError)) return false;
  return error.extensions.code === 'SERVER_STOPPING' || isCutOff(error.originalError);
}

const cut = new WeakSet<object>();

/**
 * A stream that stays open when its source is cut off: it says nothing any more, and neither ends nor fails, until its
 * connection is closed.
 */
export function openWhenCutOff<Item>(source: AsyncIterable<Item>): AsyncIterableIterator<Item> {
  const iterator = source[Symbol.asyncIterator]();
  const stream: AsyncIterableIterator<Item> = {
    next: async () => {
      try {
        return await iterator.next();
      } catch (error) {
        if (!isCutOff(error)) throw error;
        cut.add(stream);
        return new Promise(() => {});
      }
    },
    return: async () => {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  return stream;
}

/** Whether `operation` is a stream made by `openWhenCutOff` whose source was cut off. */
export function wasCutOff(operation: object | null): boolean {
  return operation !== null && cut.has(operation);
}
