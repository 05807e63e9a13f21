import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { NOBODY, type Principal } from '../../schema/principal.ts';
import type { Logger } from '../platform/log.ts';
import { keyFromHeader } from './access/bearer-key.ts';
import { isPublicOperation, PUBLIC_BODY_BYTES } from './access/public-operation.ts';
import { allowOrigin, answerPreflight } from './cross-origin.ts';
import type { GraphqlHandler } from './graphql-handler.ts';
import type { ImageRoute } from './image-route.ts';
import { readJsonBody } from './json-body.ts';
import type { KeyRate } from './key-rate.ts';
import type { Limits } from './limits.ts';
import { type Page, sendPage } from './page.ts';
import type { PersistedOperations } from './persisted-operations.ts';
import { BAD_HOST, methodNotAllowed, NOT_FOUND, refuse, UNAUTHENTICATED } from './refusal.ts';
import { tooFast } from './too-many.ts';
import { isWebhookPath, type WebhookOptions, webhookRoute } from './webhook-route.ts';

/** What the HTTP requests are answered with. */
export interface RequestHandlerOptions {
  readonly graphql: GraphqlHandler;
  readonly schema: GraphQLSchema;
  readonly graphqlPath: string;
  readonly graphiql: () => Promise<Page>;
  /** Answers what lies below `/images/`; there is nothing when left out. */
  readonly images?: ImageRoute;
  /** What the media server tells by webhooks; there is nothing at their path when left out. */
  readonly webhooks?: Omit<WebhookOptions, 'log'>;
  /** Files of the live page, by URL path. */
  readonly pages: ReadonlyMap<string, Page>;
  readonly authenticate: (key: string) => Promise<Principal | null>;
  readonly checkReady: () => Promise<void>;
  readonly corsOrigins: readonly string[];
  readonly limits: Limits;
  readonly rate: KeyRate;
  readonly operations: PersistedOperations;
  readonly log: Logger;
}

type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
) => Promise<void> | void;

/** Answers every HTTP request: GraphQL, GraphiQL, health checks, the live page. */
export function createRequestHandler(
  options: RequestHandlerOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { log } = options;
  const routes = new Map<string, Handler>([
    [options.graphqlPath, graphqlRoute(options)],
    ['/health', (request, response) => sendStatus(request, response, 'ok')],
    ['/ready', readyRoute(options)],
  ]);
  const pages = pageRoute(options.pages);
  const webhooks = options.webhooks && webhookRoute({ ...options.webhooks, log });

  return async (request, response) => {
    const requestId = requestIdOf(request);
    const path = request.url?.split('?', 1)[0] ?? '';
    const webhook = isWebhookPath(path) ? webhooks : undefined;
    const shownPath = isWebhookPath(path) ? '/webhooks/…' : path;
    response.setHeader('x-request-id', requestId);
    response.setHeader('x-content-type-options', 'nosniff');
    if (log.isLevelEnabled('debug')) logWhenDone(request, response, shownPath, requestId, log);
    try {
      const images = path.startsWith('/images/') ? options.images : undefined;
      await (routes.get(path) ?? images ?? webhook ?? pages)(request, response, requestId);
    } catch (error) {
      if (request.destroyed && !request.complete) return;
      log.error({ err: error, requestId, path: shownPath }, 'a request failed');
      if (response.headersSent) response.destroy();
      else
        refuse(response, {
          status: 500,
          code: 'INTERNAL',
          message: `Request ${requestId} failed on our side.`,
        });
    }
  };
}

