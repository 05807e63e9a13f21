import { setImmediate as nextTurn } from 'node:timers/promises';

/** An async iterator that can be ended from outside, even while its source is silent. Ask it for one item at a time. */
export interface StoppableStream<Item> extends AsyncIterableIterator<Item> {
  /**
   * Ends it at once, and the source is told to clean up: a pending `next` and the one after are done, or reject with
   * `error` when one is given.
   */
  stop(error?: Error): void;
}

/** Items handed on before the event loop gets a turn: a client that reads as fast as we write must not keep it busy. */
const ITEMS_PER_TURN = 50;

/**
 * Wraps a source of items. It pulls an item only when it is asked for one, so that the pace of a slow consumer reaches
 * the source.
 *
 * @param onEnd called once, when it is over for whatever reason, with the error of a source that failed to clean up
 */
export function stoppableStream<Item>(
  source: AsyncIterable<Item>,
  onEnd: (cleanUp: Promise<unknown> | undefined) => void,
): StoppableStream<Item> {
  const iterator = source[Symbol.asyncIterator]();
  let isOver = false;
  const nothingPending = (_error?: Error) => {};
  let finishPending = nothingPending;
  let sinceTurn = 0;
  let stoppedBy: Error | undefined;

  const end = (isSourceDone: boolean, error?: Error) => {
    if (isOver) return;
    isOver = true;
    stoppedBy = error;
    finishPending(error);
    onEnd(isSourceDone ? undefined : iterator.return?.());
  };

  const pull = () =>
    new Promise<IteratorResult<Item, undefined>>((resolve, reject) => {
      finishPending = (error) => {
        if (error) {
          stoppedBy = undefined;
          reject(error);
        } else resolve(done());
      };
      iterator.next().then(
        (result) => {
          finishPending = nothingPending;
          resolve(result.done ? done() : result);
          if (result.done) end(true);
        },
        (error: unknown) => {
          finishPending = nothingPending;
          reject(error);
          end(true);
        },
      );
    });

  return {
    next: async () => {
      sinceTurn += 1;
      if (sinceTurn % ITEMS_PER_TURN === 0) await nextTurn();
      if (!isOver) return pull();
      const error = stoppedBy;
      stoppedBy = undefined;
      if (error) throw error;
      return done();
    },
    return: async () => {
      end(false);
      return done();
    },
    throw: async (error: unknown) => {
      end(false);
      throw error;
    },
    stop: (error) => end(false, error),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function done(): IteratorReturnResult<undefined> {
  return { done: true, value: undefined };
}
