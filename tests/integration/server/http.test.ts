import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEY, startTestServer, type TestServer } from '../../support/http-server.ts';

let folder: string;
let api: TestServer;
let isReady = true;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'showrunner-page-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Live</title>');
  await writeFile(join(folder, 'app.js'), 'export {};');
  await writeFile(join(folder, 'notes.txt'), 'not to be served');
  await writeFile(join(folder, '.env.json'), '{"secret":1}');
  await mkdir(join(folder, 'parts'));
  await writeFile(join(folder, 'parts', 'run.css'), 'p{}');
  await writeFile(join(folder, '..', 'outside.html'), 'outside');
  api = await startTestServer(folder, {
    checkReady: async () => {
      if (!isReady) throw new Error('no database at db.internal');
    },
  });
});

afterAll(async () => {
  await api.server.close(1_000);
  await rm(folder, { recursive: true });
  await rm(join(folder, '..', 'outside.html'));
});

const AUTHORIZED = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };

function post(body: unknown, headers: Record<string, string> = AUTHORIZED) {
  const content = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(`${api.url}/graphql`, { method: 'POST', headers, body: content });
}

async function codeOf(response: Response): Promise<unknown> {
  const { errors } = await response.json();
  return errors[0].extensions.code;
}

/** Sends bytes as they are, which no HTTP client would, and gives the whole answer. */
async function raw(request: string): Promise<string> {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  socket.end(request);
  return text(socket);
}

