import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Principal } from '../../schema/principal.ts';
import { serverStopping } from '../jobs/feed.ts';
import type { Logger } from '../platform/log.ts';
import { overLimitError } from './limit-exceeded.ts';
import type { Limits } from './limits.ts';
import { stoppableStream } from './stoppable-stream.ts';
import { tooManySubscriptions } from './too-many.ts';

/** What the server knows of an operation before GraphQL does. */
export interface OperationOrigin {
  /** Who began the operation. */
  readonly principal: Principal;
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

/** An empty set of subscriptions with room for as many as the limits say. */
export function createLiveSubscriptions(limits: Limits, log: Logger): LiveSubscriptions {
  const live = new Map<{ stop(error?: Error): void }, OperationOrigin>();
  const ofKey = new Map<string, number>();
  const countOf = ({ principal: { id } }: OperationOrigin, change = 0) => {
    const count = (ofKey.get(id) ?? 0) + change;
    if (count > 0) ofKey.set(id, count);
    else ofKey.delete(id);
    return count;
  };
  const fullOf = (origin: OperationOrigin) => {
    if (live.size >= limits.subscriptions) return 'subscriptions';
    return countOf(origin) >= limits.subscriptionsPerKey ? 'subscriptionsPerKey' : undefined;
  };

  const track = <Item>(source: AsyncIterable<Item>, origin: OperationOrigin) => {
    const stream = stoppableStream(source, (cleanUp) => {
      live.delete(stream);
      countOf(origin, -1);
      cleanUp?.catch((error: unknown) => log.warn({ err: error }, 'a subscription did not clean up'));
    });
    live.set(stream, origin);
    countOf(origin, 1);
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
        const full = fullOf(args.contextValue);
        if (full) {
          setResultAndStopExecution({ errors: [overLimitError(tooManySubscriptions(full, limits))] });
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
