import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Limits } from '../../../src/server/limits.ts';
import { KEY, startTestServer, type TestServer, until } from '../../support/http-server.ts';
import { bareWebSocket, type Item, overSse, overWebSocket } from '../../support/subscribe.ts';

let folder: string;
let api: TestServer | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'showrunner-page-'));
});
afterEach(async () => {
  await api?.server.close(1_000);
  api = undefined;
});
afterAll(() => rm(folder, { recursive: true }));

async function start(limits: Partial<Limits>): Promise<string> {
  api = await startTestServer(folder, { limits });
  return api.url;
}

function post(url: string, body: unknown) {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  return fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function overHttp(url: string, query: string) {
  return (await post(url, { query })).json();
}

function firstOverWebSocket(url: string, query: string) {
  return firstOf(overWebSocket(url, KEY, query));
}

/** The first item; a refusal over WebSocket comes as an exception. */
async function firstOf(items: AsyncGenerator<Item>): Promise<unknown> {
  try {
    for await (const item of items) return item;
  } catch (errors) {
    return { errors };
  }
  return {};
}

describe.each([
  ['HTTP', overHttp],
  ['WebSocket', firstOverWebSocket],
])('over %s', (_, ask) => {
  it.each([
    ['depth', { depth: 1 }, 1, 2, '{ __schema { description } }'],
    ['rootFields', { rootFields: 2 }, 2, 3, '{ whoami ...F } fragment F on Query { big bug }'],
    [
      'selectionFields',
      { selectionFields: 2 },
      2,
      3,
      '{ __schema { a: description description __typename } }',
    ],
    ['aliases', { aliases: 1 }, 1, 2, '{ a: whoami b: whoami }'],
    ['directives', { directives: 1 }, 1, 2, '{ whoami @skip(if: true) @include(if: false) }'],
    ['cost', { cost: 2 }, 2, 3, '{ whoami big bug }'],
  ])(
    '%s is limited, and the error says the limit and the value',
    async (limit, limits, max, value, query) => {
      const answer = await ask(await start(limits), query);
      expect(answer).toMatchObject({
        errors: [
          {
            message: expect.stringContaining(`${value}`),
            extensions: { code: 'LIMIT_EXCEEDED', limit, max, value, remedy: expect.any(String) },
          },
        ],
      });
      expect(JSON.stringify(answer)).toContain('SHOWRUNNER_LIMIT_');
    },
  );

  it('what lies on the limits passes', async () => {
    const url = await start({
      depth: 1,
      rootFields: 2,
      selectionFields: 2,
      aliases: 1,
      directives: 1,
      cost: 2,
    });
    expect(await ask(url, '{ a: whoami whoami @skip(if: false) }')).toEqual({
      data: { a: 'tester', whoami: 'tester' },
    });
  });

  it('a document that is too deep for the parser is refused like one that is too deep', async () => {
    const query = `${'{a'.repeat(2_400)}${'}'.repeat(2_400)}`;
    expect(await ask(await start({}), query)).toMatchObject({
      errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'depth', max: 20 } }],
    });
  });

  it('tokens are limited before anything is made of them', async () => {
    const answer = await ask(await start({ documentTokens: 10 }), `{ ${'whoami '.repeat(10)} }`);
    expect(answer).toMatchObject({
      errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'documentTokens', max: 10 } }],
    });
  });

  it('a document is refused the second time as it was the first time', async () => {
    const url = await start({ aliases: 1, cost: 2 });
    for (const query of ['{ a: whoami b: whoami }', '{ whoami big bug }']) {
      const first = await ask(url, query);
      expect(await ask(url, query)).toEqual(first);
    }
  });
});

it('limits the cost of subscriptions', async () => {
  const url = await start({ cost: 1 });
  for await (const item of overSse(url, KEY, 'subscription { endless { number } }')) {
    expect(item).toMatchObject({ errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'cost' } }] });
    break;
  }
  expect(api?.probe).toMatchObject({ open: 0, pulled: 0 });
});

it('refuses batches', async () => {
  const response = await post(await start({}), [{ query: '{ whoami }' }, { query: '{ big }' }]);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'batch', max: 1, value: 2 } }],
  });
});

