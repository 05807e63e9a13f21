import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import {
  HTTP_DEFAULTS,
  type HttpOptions,
  type HttpRequest,
  requestJson,
  requestText,
} from '../../../src/platform/http-client.ts';
import type { HttpError } from '../../../src/platform/http-error.ts';
import {
  type Answer,
  calm,
  type ScriptedServer,
  type SeenRequest,
  startScriptedServer,
} from './scripted-server.ts';

const open: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function start(answer: (request: SeenRequest) => Answer | Promise<Answer>): Promise<ScriptedServer> {
  const server = await startScriptedServer(answer);
  open.push(server);
  return server;
}

/** Answers one after the other; the last one stays. */
function script(...answers: Answer[]): () => Answer {
  let call = 0;
  return () => answers[Math.min(call++, answers.length - 1)] ?? {};
}

function options(extra: Partial<HttpOptions> = {}): HttpOptions & { delays: number[] } {
  const delays: number[] = [];
  return {
    ...HTTP_DEFAULTS,
    backoffMs: 1,
    maxDelayMs: 20,
    random: () => 0.5,
    now: () => new Date(),
    onRetry: (_error, _attempt, delayMs) => delays.push(delayMs),
    delays,
    ...extra,
  };
}

const request = (url: string, extra: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url: new URL(url),
  headers: {},
  signal: calm(),
  ...extra,
});

const failure = (promise: Promise<unknown>): Promise<HttpError> =>
  promise.then(
    () => {
      throw new Error('It should have failed.');
    },
    (error: HttpError) => error,
  );

describe('a GET', () => {
  test('gives status, headers and body', async () => {
    const server = await start(() => ({ headers: { 'x-a': 'b' }, text: '\ufeff{"ok":"포켓몬 🎬"}' }));
    const answer = await requestJson(
      request(`${server.url}/x?y=1`, { headers: { 'x-key': 'k' } }),
      options(),
    );
    expect(answer.body).toEqual({ ok: '포켓몬 🎬' });
    expect([answer.status, answer.headers.get('x-a')]).toEqual([200, 'b']);
    expect(server.requests[0]).toMatchObject({ method: 'GET', path: '/x', headers: { 'x-key': 'k' } });
  });

  test.each([408, 429, 500, 502, 503, 504])('is sent again after status %d', async (status) => {
    const server = await start(script({ status }, { json: 1 }));
    expect((await requestJson(request(server.url), options())).body).toBe(1);
    expect(server.requests).toHaveLength(2);
  });

  test('is given up after three attempts, with the last answer in hand', async () => {
    const server = await start(() => ({ status: 500, text: 'Unrecognized Guid format.' }));
    const error = await failure(requestJson(request(server.url), options()));
    expect(error).toMatchObject({ failure: 'STATUS', status: 500, text: 'Unrecognized Guid format.' });
    expect(server.requests).toHaveLength(3);
  });

  test('is not sent again after a status that will not change', async () => {
    const server = await start(() => ({ status: 404 }));
    await failure(requestJson(request(server.url), options()));
    expect(server.requests).toHaveLength(1);
  });

  test('waits as long as Retry-After asks for, within the limit', async () => {
    const server = await start(
      script(
        { status: 429, headers: { 'retry-after': '0' } },
        { status: 503, headers: { 'retry-after': '3600' } },
        { json: true },
      ),
    );
    const settings = options({ maxDelayMs: 15 });
    await requestJson(request(server.url), settings);
    expect(settings.delays).toEqual([0, 15]);
  });

  test('is sent again when its body breaks off', async () => {
    const cut: Answer = (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"Items":[', () => response.destroy());
    };
    const server = await start(script(cut, { json: { whole: true } }));
    expect((await requestJson(request(server.url), options())).body).toEqual({ whole: true });
    const broken = await start(() => cut);
    expect(await failure(requestJson(request(broken.url), options()))).toMatchObject({ failure: 'CUT_BODY' });
  });

  test('is sent again when its body is not JSON', async () => {
    const server = await start(script({ text: '{"Items":[' }, { text: '' }, { json: 2 }));
    expect((await requestJson(request(server.url), options())).body).toBe(2);
  });

  test('that gets a web page is not sent again', async () => {
    const server = await start(() => ({ text: '<html></html>' }));
    expect(await failure(requestJson(request(server.url), options()))).toMatchObject({
      failure: 'INVALID_BODY',
      text: '<html></html>',
    });
    expect(server.requests).toHaveLength(1);
  });

  test('stops reading at the longest body accepted', async () => {
    const server = await start(() => (response) => {
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
        response.once('drain', pour);
      };
      pour();
    });
    const error = await failure(requestText(request(server.url), options({ maxBytes: 50_000 })));
    expect(error.failure).toBe('TOO_LARGE');
    expect(server.requests).toHaveLength(1);
  });

  test('times out on a server that hangs, before and within the body, and is sent again', async () => {
    const silent: Answer = () => {};
    const half: Answer = (response) => void response.write('{"a":');
    const server = await start(script(silent, half, { json: 3 }));
    expect((await requestJson(request(server.url), options({ timeoutMs: 100 }))).body).toBe(3);
    const dead = await start(() => silent);
    const error = await failure(requestJson(request(dead.url), options({ timeoutMs: 50, tries: 2 })));
    expect(error.failure).toBe('TIMEOUT');
    expect(dead.requests).toHaveLength(2);
  });

  test('does not follow a redirect', async () => {
    const server = await start(() => ({ status: 302, headers: { location: 'http://elsewhere/' } }));
    const error = await failure(requestJson(request(server.url, { headers: { 'x-key': 'k' } }), options()));
    expect(error).toMatchObject({ failure: 'STATUS', status: 302, location: 'http://elsewhere/' });
  });

  test('of a port where nothing listens fails as not connected', async () => {
    const probe = createTcpServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const address = probe.address();
    await new Promise((resolve) => probe.close(resolve));
    const port = typeof address === 'object' ? address?.port : 0;
    const settings = options();
    const error = await failure(requestJson(request(`http://127.0.0.1:${port}`), settings));
    expect(error).toMatchObject({ failure: 'NOT_CONNECTED', code: 'ECONNREFUSED' });
    expect(settings.delays).toHaveLength(2);
  });

  test('of an unknown host fails as not connected', async () => {
    const error = await failure(requestJson(request('http://host.invalid'), options({ tries: 1 })));
    expect(error.failure).toBe('NOT_CONNECTED');
  });
});

