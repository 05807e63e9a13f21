import { databaseFailure } from '../platform/database-failure.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { wait } from '../platform/wait.ts';

const RETRY_MS = 500;

/** What ends a feed from outside. */
export interface FeedSignals {
  /** The subscriber has left. */
  readonly signal: AbortSignal;
  /** The process stops: tell what is stored, then end. */
  readonly ending: AbortSignal;
}

/** The error that ends a feed which is not over when the process stops; a feed that just ends is whole. */
export function serverStopping(): ShowrunnerError {
  return new ShowrunnerError('SERVER_STOPPING', 'The server is stopping.', {
    remedy: 'Connect again in a moment; a subscription goes on from the cursor of its last item.',
    retryable: true,
  });
}

/** Reads from the database; `otherwise` while that is away, after a short wait, as long as the feed goes on. */
export async function patiently<Result>(
  read: () => Promise<Result>,
  otherwise: Result,
  { signal, ending }: FeedSignals,
): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (!databaseFailure(error)) throw error;
    if (ending.aborted) throw serverStopping();
    await wait(RETRY_MS, AbortSignal.any([signal, ending])).catch(() => {});
    return otherwise;
  }
}

/** A feed as its subscriber holds it. */
export interface Feed<Item> extends AsyncIterableIterator<Item> {
  /** Settles when it is over for whatever reason; never rejects. */
  readonly over: Promise<void>;
}

/**
 * Makes an async generator that can be ended at any time. A plain one answers `return()` only after the await it
 * hangs in, which for a quiet run may be never: the subscriber would stay registered for ever.
 *
 * @param closed what is asked for after this aborts is refused with `SERVER_STOPPING`
 */
export function endable<Item>(
  start: (signal: AbortSignal) => AsyncGenerator<Item, void>,
  closed: AbortSignal,
): Feed<Item> {
  const controller = new AbortController();
  const items = start(controller.signal);
  let isOver = () => {};
  const over = new Promise<void>((resolve) => {
    isOver = resolve;
  });
  return {
    over,
    next: async () => {
      try {
        if (closed.aborted) throw serverStopping();
        const result = await items.next();
        if (result.done) isOver();
        return result;
      } catch (error) {
        isOver();
        throw error;
      }
    },
    return: () => {
      controller.abort();
      isOver();
      return items.return();
    },
    throw: (error: unknown) => {
      controller.abort();
      isOver();
      return items.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
