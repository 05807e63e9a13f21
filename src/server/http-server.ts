import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GraphQLSchema } from 'graphql';
import type { Principal } from '../../schema/principal.ts';
import { serverStopping } from '../jobs/feed.ts';
import type { Config } from '../platform/config.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import { createGraphiql } from './graphiql.ts';
import { type BuildContext, createGraphqlHandler } from './graphql-handler.ts';
import type { ImageRoute } from './image-route.ts';
import { createKeyRate } from './key-rate.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { createLiveSubscriptions } from './live-subscriptions.ts';
import { readPageFolder } from './page-folder.ts';
import { NO_PERSISTED_OPERATIONS, type PersistedOperations } from './persisted-operations.ts';
import { refuse, STOPPING } from './refusal.ts';
import { createRequestHandler } from './request-handler.ts';
import type { WebhookOptions } from './webhook-route.ts';
import { attachWebSockets } from './websocket.ts';

/** What the API server is made of. */
export interface ApiServerOptions {
  readonly schema: GraphQLSchema;
  readonly buildContext: BuildContext;
  /** Who holds this key; null when it is not valid. */
  readonly authenticate: (key: string) => Promise<Principal | null>;
  /** Rejects while the server cannot do its work. */
  readonly checkReady: () => Promise<void>;
  readonly config: Config['server'];
  readonly log: Logger;
  /** Answers what lies below `/images/`. */
  readonly images?: ImageRoute;
  /** What the media server tells by webhooks; left out, there is nothing at their path. */
  readonly webhooks?: Omit<WebhookOptions, 'log'>;
  /** Folder of the page served at `/`. */
  readonly pageFolder: string;
  readonly limits?: Partial<Limits>;
  /** Operations that may be sent by id; all are sent as text when left out. */
  readonly operations?: PersistedOperations;
}

/** GraphQL over HTTP, SSE and WebSocket at one path, with health checks and the live page. */
export interface ApiServer {
  /** Starts to listen; throws `BAD_CONFIGURATION` when host or port cannot be had. */
  listen(): Promise<{ readonly url: string }>;
  /** Refuses new operations from now on, and is not ready any more; what is under way goes on. */
  refuseNew(): void;
  /**
   * Accepts no more, cuts off the subscriptions that are not over, waits at most `deadlineMs` for what is under way and
   * ends it then. WebSockets are closed with 1001.
   */
  close(deadlineMs: number): Promise<void>;
}

const GRAPHQL_PATH = '/graphql';

/** Puts the API server together; it does nothing until told to listen. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { log, config, authenticate } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const operations = options.operations ?? NO_PERSISTED_OPERATIONS;
  const live = createLiveSubscriptions(limits, log);
  const rate = createKeyRate({
    perSecond: limits.operationsPerSecond,
    atOnce: limits.operationsAtOnce,
    now: () => performance.now(),
  });
  const graphql = createGraphqlHandler({
    ...options,
    limits,
    plugins: [operations.plugin, live.plugin],
  });
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 15_000, keepAliveTimeout: 65_000 });
  const webSockets = attachWebSockets(server, {
    path: GRAPHQL_PATH,
    graphql,
    authenticate,
    limits,
    rate,
    operations,
    log,
    isStopping: () => isStopping,
  });
  const recheck = setInterval(() => void live.recheck(), limits.recheckMs).unref();
  let isStopping = false;

  server.on('request', (_request, response) => {
    if (isStopping) response.setHeader('connection', 'close');
    // A connection that falls idle while the server closes would keep it open.
    response.on('close', () => {
      if (isStopping) setImmediate(() => server.closeIdleConnections());
    });
  });

  return {
    listen: async () => {
      const pages = await readPageFolder(options.pageFolder);
      const handle = createRequestHandler({
        graphql,
        schema: options.schema,
        graphqlPath: GRAPHQL_PATH,
        graphiql: createGraphiql(),
        pages,
        ...(options.images && { images: options.images }),
        ...(options.webhooks && { webhooks: options.webhooks }),
        authenticate,
        checkReady: async () => {
          if (isStopping) throw serverStopping();
          await options.checkReady();
        },
        corsOrigins: config.corsOrigins,
        limits,
        rate,
        operations,
        log,
      });
      server.on('request', (request, response) => {
        if (isStopping && request.url?.split('?', 1)[0] === GRAPHQL_PATH) refuse(response, STOPPING);
        else void handle(request, response);
      });
      return { url: await startListening(server, config) };
    },
    refuseNew: () => {
      isStopping = true;
    },
    close: async (deadlineMs) => {
      isStopping = true;
      clearInterval(recheck);
      const deadline = new AbortController();
      const timer = setTimeout(() => {
        deadline.abort();
        server.closeAllConnections();
      }, deadlineMs);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      live.stopAll();
      await webSockets.close(deadline.signal);
      await closed;
      clearTimeout(timer);
      await graphql.dispose();
    },
  };
}

async function startListening(server: Server, { host, port }: Config['server']): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port));
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
  const address = server.address();
  if (!isAddress(address)) throw new TypeError('The server listens on no network address.');
  return urlOf(address);
}

/** A URL that works on this machine, also when the server listens on all addresses. */
function urlOf({ address, port }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return `http://localhost:${port}`;
  return address.includes(':') ? `http://[${address}]:${port}` : `http://${address}:${port}`;
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): ShowrunnerError {
  const isPort = error.code === 'EADDRINUSE' || error.code === 'EACCES';
  const why = error.code === 'EADDRINUSE' ? 'another program uses it' : error.message;
  return new ShowrunnerError('BAD_CONFIGURATION', `Cannot listen on ${host} port ${port}: ${why}.`, {
    field: isPort ? 'SHOWRUNNER_PORT' : 'SHOWRUNNER_HOST',
    value: isPort ? String(port) : host,
    remedy: isPort
      ? 'Set SHOWRUNNER_PORT to a free port above 1023, or to 0 for any.'
      : 'Set SHOWRUNNER_HOST to an address of this machine.',
    cause: error,
  });
}
