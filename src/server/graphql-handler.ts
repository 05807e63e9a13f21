import type { GraphQLSchema } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import { errorMasking, maskError } from '../../schema/errors.ts';
import type { Principal } from '../../schema/principal.ts';
import type { LimitValues } from '../platform/config-limits.ts';
import type { Logger } from '../platform/log.ts';
import { eventStreams } from './event-stream.ts';
import type { OperationOrigin } from './live-subscriptions.ts';
import { costLimit, documentLimits } from './operation-limits.ts';
import { operationTimeout } from './operation-timeout.ts';
import { sharedExecution } from './shared-execution.ts';

/** What the server tells GraphQL of a request, on both transports. */
interface RequestOrigin extends OperationOrigin {
  readonly requestId: string;
  /** Network address of the caller. */
  readonly address?: string | undefined;
}

/** What every context of resolvers has. */
interface RequestContext {
  readonly requestId: string;
}

/** GraphQL as both transports use it. */
export type GraphqlHandler = YogaServerInstance<RequestOrigin, RequestContext>;

/** Makes the context of the resolvers. */
export type BuildContext = (
  principal: Principal,
  requestId: string,
  address: string | null,
) => RequestContext | Promise<RequestContext>;

/** What GraphQL is made of. */
export interface GraphqlOptions {
  readonly schema: GraphQLSchema;
  readonly buildContext: BuildContext;
  readonly limits: LimitValues;
  readonly log: Logger;
  readonly plugins: readonly Plugin<OperationOrigin>[];
}

/**
 * GraphQL over HTTP and as the engine of the WebSocket transport: one parser and validation cache, one context, one
 * masking of errors. Whoever calls it has authenticated the caller and read the body.
 */
export function createGraphqlHandler(options: GraphqlOptions): GraphqlHandler {
  const { log } = options;
  const report = (error: unknown, requestId: string) =>
    log.error({ err: error, requestId }, 'an operation failed');
  return createYoga<RequestOrigin, RequestContext>({
    schema: options.schema,
    context: ({ principal, requestId, address }) =>
      options.buildContext(principal, requestId, address ?? null),
    plugins: [
      documentLimits(options.limits),
      costLimit(options.limits.cost),
      sharedExecution(),
      ...options.plugins,
      operationTimeout(options.limits.operationMs),
      errorMasking(report),
      eventStreams,
    ],
    maskedErrors: { maskError },
    logging: {
      debug: () => {},
      info: (...parts) => log.info({ parts }, 'graphql'),
      warn: (...parts) => log.warn({ parts }, 'graphql'),
      error: (...parts) => log.error({ err: parts[0], parts: parts.slice(1) }, 'graphql'),
    },
    graphiql: false,
    landingPage: false,
    batching: false,
    multipart: false,
    cors: false,
    // The body is read and limited before.
    maxRequestBodySize: false,
  });
}
