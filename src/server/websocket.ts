import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { type ExecutionArgs, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { CloseCode, type Context, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { isAsyncIterable } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import type { Principal } from '../../schema/principal.ts';
import type { Logger } from '../platform/log.ts';
import { keyFromConnection } from './access/bearer-key.ts';
import { openWhenCutOff, wasCutOff } from './cut-off.ts';
import type { GraphqlHandler } from './graphql-handler.ts';
import type { Limits } from './limits.ts';
import { nextFrames } from './next-frames.ts';
import { NOT_FOUND, type Refusal, refusalBody, refusalError, STOPPING, UNAUTHENTICATED } from './refusal.ts';
import { sendMessage, serveConnection, type Upgraded } from './websocket-connection.ts';

/** What the WebSocket transport is made of. */
export interface WebSocketOptions {
  readonly path: string;
  readonly graphql: GraphqlHandler;
  readonly authenticate: (key: string) => Promise<Principal | null>;
  readonly limits: Limits;
  readonly log: Logger;
  /** Whether new operations are refused. */
  readonly isStopping: () => boolean;
}

/** GraphQL over WebSocket (graphql-transport-ws) on a running HTTP server. */
export interface WebSockets {
  /**
   * Waits until every operation is over or cut off, or `signal` aborts, then closes every connection with 1001. What is
   * cut off is not completed, so that its client comes back for the rest.
   */
  close(signal: AbortSignal): Promise<void>;
}

type Connection = Context<Record<string, unknown>, Upgraded>;
type Enveloped = ReturnType<GraphqlHandler['getEnveloped']>;

/**
 * Serves GraphQL over WebSocket. A client is known by its key before anything else, and the key is looked at again with
 * every operation. The next item of a subscription is pulled when the one before has left the process: a client that
 * stops reading holds one item and what the operating system buffers, and is cut off when it answers no ping.
 */
export function attachWebSockets(server: Server, options: WebSocketOptions): WebSockets {
  const { graphql, limits, log } = options;
  const connections = new Set<Connection>();
  const engines = new WeakMap<object, Enveloped>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.bodyBytes,
    perMessageDeflate: false,
    handleProtocols,
  });

  const engineOf = (args: ExecutionArgs): Enveloped => {
    const engine = engines.get(Object(args.contextValue));
    if (!engine) throw new TypeError('An operation was not prepared by onSubscribe.');
    return engine;
  };

  const prepare = async (connection: Connection, payload: SubscribePayload): Promise<ExecutionArgs> => {
    const principal = await holderOf(connection, options);
    if (!principal) {
      connection.extra.socket.close(CloseCode.Forbidden, 'Forbidden');
      throw refusalError(UNAUTHENTICATED);
    }
    const engine = graphql.getEnveloped({
      principal,
      requestId: randomUUID(),
      isStillAllowed: async () => {
        if (await holderOf(connection, options)) return true;
        connection.extra.socket.close(CloseCode.Forbidden, 'Forbidden');
        return false;
      },
    });
    const document = engine.parse(payload.query);
    const errors = engine.validate(engine.schema, document);
    if (errors.length > 0) throw new AggregateError(errors);
    const contextValue = await engine.contextFactory();
    engines.set(contextValue, engine);
    return {
      schema: engine.schema,
      document,
      contextValue,
      variableValues: payload.variables,
      operationName: payload.operationName,
    };
  };

  const protocol = makeServer<Record<string, unknown>, Upgraded>({
    execute: (args) => engineOf(args).execute(args),
    subscribe: (args) => engineOf(args).subscribe(args),
    onConnect: async (connection) => {
      if (!(await holderOf(connection, options))) return false;
      connections.add(connection);
      return true;
    },
    onClose: (connection) => {
      connections.delete(connection);
    },
    onSubscribe: async (connection, _id, payload) => {
      if (options.isStopping()) return [refusalError(STOPPING)];
      if (Object.keys(connection.subscriptions).length > limits.operationsPerWebSocket) {
        const message = `A connection carries ${limits.operationsPerWebSocket} operations at a time.`;
        return [refusalError({ code: 'LIMIT_EXCEEDED', message })];
      }
      try {
        return await prepare(connection, payload);
      } catch (error) {
        return toGraphqlErrors(error, log);
      }
    },
    onOperation: ({ extra }, id, _payload, _args, result) => {
      if (!isAsyncIterable(result)) return undefined;
      return openWhenCutOff(nextFrames(result, id, (message) => sendMessage(extra.socket, message)));
    },
    onError: (_connection, _id, _payload, errors) => errors.map(withoutHttp),
  });

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (request.url?.split('?', 1)[0] !== options.path) return refuseUpgrade(socket, NOT_FOUND);
    if (options.isStopping()) return refuseUpgrade(socket, STOPPING);
    if (sockets.clients.size >= limits.webSockets) return refuseUpgrade(socket, tooMany(limits.webSockets));
    sockets.handleUpgrade(request, socket, head, (ws) =>
      serveConnection(protocol, { socket: ws, request }, limits.keepAliveMs, log),
    );
  });

  return {
    close: async (signal) => {
      const isBusy = () =>
        [...connections].some(({ subscriptions }) =>
          Object.values(subscriptions).some((operation) => !wasCutOff(operation)),
        );
      while (isBusy() && !signal.aborted) await wait(5);
      for (const socket of sockets.clients) socket.close(1001, 'Going away');
      const terminate = () => {
        for (const socket of sockets.clients) socket.terminate();
      };
      signal.addEventListener('abort', terminate, { once: true });
      if (signal.aborted) terminate();
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      signal.removeEventListener('abort', terminate);
    },
  };
}

async function holderOf(
  connection: Connection,
  { authenticate }: WebSocketOptions,
): Promise<Principal | null> {
  const { request } = connection.extra;
  const key = keyFromConnection(connection.connectionParams, request.headers.authorization);
  return key === undefined ? null : authenticate(key);
}

/** Errors of preparing an operation, as the protocol gives them; what is no GraphQL error is logged and not shown. */
function toGraphqlErrors(error: unknown, log: Logger): readonly GraphQLError[] {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  return errors.map((each) => {
    if (each instanceof GraphQLError) return each;
    log.error({ err: each }, 'an operation could not be prepared');
    return refusalError({ code: 'INTERNAL', message: 'Something went wrong on our side.' });
  });
}

/** An error as it is shown: the engine notes an HTTP status with some, which means nothing here. */
function withoutHttp(error: GraphQLFormattedError): GraphQLFormattedError {
  const { extensions, ...rest } = error instanceof GraphQLError ? error.toJSON() : error;
  const { http, ...shown } = extensions ?? {};
  return Object.keys(shown).length > 0 ? { ...rest, extensions: shown } : rest;
}

function tooMany(limit: number): Refusal {
  return {
    status: 503,
    code: 'LIMIT_EXCEEDED',
    message: `The server carries ${limit} WebSocket connections already.`,
  };
}

function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = refusalBody(refusal);
  const reason = refusal.status === 404 ? 'Not Found' : 'Service Unavailable';
  socket.end(
    `HTTP/1.1 ${refusal.status} ${reason}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
