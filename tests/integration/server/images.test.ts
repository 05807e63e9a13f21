import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { imagePath } from '../../../schema/image-path.ts';
import type { Principal } from '../../../schema/principal.ts';
import { createMediaServer } from '../../../src/media-server/connect.ts';
import type { Database } from '../../../src/platform/database.ts';
import { ShowrunnerError } from '../../../src/platform/errors.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { createImageRoute } from '../../../src/server/image-route.ts';
import { caller } from '../../support/api.ts';
import { createTestDatabase } from '../../support/database.ts';
import { KEY, startTestServer, type TestServer, until } from '../../support/http-server.ts';
import {
  type Answer,
  deferred,
  type ScriptedServer,
  type SeenRequest,
  startScriptedServer,
} from '../media-server/scripted-server.ts';

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
const AUTHORIZED = { authorization: `Bearer ${KEY}` };
const VIEWER: Principal = caller('VIEWER');

let db: Database;
let folder: string;
let media: ScriptedServer;
let api: TestServer;
let answer: (request: SeenRequest) => Answer;
let stopping: AbortController;
let lookUps: number;

const png: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'image/png; charset=binary' });
  response.write(PNG.subarray(0, 4));
  response.end(PNG.subarray(4));
};

beforeAll(async () => {
  [db, folder] = await Promise.all([createTestDatabase(), mkdtemp(join(tmpdir(), 'showrunner-images-'))]);
  await db.rows(sql`insert into libraries (provider_id, name) values ('lib', 'Shows')`);
  await db.rows(sql`
    insert into titles (name, sort_name, match_name, content_hash)
    select n, n, n, 'h' from unnest(array['Dark', 'Fargo', 'Gone']) n`);
});

afterAll(async () => {
  await db.close();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  lookUps = 0;
  answer = () => png;
  stopping = new AbortController();
  media = await startScriptedServer((request) => answer(request));
  const server = createMediaServer({
    url: media.url,
    apiKey: 'secret-key',
    dialect: 'jellyfin',
    log: createLogger('silent'),
    random: () => 0,
    now: () => new Date(),
  });
  api = await startTestServer(folder, {
    images: createImageRoute({
      db: {
        ...db,
        rows: (statement) => {
          lookUps += 1;
          return db.rows(statement);
        },
      },
      source: () => server,
      authenticate: async (key) => (key === KEY ? VIEWER : null),
      corsOrigins: ['https://tv.example.org'],
      signal: stopping.signal,
      waitMs: 2_000,
    }),
  });
  await db.rows(sql`delete from title_copies`);
  await db.rows(sql`
    insert into title_copies (title_id, library_id, provider_item_id, images, content_hash, removed_at) values
      (1, 1, 'item/1?x', '{"primary":"p1","backdrop":"b1"}', 'h', null),
      (2, 1, 'item-2', '{}', 'h', null),
      (3, 1, 'item-3', '{"primary":"p3"}', 'h', now())`);
});

afterEach(async () => {
  stopping.abort();
  await api.server.close(1_000);
  await media.close();
});

const poster = (id = 1) => imagePath(id, 'poster', 'tag') ?? '';
const ask = (path: string, headers: Record<string, string> = AUTHORIZED, method = 'GET') =>
  fetch(api.url + path, { headers, method });
const codeOf = async (response: Response) => [
  response.status,
  (await response.json()).errors[0].extensions.code,
];

describe('a picture of a series', () => {
  it('comes from the media server, by the item and tag that it named itself', async () => {
    const response = await ask(poster());
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PNG);
    expect(media.requests).toHaveLength(1);
    const [request] = media.requests;
    expect(request?.path).toBe('/Items/item%2F1%3Fx/Images/Primary');
    expect(Object.fromEntries(request?.query ?? [])).toEqual({ tag: 'p1', maxWidth: '480', quality: '90' });
    expect(request?.headers.authorization).toContain('secret-key');
  });

  it('is fetched once for each width, and its backdrop apart', async () => {
    for (const path of [poster(), poster(), `${poster()}&width=100`, `${poster()}&width=160`])
      expect(await (await ask(path)).arrayBuffer()).toHaveProperty('byteLength', PNG.length);
    await ask(imagePath(1, 'backdrop', 'x') ?? '');
    expect(media.requests.map(({ path, query }) => [path.split('/').at(-1), query.get('maxWidth')])).toEqual([
      ['Primary', '480'],
      ['Primary', '160'],
      ['0', '1280'],
    ]);
  });

  it('is not sent to whoever has it, until its tag changes', async () => {
    const first = await ask(poster());
    const etag = first.headers.get('etag') ?? '';
    expect(first.headers.get('cache-control')).toContain('immutable');
    const again = await ask(poster(), { ...AUTHORIZED, 'if-none-match': `"other", ${etag}` });
    expect([again.status, await again.text(), media.requests.length]).toEqual([304, '', 1]);
    await db.rows(sql`update title_copies set images = '{"primary":"p2"}' where title_id = 1`);
    const changed = await ask(poster(), { ...AUTHORIZED, 'if-none-match': etag });
    expect([changed.status, media.requests.at(-1)?.query.get('tag')]).toEqual([200, 'p2']);
    const unversioned = await ask(poster().split('?')[0] ?? '');
    expect(unversioned.headers.get('cache-control')).toBe('private, no-cache');
  });

  it('is fetched once for all who ask at the same time', async () => {
    const held = deferred();
    answer = () => (response) => {
      void held.promise.then(() => {
        response.writeHead(200, { 'content-type': 'image/png' });
        response.end(PNG);
      });
    };
    const asked = Array.from({ length: 5 }, () => ask(poster()));
    const answers = Promise.all(asked.map(async (one) => (await one).arrayBuffer()));
    await until(() => media.requests.length > 0 && lookUps === 5);
    held.resolve();
    const bodies = await answers;
    expect(bodies.map((body) => body.byteLength)).toEqual(Array(5).fill(PNG.length));
    expect(media.requests.length).toBe(1);
  });

  it('is asked for one at a time, whatever the page wants', async () => {
    await Promise.all(['160', '320', '480', '640'].map((width) => ask(`${poster()}&width=${width}`)));
    expect([media.requests.length, media.mostAtOnce()]).toEqual([4, 1]);
  });

  it('answers HEAD without its body', async () => {
    const response = await ask(poster(), AUTHORIZED, 'HEAD');
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'image/png',
      '',
    ]);
  });
});

