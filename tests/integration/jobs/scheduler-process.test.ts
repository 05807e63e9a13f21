import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { at } from '../../support/api.ts';
import { type CuttableProxy, openCuttableProxy } from '../../support/cuttable-proxy.ts';
import { type ShowrunnerProcess, startProcess } from '../../support/showrunner-process.ts';
import { createStores, type TestStores } from '../../support/stores.ts';

describe('a server whose MongoDB is down', () => {
  let folder: string;
  let stores: TestStores;
  let proxy: CuttableProxy;
  let server: ShowrunnerProcess;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'showrunner-down-'));
    stores = await createStores();
    // Without a MongoDB to go to, the way to it is a port at which nobody ever answers.
    const mongo = new URL(stores.settings.MONGODB_URI ?? 'mongodb://127.0.0.1:9/nobody');
    proxy = await openCuttableProxy(mongo.href);
    proxy.block();
    mongo.host = new URL(proxy.url).host;
    server = await startProcess({
      ...stores.settings,
      MONGODB_URI: mongo.href,
      SHOWRUNNER_DATA: join(folder, 'data'),
      SHOWRUNNER_LIBRARIES: join(folder, 'libraries'),
      SHOWRUNNER_LOG_LEVEL: 'silent',
    });
  }, 60_000);

  afterEach(async () => {
    await server.stop();
    await proxy.close();
    await stores.drop();
    await rm(folder, { recursive: true });
  });

  const runJob = async () => {
    const answer = await server.request(
      'mutation { runJob(input: { job: SYNC_USERS, force: true }) { __typename } }',
    );
    return at(answer.data, 'runJob', '__typename');
  };

  it('starts, is ready and serves the catalog; jobs say why they cannot be started', async () => {
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    expect(
      (await server.request('{ seriesConnection(first: 1) { totalCount } scheduler { available } }')).data,
    ).toEqual({ seriesConnection: { totalCount: 0 }, scheduler: { available: false } });
    expect(await runJob()).toBe('SchedulerUnavailableError');
    expect((await server.request('{ jobRuns(first: 5) { nodes { id } } }')).data).toEqual({
      jobRuns: { nodes: [] },
    });
  }, 60_000);

  it.runIf(process.env.MONGODB_URI)(
    'starts jobs and has its schedules as soon as MongoDB is up',
    async () => {
      expect(await runJob()).toBe('SchedulerUnavailableError');
      proxy.unblock();
      await vi.waitFor(async () => expect(await runJob()).toBe('StartedRun'), {
        timeout: 20_000,
        interval: 100,
      });
      const answer = await server.request('{ schedules { id } }');
      expect(at(answer.data, 'schedules')).toHaveLength(9);
    },
    60_000,
  );
});