function graphqlRoute(options: RequestHandlerOptions): Handler {
  const { authenticate, graphql, limits, rate } = options;
  return async (request, response, requestId) => {
    allowOrigin(request, response, options.corsOrigins);
    if (!hasValidHost(request)) return refuse(response, BAD_HOST);
    if (request.method === 'OPTIONS') return answerPreflight(response);
    if (request.method !== 'GET' && request.method !== 'POST')
      return refuse(response, methodNotAllowed('GET', 'POST'));
    if (wantsGraphiql(request)) return sendPage(request, response, await options.graphiql());
    response.setHeader('cache-control', 'no-store');
    const key = keyFromHeader(request.headers.authorization);
    const principal = key === undefined ? null : await authenticate(key);
    if (key === undefined) return publicOperation(options, request, response, requestId);
    if (!principal) return refuse(response, UNAUTHENTICATED);
    const retryAfterMs = rate.take(principal.id);
    if (retryAfterMs > 0) return refuse(response, tooFast(limits.operationsPerSecond, retryAfterMs));
    const origin = {
      principal,
      requestId,
      address: request.socket.remoteAddress,
      isStillAllowed: async () => (await authenticate(key)) !== null,
    };
    if (request.method === 'POST') {
      const read = await readJsonBody(request, limits.bodyBytes, options.operations);
      if ('refusal' in read) return refuse(response, read.refusal);
      // Where the engine looks for a body that was read before.
      Object.assign(request, { body: read.body });
    }
    await graphql(request, response, origin);
  };
}

/** Lets a caller without a key send an operation that is open to all; what else they send is refused as if unread. */
async function publicOperation(
  { graphql, schema }: RequestHandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const isShort = Number(request.headers['content-length'] ?? PUBLIC_BODY_BYTES) <= PUBLIC_BODY_BYTES;
  if (request.method !== 'POST' || !isShort) return refuse(response, UNAUTHENTICATED);
  const read = await readJsonBody(request, PUBLIC_BODY_BYTES);
  if ('refusal' in read || !isPublicOperation(schema, read.body.query))
    return refuse(response, UNAUTHENTICATED);
  Object.assign(request, { body: read.body });
  const address = request.socket.remoteAddress;
  await graphql(request, response, {
    principal: NOBODY,
    requestId,
    address,
    isStillAllowed: async () => false,
  });
}

/** The engine makes a URL of it, and would answer a failure of that with its stack. */
function hasValidHost({ headers: { host } }: IncomingMessage): boolean {
  return host === undefined || URL.canParse(`http://${host}/`);
}

/** A browser that navigates here; an operation in its URL is what the page then shows. */
function wantsGraphiql({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.authorization === undefined &&
    (headers.accept?.includes('text/html') ?? false) &&
    (headers['accept-encoding']?.includes('gzip') ?? false)
  );
}

/** Requests that arrive while the check runs share it, so that nobody can load the database by asking. */
function readyRoute({ checkReady, log }: RequestHandlerOptions): Handler {
  let running: Promise<void> | undefined;
  const check = () => {
    running ??= checkReady().finally(() => {
      running = undefined;
    });
    return running;
  };
  return async (request, response) => {
    try {
      await check();
    } catch (error) {
      log.warn({ err: error }, 'not ready');
      return refuse(response, {
        status: 503,
        code: 'DATABASE_UNAVAILABLE',
        message: 'The server is not ready.',
      });
    }
    sendStatus(request, response, 'ready');
  };
}

function pageRoute(pages: ReadonlyMap<string, Page>): Handler {
  return (request, response) => {
    const page = pages.get(request.url?.split('?', 1)[0] ?? '');
    if (!page) return refuse(response, NOT_FOUND);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, methodNotAllowed('GET', 'HEAD'));
    sendPage(request, response, page);
  };
}

function sendStatus(request: IncomingMessage, response: ServerResponse, status: string): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, methodNotAllowed('GET', 'HEAD'));
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : JSON.stringify({ status }));
}

/** The client's own id of the request where it gave a harmless one, else a new one. */
function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}

function logWhenDone(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  requestId: string,
  log: Logger,
): void {
  const began = performance.now();
  response.on('close', () => {
    const ms = Math.round(performance.now() - began);
    log.debug({ requestId, method: request.method, path, status: response.statusCode, ms }, 'request');
  });
}