describe('a POST', () => {
  const post = (url: string, extra: Partial<HttpRequest> = {}) =>
    request(url, { method: 'POST', json: { a: 1 }, ...extra });
  const hangUp: Answer = (response) => void response.destroy();

  test('sends JSON and takes an empty answer', async () => {
    const server = await start(() => ({ status: 204 }));
    expect(await requestText(post(server.url), options())).toMatchObject({ status: 204, text: '' });
    expect(server.requests[0]).toMatchObject({ method: 'POST', body: { a: 1 } });
  });

  test('is not sent again once it may have reached the server', async () => {
    for (const answer of [hangUp, { status: 500 }, { status: 502 }]) {
      const server = await start(() => answer);
      await failure(requestText(post(server.url), options()));
      expect(server.requests).toHaveLength(1);
    }
  });

  test('that is idempotent is sent again', async () => {
    const server = await start(script(hangUp, { status: 502 }, { status: 204 }));
    expect((await requestText(post(server.url, { idempotent: true }), options())).status).toBe(204);
    expect(server.requests).toHaveLength(3);
  });

  test('that was turned away unread is sent again', async () => {
    const server = await start(script({ status: 503 }, { status: 429 }, { status: 204 }));
    expect((await requestText(post(server.url), options())).status).toBe(204);
  });
});

describe('an aborted request', () => {
  const reason = new Error('stopped by the test');

  test('is not sent', async () => {
    const server = await start(() => ({ json: 1 }));
    await expect(
      requestJson(request(server.url, { signal: AbortSignal.abort(reason) }), options()),
    ).rejects.toBe(reason);
    expect(server.requests).toHaveLength(0);
  });

  test('rejects with the reason while the server thinks', async () => {
    const controller = new AbortController();
    const server = await start(() => {
      controller.abort(reason);
      return () => {};
    });
    await expect(requestJson(request(server.url, { signal: controller.signal }), options())).rejects.toBe(
      reason,
    );
  });

  test('rejects with the reason in the middle of a body', async () => {
    const controller = new AbortController();
    const server = await start(() => (response) => {
      response.write('[1,', () => setImmediate(() => controller.abort(reason)));
    });
    await expect(requestJson(request(server.url, { signal: controller.signal }), options())).rejects.toBe(
      reason,
    );
    expect(server.requests).toHaveLength(1);
  });

  test('rejects with the reason during a wait that would take an hour', async () => {
    const controller = new AbortController();
    const server = await start(() => ({ status: 503, headers: { 'retry-after': '3600' } }));
    const settings = options({
      maxDelayMs: 3_600_000,
      onRetry: () => queueMicrotask(() => controller.abort(reason)),
    });
    await expect(requestJson(request(server.url, { signal: controller.signal }), settings)).rejects.toBe(
      reason,
    );
  });
});
