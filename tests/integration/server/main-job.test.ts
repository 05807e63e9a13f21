import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import { readConfig } from '../../../src/platform/config.ts';
import { createLifecycle, type Lifecycle } from '../../../src/platform/lifecycle.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { startShowrunner } from '../../../src/server/start-showrunner.ts';
import { smallHousehold } from '../../support/household.ts';
import { createStores, type TestStores } from '../../support/stores.ts';

const KEY = 'test-admin-key-of-24-characters';
const log = createLogger('silent');

describe.each(['jellyfin', 'emby'] as const)('the main job with %s', (dialect) => {
  let folder: string;
  let media: DemoServer;
  let stores: TestStores;
  let lifecycle: Lifecycle;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'showrunner-main-'));
    stores = await createStores();
    lifecycle = createLifecycle(log);
    const mediaFolder = join(folder, 'media');
    media = await startDemoServer({ dialect, catalog: await smallHousehold(12), mediaFolder });
  });

  afterEach(async () => {
    expect(await lifecycle.stop()).toEqual([]);
    await media.close();
    await stores.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('starts on these stores, and goes from an empty database to a library the server shows', async () => {
    const config = readConfig({
      ...stores.settings,
      SHOWRUNNER_DATA: join(folder, 'data'),
      SHOWRUNNER_PORT: '0',
      SHOWRUNNER_NEW_USERS: 'enabled',
      SHOWRUNNER_ADMIN_KEY: KEY,
      MEDIA_SERVER_URL: media.url,
      MEDIA_SERVER_API_KEY: media.apiKey,
    });
    const { url } = await startShowrunner({ config, log, lifecycle });
    const request = async (query: string) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
        body: JSON.stringify({ query }),
      });
      return response.json();
    };

    const started = await request(
      `mutation { runWorkflow(workflow: INITIAL_SETUP) { ... on StartedWorkflow { workflow { id } } } }`,
    );
    const { id } = started.data.runWorkflow.workflow;
    const events = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${KEY}`,
      },
      body: JSON.stringify({
        query: `subscription { workflowRunEvents(id: "${id}") { __typename
          ... on JobStateChanged { state error { message } } ... on JobItemFailed { item failure: error { message } }
          ... on WorkflowSnapshot { workflow { state } } } }`,
      }),
    });
    const stream = await events.text();
    expect(stream, stream).toContain('"workflow":{"state":"SUCCEEDED"}');

    const answer = await request(`{
      seriesConnection(first: 100) { totalCount }
      users(first: 10) { nodes { name library { fileCount } recommendations { picks { rank series { name } } } } }
      libraries { name isVirtual }
    }`);
    expect(answer.errors).toBeUndefined();
    expect(answer.data.seriesConnection.totalCount).toBe(12);
    for (const user of answer.data.users.nodes) {
      expect(user.library.fileCount, user.name).toBeGreaterThan(0);
      expect(user.recommendations.picks.length, user.name).toBeGreaterThan(0);
    }
    expect(answer.data.libraries.filter((library: { isVirtual: boolean }) => library.isVirtual)).toHaveLength(
      3,
    );
  });
});
