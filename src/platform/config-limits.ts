import { z } from 'zod';
import { wholeNumber } from './config-values.ts';
import { defaulting } from './config-variable.ts';

const MOST = 999_999_999;

/** A limit that `0` lifts. */
function limit(byDefault: number, description: string, most = MOST) {
  return defaulting(
    wholeNumber(0, most).transform((value) => value || Number.POSITIVE_INFINITY),
    { group: 'Limits', description: `${description} \`0\` lifts the limit.`, default: String(byDefault) },
  );
}

/** A limit that always holds. */
function bound(min: number, max: number, byDefault: number, description: string) {
  return defaulting(wholeNumber(min, max), { group: 'Limits', description, default: String(byDefault) });
}

/** The environment variables that bound what callers of the API may ask. */
export const limitVariables = {
  SHOWRUNNER_LIMIT_BODY_BYTES: bound(
    10_000,
    100_000_000,
    1_000_000,
    'Bytes of a request body or WebSocket message at most, 10,000 to 100,000,000.',
  ),
  SHOWRUNNER_LIMIT_TOKENS: bound(
    1_000,
    100_000,
    5_000,
    'Tokens of a GraphQL document at most, 1,000 to 100,000: names, numbers, texts and punctuators.',
  ),
  SHOWRUNNER_LIMIT_DEPTH: limit(20, 'Fields below one another in an operation at most.'),
  SHOWRUNNER_LIMIT_ROOT_FIELDS: limit(20, 'Fields that an operation begins with at most.'),
  SHOWRUNNER_LIMIT_SELECTION_FIELDS: limit(
    100,
    'Fields of one selection at most, those that fragments bring included.',
  ),
  SHOWRUNNER_LIMIT_ALIASES: limit(50, 'Aliases in a document at most.'),
  SHOWRUNNER_LIMIT_DIRECTIVES: limit(50, 'Directives in a document at most.'),
  SHOWRUNNER_LIMIT_COST: limit(
    150_000,
    'Cost of an operation at most: the fields its answer may hold, where the fields in a list count as often as the list is long.',
  ),
  SHOWRUNNER_LIMIT_OPERATIONS_PER_SECOND: limit(
    100,
    'Operations that one key may send in a second, in the long run.',
  ),
  SHOWRUNNER_LIMIT_OPERATIONS_AT_ONCE: bound(
    1,
    1_000_000,
    1_000,
    'Operations that a key which was idle may send at once before it is held to its rate, 1 to 1,000,000.',
  ),
  SHOWRUNNER_LIMIT_OPERATION_SECONDS: limit(
    30,
    'Seconds that a query or mutation may take. PostgreSQL gives up its statement then as well; the embedded database finishes it.',
    86_400,
  ),
  SHOWRUNNER_LIMIT_WEBSOCKETS: limit(2_000, 'WebSocket connections of the server at a time at most.'),
  SHOWRUNNER_LIMIT_OPERATIONS_PER_WEBSOCKET: limit(
    100,
    'Operations, subscriptions included, on one WebSocket connection at a time at most.',
  ),
  SHOWRUNNER_LIMIT_SUBSCRIPTIONS: limit(5_000, 'Subscriptions of the server at a time at most.'),
  SHOWRUNNER_LIMIT_SUBSCRIPTIONS_PER_KEY: limit(1_000, 'Subscriptions of one key at a time at most.'),
} as const;

/** How much callers may ask; `Infinity` where there is no limit. */
export interface LimitValues {
  /** Longest request body and longest WebSocket message, bytes. */
  readonly bodyBytes: number;
  /** Longest document, in tokens of the GraphQL grammar. */
  readonly documentTokens: number;
  /** Fields below one another in an operation. */
  readonly depth: number;
  /** Fields that an operation begins with. */
  readonly rootFields: number;
  /** Fields of one selection, those of fragments included. */
  readonly selectionFields: number;
  /** Aliases in a document. */
  readonly aliases: number;
  /** Directives in a document. */
  readonly directives: number;
  /** Fields that the answer to an operation may hold. */
  readonly cost: number;
  /** Operations of one key a second, in the long run. */
  readonly operationsPerSecond: number;
  /** Operations of one key at once, after it was idle. */
  readonly operationsAtOnce: number;
  /** How long a query or mutation may take, ms. */
  readonly operationMs: number;
  /** WebSocket connections at a time. */
  readonly webSockets: number;
  /** Operations at a time on one WebSocket connection. */
  readonly operationsPerWebSocket: number;
  /** Subscriptions at a time, over all connections. */
  readonly subscriptions: number;
  /** Subscriptions of one key at a time. */
  readonly subscriptionsPerKey: number;
}

const parser = z.object(limitVariables);

/** The limits as the variables say. */
export function limitsOf(values: z.output<typeof parser>): LimitValues {
  return {
    bodyBytes: values.SHOWRUNNER_LIMIT_BODY_BYTES,
    documentTokens: values.SHOWRUNNER_LIMIT_TOKENS,
    depth: values.SHOWRUNNER_LIMIT_DEPTH,
    rootFields: values.SHOWRUNNER_LIMIT_ROOT_FIELDS,
    selectionFields: values.SHOWRUNNER_LIMIT_SELECTION_FIELDS,
    aliases: values.SHOWRUNNER_LIMIT_ALIASES,
    directives: values.SHOWRUNNER_LIMIT_DIRECTIVES,
    cost: values.SHOWRUNNER_LIMIT_COST,
    operationsPerSecond: values.SHOWRUNNER_LIMIT_OPERATIONS_PER_SECOND,
    operationsAtOnce: values.SHOWRUNNER_LIMIT_OPERATIONS_AT_ONCE,
    operationMs: values.SHOWRUNNER_LIMIT_OPERATION_SECONDS * 1_000,
    webSockets: values.SHOWRUNNER_LIMIT_WEBSOCKETS,
    operationsPerWebSocket: values.SHOWRUNNER_LIMIT_OPERATIONS_PER_WEBSOCKET,
    subscriptions: values.SHOWRUNNER_LIMIT_SUBSCRIPTIONS,
    subscriptionsPerKey: values.SHOWRUNNER_LIMIT_SUBSCRIPTIONS_PER_KEY,
  };
}

/** The limits where no variable is set. */
export const DEFAULT_LIMIT_VALUES: LimitValues = limitsOf(parser.parse({}));