describe('nothing is asked of the media server', () => {
  it.each([
    ['without a key', {}, 401, 'UNAUTHENTICATED'],
    ['with a wrong key', { authorization: 'Bearer wrong' }, 401, 'UNAUTHENTICATED'],
  ])('%s', async (_, headers, status, code) => {
    expect(await codeOf(await ask(poster(), { ...headers }))).toEqual([status, code]);
    expect(media.requests).toEqual([]);
  });

  it.each([
    ['a series without a picture', poster(2)],
    ['a series that is gone', poster(3)],
    ['a series that never was', poster(999)],
    ['an id of the media server', '/images/series/item-2/poster'],
    ['another kind of picture', poster().replace('poster', 'logo')],
    ['a path that climbs', '/images/series/..%2F..%2Fsecret/poster'],
  ])('for %s', async (_, path) => {
    expect(await codeOf(await ask(path))).toEqual([404, 'NOT_FOUND']);
    expect(media.requests).toEqual([]);
  });

  it('for a width that is none', async () => {
    expect(await codeOf(await ask(`${poster()}&width=-5`))).toEqual([400, 'BAD_INPUT']);
    expect(media.requests).toEqual([]);
  });

  it('by any other method', async () => {
    expect((await ask(poster(), AUTHORIZED, 'POST')).status).toBe(405);
    expect((await ask(poster(), AUTHORIZED, 'DELETE')).status).toBe(405);
    expect(media.requests).toEqual([]);
  });
});

describe('a media server that misbehaves', () => {
  it.each<[string, Answer, number, string]>([
    ['has no such picture', { status: 404 }, 404, 'NOT_FOUND'],
    ['refuses the key', { status: 401 }, 502, 'MEDIA_SERVER_REFUSED'],
    ['fails', { status: 500 }, 502, 'MEDIA_SERVER_BAD_ANSWER'],
    ['is overloaded', { status: 503 }, 504, 'MEDIA_SERVER_UNREACHABLE'],
    [
      'redirects elsewhere',
      { status: 302, headers: { location: 'http://169.254.169.254/' } },
      502,
      'MEDIA_SERVER_BAD_ANSWER',
    ],
    [
      'sends a page',
      { headers: { 'content-type': 'text/html' }, text: '<script>alert(1)</script>' },
      502,
      'MEDIA_SERVER_BAD_ANSWER',
    ],
    ['names no type', (response) => void response.end('x'), 502, 'MEDIA_SERVER_BAD_ANSWER'],
    [
      'announces too much',
      (response) => {
        response.writeHead(200, { 'content-type': 'image/png', 'content-length': '9000000' });
        response.flushHeaders();
      },
      502,
      'MEDIA_SERVER_BAD_ANSWER',
    ],
    ['hangs up', (response) => void response.destroy(), 504, 'MEDIA_SERVER_UNREACHABLE'],
  ])('%s', async (_, bad, status, code) => {
    answer = () => bad;
    expect(await codeOf(await ask(poster()))).toEqual([status, code]);
    answer = () => png;
    expect((await ask(poster())).status).toBe(200);
  });

  it.each<[string, (size: number) => Answer]>([
    [
      'breaks off',
      () => (response) => {
        response.writeHead(200, { 'content-type': 'image/png', 'content-length': '1000' });
        response.write(PNG);
        setImmediate(() => response.destroy());
      },
    ],
    [
      'sends more than a picture has',
      (size) => (response) => {
        response.writeHead(200, { 'content-type': 'image/png' });
        for (let sent = 0; sent < size; sent += 1_000_000) response.write(Buffer.alloc(1_000_000));
        response.end();
      },
    ],
  ])('%s: the client learns of it, and nothing of it is kept', async (_, bad) => {
    answer = () => bad(9_000_000);
    const response = await ask(poster());
    await expect(response.arrayBuffer()).rejects.toThrow();
    answer = () => png;
    expect(await (await ask(poster())).arrayBuffer()).toHaveProperty('byteLength', PNG.length);
  });

  it('is not waited for without end, and then asked again', async () => {
    answer = () => () => {};
    expect(await codeOf(await ask(poster()))).toEqual([504, 'MEDIA_SERVER_UNREACHABLE']);
    answer = () => png;
    expect((await ask(poster())).status).toBe(200);
  });

  it('is given up when the process stops', async () => {
    let begun = () => {};
    const isBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    answer = () => () => begun();
    const asked = ask(poster());
    await isBegun;
    stopping.abort(new ShowrunnerError('MEDIA_SERVER_UNREACHABLE', 'Stopping.'));
    expect((await asked).status).toBe(504);
  });
});

it('pages of listed origins may ask, others get no permission', async () => {
  const listed = await ask(poster(), { origin: 'https://tv.example.org' }, 'OPTIONS');
  expect(listed.headers.get('access-control-allow-origin')).toBe('https://tv.example.org');
  const other = await ask(poster(), { origin: 'https://evil.example' }, 'OPTIONS');
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
});
