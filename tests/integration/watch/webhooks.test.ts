import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../../src/platform/config.ts';
import { createLifecycle } from '../../../src/platform/lifecycle.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { startShowrunner } from '../../../src/server/start-showrunner.ts';
import { at } from '../../support/api.ts';
import { createStores, type TestStores } from '../../support/stores.ts';
import { household } from '../../support/watch-demo.ts';
import { type DemoClient, startDemo } from '../demo/demo-client.ts';

const KEY = 'test-admin-key-of-24-characters';
const SECRET = 'a-webhook-secret-of-enough-length';
const log = createLogger('silent');
const PATIENCE = { timeout: 60_000, interval: 100 };

describe.each(['jellyfin', 'emby'] as const)('webhooks of %s', (dialect) => {
  let folder: string;
  let demo: DemoClient;
  let stores: TestStores;
  let url: string;
  let user: string;
  const lifecycle = createLifecycle(log);

  const request = async (query: string): Promise<unknown> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ query }),
    });
    return at(await response.json(), 'data');
  };
  const runs = async (job: string): Promise<unknown[]> => {
    const data = await request(
      `{ jobRuns(first: 50, filter: { jobs: [${job}] }) { nodes { state trigger { kind key userId } parameters { name value } } } }`,
    );
    const nodes = at(data, 'jobRuns', 'nodes');
    return Array.isArray(nodes) ? nodes : [];
  };
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(url + path, { method: 'POST', body, headers });
  const playsOf = async () => {
    const data = await request(
      `{ user(id: "${user}") { plays(first: 100) { totalCount nodes { source episode { number series { name } } } } } }`,
    );
    return at(data, 'user', 'plays', 'nodes');
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'showrunner-webhooks-'));
    stores = await createStores();
    demo = await startDemo({
      dialect,
      catalog: household({ users: 1, series: 5, episodes: 3, touched: 1, watched: 2 }),
      now: () => new Date(),
    });
    const config = readConfig({
      ...stores.settings,
      SHOWRUNNER_DATA: join(folder, 'data'),
      SHOWRUNNER_PORT: '0',
      SHOWRUNNER_NEW_USERS: 'enabled',
      SHOWRUNNER_ADMIN_KEY: KEY,
      SHOWRUNNER_WEBHOOK_SECRET: SECRET,
      MEDIA_SERVER_URL: demo.url,
      MEDIA_SERVER_API_KEY: demo.apiKey,
    });
    ({ url } = await startShowrunner({ config, log, lifecycle }));
    for (const job of ['SYNC_SERIES', 'SYNC_SERIES_WATCH_HISTORY', 'GENERATE_SERIES_EMBEDDINGS']) {
      await request(`mutation { runJob(input: { job: ${job}, force: true }) { __typename } }`);
      await vi.waitFor(async () => expect(await runs(job)).toMatchObject([{ state: 'SUCCEEDED' }]), PATIENCE);
    }
    user = String(at(await request('{ users { nodes { id } } }'), 'users', 'nodes', 0, 'id'));
  }, 120_000);

  afterAll(async () => {
    expect(await lifecycle.stop()).toEqual([]);
    await demo.close();
    await stores.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('make a history fresh, and a finished series makes for new picks', async () => {
    await demo.call('POST', '/demo/webhook', { url: `${url}/webhooks/${SECRET}` });
    await demo.call('DELETE', '/demo/requests');
    const play = { user: 'user-1', title: 'Series 1', season: 1, episode: 3 };
    await demo.call('POST', '/demo/play', { ...play, action: 'stop', positionSeconds: 2_399 });
    await vi.waitFor(async () => {
      expect(await playsOf()).toContainEqual({
        source: 'WEBHOOK',
        episode: { number: 3, series: { name: 'Series 1' } },
      });
    }, PATIENCE);
    await vi.waitFor(async () => {
      expect(await runs('GENERATE_SERIES_RECOMMENDATIONS')).toMatchObject([
        { state: 'SUCCEEDED', trigger: { kind: 'WEBHOOK', key: null, userId: user } },
      ]);
    }, PATIENCE);
  }, 120_000);

  it('that come in a burst are followed up together', async () => {
    await demo.call('DELETE', '/demo/requests');
    await demo.call('POST', '/demo/play', { user: 'user-1', title: 'Series 2' });
    await demo.call('POST', '/demo/play', { user: 'user-1', title: 'Series 2', action: 'unplay' });
    await demo.call('POST', '/demo/play', { user: 'user-1', title: 'Series 2' });
    await vi.waitFor(async () => {
      for (const number of [1, 2, 3])
        expect(await playsOf()).toContainEqual({
          source: 'WEBHOOK',
          episode: { number, series: { name: 'Series 2' } },
        });
    }, PATIENCE);
    const { body } = await demo.get('/demo/requests?match=Ids');
    expect(at(body, 'count')).toBeLessThanOrEqual(4);
  }, 120_000);

  it('are taken at the secret path only, whatever they hold', async () => {
    expect((await post(`/webhooks/${SECRET}`, 'no JSON')).status).toBe(204);
    expect((await post(`/webhooks/${SECRET}?x=1`, '{"NotificationType":"ItemAdded"}')).status).toBe(204);
    for (const path of [
      '/webhooks/',
      '/webhooks',
      `/webhooks/${SECRET}x`,
      `/webhooks/${SECRET.slice(1)}`,
      `/webhooks/${'x'.repeat(500)}`,
    ])
      expect((await post(path, '{}')).status, path).toBe(404);
    expect((await fetch(`${url}/webhooks/${SECRET}`)).status).toBe(405);
    expect((await fetch(`${url}/webhooks/wrong`)).status).toBe(404);
    expect((await post(`/webhooks/${SECRET}`, ' '.repeat(1024 * 1024 + 1))).status).toBe(413);
  });

  it('are taken at a path that an administrator had made, until another one is', async () => {
    const renew = async () =>
      String(
        at(
          await request('mutation { renewWebhookSecret { ... on RenewWebhookSecretSuccess { path } } }'),
          'renewWebhookSecret',
          'path',
        ),
      );
    const first = await renew();
    expect(first).toMatch(/^\/webhooks\/[\w-]{43}$/);
    expect((await post(first, '{}')).status).toBe(204);
    const second = await renew();
    expect((await post(first, '{}')).status).toBe(404);
    expect((await post(second, '{}')).status).toBe(204);
    expect((await post(`/webhooks/${SECRET}`, '{}')).status).toBe(204);
  });
});
