import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { authenticate } from './auth.ts';
import { handleControl } from './control-routes.ts';
import type { FaultRule, Faults } from './faults.ts';
import { type Answer, Refusal, readJson, refusalAnswer } from './http.ts';
import type { MediaState } from './media-state.ts';
import { Query } from './query.ts';
import type { RequestLog } from './request-log.ts';
import type { Router } from './router.ts';

/** What requests are answered from. */
export interface RequestContext {
  readonly state: MediaState;
  readonly router: Router;
  readonly faults: Faults;
  readonly requests: RequestLog;
}

/** Answers one request, through the fault that meets it if one does. */
export async function handleRequest(
  context: RequestContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const method = request.method ?? 'GET';
  // Of the demo's clock, which need not be the machine's: clients compare it with the dates of plays.
  response.setHeader('date', context.state.now().toUTCString());
  if (url.pathname.startsWith('/demo/')) {
    return send(response, await answerOf(context, () => control(context, request, method, url)));
  }
  const record = context.requests.begin(context.state.now(), method, url);
  let status: number | null = null;
  try {
    const fault = context.faults.next(`${url.pathname}${url.search}`);
    if (context.faults.latencyMs > 0) await delay(context.faults.latencyMs);
    if (fault?.kind === 'timeout') {
      if (!response.closed) await once(response, 'close');
      return;
    }
    const answer =
      faultAnswer(fault) ?? (await answerOf(context, () => route(context, request, method, url, fault)));
    if (response.destroyed) return;
    status = answer.status;
    if (fault?.kind === 'cut') await cut(response, answer);
    else send(response, answer);
  } finally {
    record.end(status);
  }
}

async function control(
  context: RequestContext,
  request: IncomingMessage,
  method: string,
  url: URL,
): Promise<Answer> {
  return handleControl(context, {
    method,
    path: url.pathname,
    parameters: url.searchParams,
    body: await readJson(request, true),
  });
}

async function route(
  { state, router }: RequestContext,
  request: IncomingMessage,
  method: string,
  url: URL,
  fault: FaultRule | null,
): Promise<Answer> {
  const { profile } = state;
  const path =
    profile.dialect === 'emby' ? url.pathname.replace(/^\/(?:emby|mediabrowser)(?=\/)/i, '') : url.pathname;
  const match = router.find(method, path);
  const caller = authenticate(state, request.headers, url.searchParams);
  if (match.route.access !== 'anonymous' && !caller)
    throw new Refusal(401, 'Access token is invalid or expired.');
  if (match.route.access === 'admin' && !caller?.isAdmin)
    throw new Refusal(403, 'User is not an administrator.');
  return match.route.handle({
    state,
    caller,
    headers: request.headers,
    query: new Query(profile.dialect, url.searchParams),
    body: method === 'GET' ? null : await readJson(request),
    pageShift: fault?.kind === 'page-shift' ? fault.shift : 0,
    param: (name) => {
      const value = match.parameters.get(name);
      if (value === undefined) throw new TypeError(`The route has no parameter ${name}.`);
      return value;
    },
  });
}

async function answerOf({ state }: RequestContext, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return refusalAnswer(state.profile.dialect, error);
    state.log.error({ err: error }, 'A route of the demo server failed');
    return refusalAnswer(state.profile.dialect, new Refusal(500, 'Internal server error.'));
  }
}

/** The answer that a fault gives in place of the real one; null when it lets that through. */
function faultAnswer(fault: FaultRule | null): Answer | null {
  const asJson = { status: 200, type: 'application/json; charset=utf-8' };
  if (fault?.kind === 'garbage') return { ...asJson, body: '{"Items":[{"Id":<html>' };
  if (fault?.kind === 'empty') return { ...asJson, body: '{"Items":[],"TotalRecordCount":0,"StartIndex":0}' };
  if (fault?.kind !== 'status' && fault?.kind !== 'rate-limit') return null;
  const isLimit = fault.kind === 'rate-limit';
  const seconds = fault.retryAfterSeconds ?? (isLimit ? 1 : undefined);
  return {
    status: isLimit ? 429 : fault.status,
    type: 'text/plain',
    body: isLimit ? 'Too many requests.' : 'The server is still loading. Please try again shortly.',
    ...(seconds !== undefined && { headers: { 'retry-after': String(seconds) } }),
  };
}

function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, headersOf(answer));
  response.end(answer.body);
}

/** Promises the whole body, sends half of it and hangs up. */
async function cut(response: ServerResponse, answer: Answer): Promise<void> {
  const body = answer.body ?? '{}';
  response.writeHead(answer.status, headersOf({ ...answer, body }));
  const half = Buffer.from(body).subarray(0, Math.floor(Buffer.byteLength(body) / 2));
  await new Promise<void>((resolve) => response.write(half, () => resolve()));
  response.destroy();
}

function headersOf({ status, type, body, headers }: Answer): Record<string, string> {
  return {
    ...(type !== undefined && { 'content-type': type }),
    ...(status !== 204 && { 'content-length': String(Buffer.byteLength(body ?? '')) }),
    ...headers,
  };
}
