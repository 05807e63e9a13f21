import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import { FINAL_STATES } from '../../../src/jobs/run-event.ts';
import { readConfig } from '../../../src/platform/config.ts';
import { createLifecycle } from '../../../src/platform/lifecycle.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { startShowrunner } from '../../../src/server/start-showrunner.ts';
import { smallHousehold } from '../../support/household.ts';
import { createStores, type TestStores } from '../../support/stores.ts';

const KEY = 'test-admin-key-of-24-characters';
const log = createLogger('silent');

const run = z.object({
  id: z.string(),
  state: z.string(),
  attempt: z.number(),
  error: z.object({ code: z.string(), message: z.string(), remedy: z.string().nullable() }).nullable(),
});

describe('a media server that misbehaves', () => {
  const lifecycle = createLifecycle(log);
  let folder: string;
  let stores: TestStores;
  let media: DemoServer;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'showrunner-bad-'));
    stores = await createStores();
    media = await startDemoServer({ catalog: await smallHousehold(20) });
    const config = readConfig({
      ...stores.settings,
      SHOWRUNNER_DATA: join(folder, 'data'),
      SHOWRUNNER_PORT: '0',
      SHOWRUNNER_ADMIN_KEY: KEY,
      MEDIA_SERVER_URL: media.url,
      MEDIA_SERVER_API_KEY: media.apiKey,
    });
    ({ url } = await startShowrunner({ config, log, lifecycle }));
    expect(await settle(await sync())).toMatchObject({ state: 'SUCCEEDED' });
  });

  beforeEach(() => faults([]));

  afterAll(async () => {
    expect(await lifecycle.stop()).toEqual([]);
    await media.close();
    await stores.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const request = async (query: string) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = await response.json();
    expect(errors).toBeUndefined();
    return data;
  };

  const faults = (rules: readonly object[]) =>
    fetch(`${media.url}/demo/faults`, { method: 'POST', body: JSON.stringify({ rules }) });

  const sync = async (): Promise<string> => {
    const data = await request(
      `mutation { runJob(input: { job: SYNC_SERIES, full: true }) { ... on StartedRun { run { id } } } }`,
    );
    return data.runJob.run.id;
  };

  /** Waits until the run has ended or its first attempt has failed, and cancels what would be tried again. */
  const settle = async (id: string) => {
    for (;;) {
      const { jobRun } = await request(
        `{ jobRun(id: "${id}") { id state attempt error { code message remedy } } }`,
      );
      const found = run.parse(jobRun);
      if (FINAL_STATES.includes(found.state)) return found;
      if (found.state === 'QUEUED' && found.error) {
        await request(`mutation { cancelRun(runId: "${id}") { __typename } }`);
        return found;
      }
      await sleep(50);
    }
  };

  const shown = () =>
    request(`{ seriesConnection(first: 100) { totalCount nodes { name removedAt episodeCount } } }`);

  it.each([
    ['answers 401', { kind: 'status', status: 401 }, 'FAILED', 'MEDIA_SERVER_REFUSED'],
    ['answers 500', { kind: 'status', status: 500 }, 'QUEUED', 'MEDIA_SERVER_BAD_ANSWER'],
    ['answers half a page', { kind: 'cut' }, 'QUEUED', 'MEDIA_SERVER_BAD_ANSWER'],
    ['answers rubbish', { kind: 'garbage' }, 'QUEUED', 'MEDIA_SERVER_BAD_ANSWER'],
  ])(
    'that %s ends the attempt with a typed error, and nothing is removed or half stored',
    async (_what, fault, state, code) => {
      const before = await shown();
      await faults([{ match: 'IncludeItemTypes=Episode', ...fault }]);
      const failed = await settle(await sync());
      expect(failed).toMatchObject({ state, attempt: 1, error: { code } });
      expect(failed.error?.remedy).toBeTruthy();
      expect(failed.error?.message).not.toContain(media.apiKey);
      expect(await shown()).toEqual(before);
      await faults([]);
      expect(await settle(await sync())).toMatchObject({ state: 'SUCCEEDED' });
      expect(await shown()).toEqual(before);
    },
  );
});
