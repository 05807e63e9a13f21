import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { type ExecutionArgs, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { CloseCode, type Context, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { isAsyncIterable } from 'graphql-yoga';
import { WebSocket, WebSocketServer } from 'ws';
import type { Principal } from '../../schema/principal.ts';
import type { Logger } from '../platform/log.ts';
import { keyFromConnection } from './access/bearer-key.ts';
import { openWhenCutOff, wasCutOff } from './cut-off.ts';
import type { GraphqlHandler } from './graphql-handler.ts';
import type { KeyRate } from './key-rate.ts';
import { overLimitError } from './limit-exceeded.ts';
import type { Limits } from './limits.ts';
import { nextFrames } from './next-frames.ts';
import type { PersistedOperations } from './persisted-operations.ts';
import {
  NOT_FOUND,
  type Refusal,
  refusalBody,
  refusalError,
  STOPPING,
  UNAUTHENTICATED,
  UNKNOWN_OPERATION,
} from './refusal.ts';
import { tooFast, tooManyOnWebSocket, tooManyWebSockets } from './too-many.ts';
import { endReason, watchKey } from './watch-key.ts';
import { sendMessage, serveConnection, type Upgraded } from './websocket-connection.ts';

/** What the WebSocket transport is made of. */
export interface WebSocketOptions {
  readonly path: string;
  readonly graphql: GraphqlHandler;
  readonly authenticate: (key: string) => Promise<Principal | null>;
  readonly limits: Limits;
  readonly rate: KeyRate;
  readonly operations: PersistedOperations;
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
/** Who holds the key of a connection, as of its beginning. */
interface KeyHolder {
  readonly principal: Principal;
  readonly stopWatching: () => void;
}

type Enveloped = ReturnType<GraphqlHandler['getEnveloped']>;

/**
 * Serves GraphQL over WebSocket. A client is known by its key before anything else; the key is looked at again with every
 * operation, when it expires and every now and then, and the connection closed with 4403 when it holds no more. The next item of a subscription is pulled when the one before has left the process: a client that
 * stops reading holds one item and what the operating system buffers, and is cut off when it answers no ping.
 */
export function attachWebSockets(server: Server, options: WebSocketOptions): WebSockets {
  const { graphql, limits, log } = options;
  const connections = new Map<Connection, KeyHolder>();
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

  const closeRefused = (connection: Connection) => {
    const reason = endReason(connections.get(connection)?.principal);
    connection.extra.socket.close(CloseCode.Forbidden, reason);
  };

  const prepare = async (connection: Connection, payload: SubscribePayload): Promise<ExecutionArgs> => {
    const principal = await holderOf(connection, options);
    if (!principal) {
      closeRefused(connection);
      throw refusalError(UNAUTHENTICATED);
    }
    const retryAfterMs = options.rate.take(principal.id);
    if (retryAfterMs > 0) throw refusalError(tooFast(limits.operationsPerSecond, retryAfterMs));
    const engine = graphql.getEnveloped({
      principal,
      requestId: randomUUID(),
      address: connection.extra.request.socket.remoteAddress,
      isStillAllowed: async () => {
        if (await holderOf(connection, options)) return true;
        closeRefused(connection);
        return false;
      },
    });
    const text = payload.query || options.operations.textOf({ ...payload });
    if (text === undefined && payload.extensions?.documentId !== undefined)
      throw refusalError(UNKNOWN_OPERATION);
    const document = engine.parse(text ?? payload.query);
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
      const principal = await holderOf(connection, options);
      // Who left in the meantime is not told of again.
      if (!principal || connection.extra.socket.readyState !== WebSocket.OPEN) return false;
      const stopWatching = watchKey({
        holder: principal,
        find: () => holderOf(connection, options),
        recheckMs: limits.recheckMs,
        onEnd: (reason) => connection.extra.socket.close(CloseCode.Forbidden, reason),
        log,
      });
      connections.set(connection, { principal, stopWatching });
      return true;
    },
    onClose: (connection) => {
      connections.get(connection)?.stopWatching();
      connections.delete(connection);
    },
    onSubscribe: async (connection, _id, payload) => {
      if (options.isStopping()) return [refusalError(STOPPING)];
      if (Object.keys(connection.subscriptions).length > limits.operationsPerWebSocket)
        return [overLimitError(tooManyOnWebSocket(limits))];
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
    if (sockets.clients.size >= limits.webSockets) return refuseUpgrade(socket, tooManyWebSockets(limits));
    sockets.handleUpgrade(request, socket, head, (ws) =>
      serveConnection(protocol, { socket: ws, request }, limits.keepAliveMs, log),
    );
  });

  return {
    close: async (signal) => {
      const isBusy = () =>
        [...connections.keys()].some(({ subscriptions }) =>
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

function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = refusalBody(refusal);
  const reason = refusal.status === 404 ? 'Not Found' : 'Service Unavailable';
  const headers = Object.entries({
    ...refusal.headers,
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${refusal.status} ${reason}\r\n${lines}\r\n${body}`);
}