it('says how large a body was and may be', async () => {
  const response = await post(await start({ bodyBytes: 100 }), { query: `{ whoami }${' '.repeat(100)}` });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'bodyBytes', max: 100, value: 122 } }],
  });
});

it('tells the cost to who asks for it, and to nobody else', async () => {
  const url = await start({ cost: 7 });
  const query = '{ whoami __typename }';
  const asked = await post(url, { query, extensions: { cost: true } });
  expect(await asked.json()).toEqual({
    data: { whoami: 'tester', __typename: 'Query' },
    extensions: { cost: { value: 2, max: 7 } },
  });
  expect(await (await post(url, { query })).json()).not.toHaveProperty('extensions');
});

describe('a page of another origin that a user’s browser shows', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'cannot call the API with what a browser sends without asking: %s',
    async (type) => {
      const response = await fetch(`${await start({})}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-type': type, origin: 'https://evil.example' },
        body: '{"query":"mutation { whoami }"}',
      });
      expect(response.status).toBe(415);
    },
  );

  it('cannot change anything by a link', async () => {
    const response = await fetch(`${await start({})}/graphql?query=mutation{whoami}`, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    expect(response.status).toBe(405);
  });
});

describe('the rate of a key', () => {
  const slow = { operationsPerSecond: 0.001, operationsAtOnce: 2 };
  const tooFast = {
    code: 'LIMIT_EXCEEDED',
    limit: 'operationsPerSecond',
    max: 0.001,
    retryAfterMs: expect.any(Number),
  };

  it('is answered with 429 and when to come back', async () => {
    const url = await start(slow);
    for (let sent = 0; sent < 2; sent++) expect((await post(url, { query: '{ whoami }' })).status).toBe(200);
    const response = await post(url, { query: '{ whoami }' });
    expect(response.status).toBe(429);
    const { errors } = await response.json();
    expect(errors).toMatchObject([{ extensions: tooFast }]);
    const seconds = Number(response.headers.get('retry-after'));
    expect(seconds).toBe(Math.ceil(errors[0].extensions.retryAfterMs / 1_000));
    expect(seconds).toBeGreaterThan(900);
  });

  it('counts what comes over both transports, also what is refused for something else', async () => {
    const url = await start(slow);
    await post(url, { query: '{ syntax error' });
    await firstOverWebSocket(url, '{ nobody }');
    expect((await post(url, { query: '{ whoami }' })).status).toBe(429);
    expect(await firstOverWebSocket(url, '{ whoami }')).toMatchObject({ errors: [{ extensions: tooFast }] });
  });

  it('lets everybody else see whether the server lives', async () => {
    const url = await start({ ...slow, operationsAtOnce: 1 });
    await post(url, { query: '{ whoami }' });
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });
});

describe.each([
  ['SSE', overSse],
  ['WebSocket', overWebSocket],
])('subscriptions of one key over %s', (_, over) => {
  it('are limited, and one that ended makes room', async () => {
    const url = await start({ subscriptionsPerKey: 1 });
    const one = over(url, KEY, 'subscription { endless { number } }');
    await one.next();
    const refused = { code: 'LIMIT_EXCEEDED', limit: 'subscriptionsPerKey', max: 1, value: 2 };
    expect(await firstOf(over(url, KEY, 'subscription { endless { number } }'))).toMatchObject({
      errors: [{ extensions: refused }],
    });
    await one.return(undefined);
    await until(() => api?.probe.open === 0);
    expect(await firstOf(over(url, KEY, 'subscription { count(to: 1) }'))).toEqual({ data: { count: 1 } });
  });
});

it('tells a WebSocket that there are too many to come back later', async () => {
  const url = await start({ webSockets: 1 });
  const first = await bareWebSocket(url);
  const headers = {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
  };
  const request = httpRequest(`${url}/graphql`, { headers }).end();
  const [response] = await once(request, 'response');
  expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '5']);
  expect(await json(response)).toMatchObject({
    errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'webSockets', max: 1, value: 2 } }],
  });
  first.socket.terminate();
});
