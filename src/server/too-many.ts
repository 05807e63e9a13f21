import { type Exceeded, overLimit } from './limit-exceeded.ts';
import type { Limits } from './limits.ts';
import type { Refusal } from './refusal.ts';

/** What is refused because there is too much of it at the moment; the same may pass later. */

/** A key that asks faster than it may. */
export function tooFast(perSecond: number, retryAfterMs: number): Refusal {
  const { extensions, ...told } = overLimit({
    limit: 'operationsPerSecond',
    max: perSecond,
    message: `A key may send ${perSecond} operations a second.`,
    remedy: `Try again in ${retryAfterMs} ms.`,
    variable: 'SHOWRUNNER_LIMIT_OPERATIONS_PER_SECOND',
  });
  return {
    ...told,
    status: 429,
    extensions: { ...extensions, retryAfterMs },
    headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) },
  };
}

/** One WebSocket more than the server carries. */
export function tooManyWebSockets({ webSockets }: Limits): Refusal {
  return {
    status: 503,
    headers: { 'retry-after': '5' },
    ...overLimit({
      limit: 'webSockets',
      max: webSockets,
      value: webSockets + 1,
      message: `The server carries ${webSockets} WebSocket connections already.`,
      remedy: 'Use one connection for several operations, or try again later.',
      variable: 'SHOWRUNNER_LIMIT_WEBSOCKETS',
    }),
  };
}

/** One operation more than a WebSocket carries. */
export function tooManyOnWebSocket({ operationsPerWebSocket }: Limits): Exceeded {
  return {
    limit: 'operationsPerWebSocket',
    max: operationsPerWebSocket,
    value: operationsPerWebSocket + 1,
    message: `A connection carries ${operationsPerWebSocket} operations at a time.`,
    remedy: 'Complete one first, or open another connection.',
    variable: 'SHOWRUNNER_LIMIT_OPERATIONS_PER_WEBSOCKET',
  };
}

/** One subscription more than the server, or one key, may have. */
export function tooManySubscriptions(
  limit: 'subscriptions' | 'subscriptionsPerKey',
  { [limit]: max }: Limits,
): Exceeded {
  const isOfKey = limit === 'subscriptionsPerKey';
  return {
    limit,
    max,
    value: max + 1,
    message: `${isOfKey ? 'A key' : 'The server'} carries ${max} subscriptions at a time.`,
    remedy: 'Complete one first, or try again later.',
    variable: isOfKey ? 'SHOWRUNNER_LIMIT_SUBSCRIPTIONS_PER_KEY' : 'SHOWRUNNER_LIMIT_SUBSCRIPTIONS',
  };
}