describe('GraphQL over HTTP', () => {
  it('answers a POST', async () => {
    const response = await post({ query: '{ whoami }' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ data: { whoami: 'tester' } });
  });

  it('answers a query by GET', async () => {
    const response = await fetch(`${api.url}/graphql?query={whoami}`, { headers: AUTHORIZED });
    expect(await response.json()).toEqual({ data: { whoami: 'tester' } });
  });

  it('refuses a mutation by GET', async () => {
    const response = await fetch(`${api.url}/graphql?query=mutation{whoami}`, { headers: AUTHORIZED });
    expect(response.status).toBe(405);
    expect(await post({ query: 'mutation { whoami }' }).then((answer) => answer.json())).toEqual({
      data: { whoami: 'tester' },
    });
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'HEAD'])('refuses %s', async (method) => {
    const response = await fetch(`${api.url}/graphql`, { method, headers: AUTHORIZED });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
  });

  it('shows expected errors with their code', async () => {
    const { errors } = await (await post({ query: '{ expected }' })).json();
    expect(errors).toMatchObject([
      { message: 'Already running.', path: ['expected'], extensions: { code: 'CONFLICT' } },
    ]);
  });

  it('masks unexpected errors and names the request', async () => {
    const response = await post({ query: '{ bug }' }, { ...AUTHORIZED, 'x-request-id': 'my-request' });
    expect(response.headers.get('x-request-id')).toBe('my-request');
    const body = await response.text();
    expect(body).not.toContain('internal detail');
    expect(JSON.parse(body).errors).toMatchObject([
      { extensions: { code: 'INTERNAL', requestId: 'my-request' } },
    ]);
  });

  it('gives every request an id, and takes over no harmful one', async () => {
    const response = await post({ query: '{ whoami }' }, { ...AUTHORIZED, 'x-request-id': 'a b<script>' });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('without a valid key', () => {
  it.each([
    ['no header', {}],
    ['an empty header', { authorization: '' }],
    ['a wrong key', { authorization: 'Bearer sr_wrong' }],
    ['another scheme', { authorization: `Basic ${Buffer.from(KEY).toString('base64')}` }],
    ['the key alone', { authorization: KEY }],
  ])('refuses everything: %s', async (_, headers) => {
    for (const query of [
      '{ whoami }',
      '{ __typename }',
      '{ __schema { types { name } } }',
      '{ syntax error',
    ]) {
      const response = await post({ query }, { 'content-type': 'application/json', ...headers });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await codeOf(response)).toBe('UNAUTHENTICATED');
    }
  });

  it('refuses an event stream and a query by GET', async () => {
    const headers = { accept: 'text/event-stream' };
    const response = await fetch(`${api.url}/graphql?query=subscription{count(to:1)}`, { headers });
    expect([response.status, await codeOf(response)]).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('reads no key from the URL', async () => {
    const response = await fetch(
      `${api.url}/graphql?query={whoami}&apiKey=${KEY}&authorization=Bearer ${KEY}`,
    );
    expect(response.status).toBe(401);
  });
});

describe('bad input', () => {
  it.each([
    ['malformed JSON', '{"query": '],
    ['an empty body', ''],
    ['a text', '"{whoami}"'],
    ['null', 'null'],
    ['an empty object', '{}'],
    ['a query that is no text', '{"query":{}}'],
  ])('refuses %s with 400', async (_, body) => {
    const response = await post(body);
    expect([response.status, await codeOf(response)]).toEqual([400, 'BAD_INPUT']);
  });

  it.each([
    ['a syntax error', '{ whoami', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ nobody }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a document of too many tokens', `{ ${'a:whoami '.repeat(3_000)} }`, 'LIMIT_EXCEEDED'],
  ])('answers %s with errors and no data', async (_, query, code) => {
    const body = await (await post({ query })).json();
    expect(body.errors).toMatchObject([{ extensions: { code } }]);
    expect(body.data).toBeUndefined();
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    '',
  ])('refuses a body of type "%s"', async (type) => {
    const response = await post({ query: '{ whoami }' }, { ...AUTHORIZED, 'content-type': type });
    expect([response.status, await codeOf(response)]).toEqual([415, 'BAD_INPUT']);
  });

  it('accepts a body up to the limit', async () => {
    const query = '{ whoami }';
    const body = JSON.stringify({ query, extensions: { padding: '' } });
    const padded = body.replace('""', `"${'x'.repeat(1_000_000 - body.length)}"`);
    expect(padded).toHaveLength(1_000_000);
    expect((await post(padded)).status).toBe(200);
    expect((await post(`${padded} `)).status).toBe(413);
  });

  it('refuses a huge body of declared length', async () => {
    const response = await post('x'.repeat(20_000_000));
    expect([response.status, await codeOf(response)]).toEqual([413, 'LIMIT_EXCEEDED']);
  });

  it('refuses a huge body of undeclared length', async () => {
    const request = httpRequest(`${api.url}/graphql`, { method: 'POST', headers: AUTHORIZED });
    for (let chunk = 0; chunk < 15; chunk++) request.write('x'.repeat(100_000));
    const [response] = await once(request, 'response');
    expect(response.statusCode).toBe(413);
    expect(await text(response)).toContain('LIMIT_EXCEEDED');
    request.destroy();
  });

  it.each(['/graphql/', '/graphqlx', '/graphql/stream', '/nothing', '/GRAPHQL'])(
    'answers %s with 404',
    async (path) => {
      const response = await fetch(api.url + path, { headers: AUTHORIZED });
      expect([response.status, await codeOf(response)]).toEqual([404, 'NOT_FOUND']);
    },
  );

  it.each(['a b', '[::1', 'x:99999', 'x:y'])('refuses the host "%s" without a trace', async (host) => {
    const answer = await raw(
      `POST /graphql HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${KEY}\r\nconnection: close\r\n` +
        'content-type: application/json\r\ncontent-length: 19\r\n\r\n{"query":"{whoami}"}',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('BAD_INPUT');
    expect(answer).not.toContain('TypeError');
  });

  it('survives what is no HTTP at all', async () => {
    expect(await raw('\u0000\u0001 hello\r\n\r\n')).toContain('400 Bad Request');
    expect((await post({ query: '{ whoami }' })).status).toBe(200);
  });
});

describe('browsers of other origins', () => {
  const ask = (origin: string, method = 'OPTIONS') =>
    fetch(`${api.url}/graphql`, {
      method,
      headers: { origin, 'access-control-request-method': 'POST', ...(method === 'POST' && AUTHORIZED) },
      ...(method === 'POST' && { body: '{"query":"{whoami}"}' }),
    });

  it('are let in when listed', async () => {
    const preflight = await ask('https://tv.example.org');
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://tv.example.org');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
    const answer = await ask('https://tv.example.org', 'POST');
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://tv.example.org');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('vary')).toContain('origin');
  });

  it.each(['https://evil.example', 'https://tv.example.org.evil.example', 'null'])(
    'are not let in: %s',
    async (origin) => {
      for (const method of ['OPTIONS', 'POST'])
        expect((await ask(origin, method)).headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  it('learn of a missing key when listed', async () => {
    const response = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { origin: 'https://tv.example.org' },
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://tv.example.org');
  });
});

describe('health', () => {
  it('is told while the process serves, without a key', async () => {
    const response = await fetch(`${api.url}/health`);
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('tells whether the stores answer, without saying more', async () => {
    expect((await fetch(`${api.url}/ready`)).status).toBe(200);
    isReady = false;
    const response = await fetch(`${api.url}/ready`);
    isReady = true;
    expect(response.status).toBe(503);
    const body = await response.text();
    expect(body).toContain('DATABASE_UNAVAILABLE');
    expect(body).not.toContain('db.internal');
    expect((await fetch(`${api.url}/health`)).status).toBe(200);
  });
});

describe('the live page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'Live'],
    ['/index.html', 'text/html; charset=utf-8', 'Live'],
    ['/app.js?v=1', 'text/javascript; charset=utf-8', 'export'],
    ['/parts/run.css', 'text/css; charset=utf-8', 'p{}'],
  ])('serves %s as %s', async (path, type, content) => {
    const response = await fetch(api.url + path);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await response.text()).toContain(content);
  });

  it('is sent once to a browser that keeps it', async () => {
    const etag = (await fetch(`${api.url}/`)).headers.get('etag') ?? '';
    expect((await fetch(`${api.url}/`, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await fetch(`${api.url}/`, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it('is only read', async () => {
    const head = await fetch(`${api.url}/`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetch(`${api.url}/`, { method: 'POST' })).status).toBe(405);
  });

  it.each([
    '/../outside.html',
    '/parts/../../outside.html',
    '/..%2foutside.html',
    '/%2e%2e/outside.html',
    '/..\\outside.html',
    '//outside.html',
    '/notes.txt',
    '/.env.json',
    '/parts',
    '/index.html%00',
  ])('does not serve %s', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toContain('outside<');
  });
});

describe('GraphiQL', () => {
  const navigate = () => fetch(`${api.url}/graphql`, { headers: { accept: 'text/html,*/*;q=0.8' } });

  it('comes to a browser without a key and needs no other host', async () => {
    const response = await navigate();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*/);
    const html = await response.text();
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).toContain('YogaGraphiQL.renderYogaGraphiQL');
    // Nothing is loaded by reference: scripts, styles and fonts are within the page.
    expect(html).not.toMatch(/<script[^>]* src=|<link[^>]* rel="(stylesheet|preload)"|@import/);
    expect(html).not.toContain('tester');
  });

  it('is made once', async () => {
    const etag = (await navigate()).headers.get('etag');
    expect((await navigate()).headers.get('etag')).toBe(etag);
  });
});
