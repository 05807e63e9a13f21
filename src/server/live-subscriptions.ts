import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { serverStopping } from '../jobs/feed.ts';
import type { Logger } from '../platform/log.ts';
import { refusalError } from './refusal.ts';
import { stoppableStream } from './stoppable-stream.ts';

/** What the server knows of an operation before GraphQL does. */
export interface OperationOrigin {
  /** Whether the key that began the operation is still valid; may close the connection when it is not. */
  readonly isStillAllowed: () => Promise<boolean>;
}

/** The subscriptions that run, whatever transport carries them. */
export interface LiveSubscriptions {
  /** Takes every subscription in. */
  readonly plugin: Plugin<OperationOrigin>;
  /** Ends those whose key was revoked or has expired; a check that still runs is not begun again. */
  recheck(): Promise<void>;
  /** Cuts all off with `SERVER_STOPPING`. */
  stopAll(): void;
}

/** An empty set of subscriptions with room for `limit`. */
export function createLiveSubscriptions(limit: number, log: Logger): LiveSubscriptions {
  const live = new Map<{ stop(error?: Error): void }, OperationOrigin>();

  const track = <Item>(source: AsyncIterable<Item>, origin: OperationOrigin) => {
    const stream = stoppableStream(source, (cleanUp) => {
      live.delete(stream);
      cleanUp?.catch((error: unknown) => log.warn({ err: error }, 'a subscription did not clean up'));
    });
    live.set(stream, origin);
    return stream;
  };

  const recheckAll = async () => {
    for (const [stream, origin] of [...live]) {
      const isAllowed = await origin.isStillAllowed().catch((error: unknown) => {
        log.warn({ err: error }, 'the key of a subscription could not be checked');
        return true;
      });
      if (!isAllowed) stream.stop();
    }
  };
  let rechecking: Promise<void> | undefined;

  return {
    plugin: {
      onSubscribe: ({ args, setResultAndStopExecution }) => {
        if (live.size >= limit) {
          const message = `The server carries ${limit} subscriptions already.`;
          setResultAndStopExecution({ errors: [refusalError({ code: 'LIMIT_EXCEEDED', message })] });
          return undefined;
        }
        return {
          onSubscribeResult: ({ result, setResult }) => {
            if (isAsyncIterable(result)) setResult(track(result, args.contextValue));
          },
        };
      },
    },
    recheck: () => {
      rechecking ??= recheckAll().finally(() => {
        rechecking = undefined;
      });
      return rechecking;
    },
    stopAll: () => {
      for (const stream of [...live.keys()]) stream.stop(serverStopping());
    },
  };
}
