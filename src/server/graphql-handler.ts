import { GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import { errorMasking, maskError } from '../../schema/errors.ts';
import type { Principal } from '../../schema/principal.ts';
import type { Logger } from '../platform/log.ts';
import { eventStreams } from './event-stream.ts';
import type { OperationOrigin } from './live-subscriptions.ts';
import { sharedExecution } from './shared-execution.ts';

/** What the server tells GraphQL of a request, on both transports. */
interface RequestOrigin extends OperationOrigin {
  readonly principal: Principal;
  readonly requestId: string;
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
) => RequestContext | Promise<RequestContext>;

/** What GraphQL is made of. */
export interface GraphqlOptions {
  readonly schema: GraphQLSchema;
  readonly buildContext: BuildContext;
  readonly documentTokens: number;
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
    context: ({ principal, requestId }) => options.buildContext(principal, requestId),
    plugins: [
      parsing(options.documentTokens),
      sharedExecution(),
      ...options.plugins,
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

/** Refuses long documents while they are parsed, before they cost more, and gives parse errors their code. */
function parsing(maxTokens: number): Plugin {
  return {
    onParse: ({ setParseFn }) => {
      setParseFn((source, parseOptions) => {
        try {
          return parse(source, { ...parseOptions, maxTokens });
        } catch (error) {
          if (!(error instanceof GraphQLError)) throw error;
          const { message, source: text, positions } = error;
          throw new GraphQLError(message, {
            source: text,
            positions,
            extensions: { code: 'GRAPHQL_PARSE_FAILED' },
          });
        }
      });
    },
  };
}
