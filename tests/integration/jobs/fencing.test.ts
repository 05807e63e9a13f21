import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startDemoServer } from '../../../src/demo/server.ts';
import { fencedDatabase } from '../../../src/jobs/fenced-database.ts';
import { defineJob, type JobDefinition } from '../../../src/jobs/job-definition.ts';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import { JOBS } from '../../../src/jobs/job-list.ts';
import { findRun } from '../../../src/jobs/runs.repo.ts';
import { createMediaServer } from '../../../src/media-server/connect.ts';
import { queryable } from '../../../src/platform/database.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { collect, noServices, startEngine } from '../../support/engine.ts';
import { smallHousehold } from '../../support/household.ts';
import { metadataOf, startMetadataServer } from '../../support/metadata-server.ts';

const trigger = { kind: 'MANUAL', key: 'tests' } as const;

let db: TestDatabase;
const teardown: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(async () => {
  for (const step of teardown.splice(0).reverse()) await step();
  await db.close();
});

async function engineWith(definitions: readonly JobDefinition[], options = {}): Promise<JobEngine> {
  const engine = await startEngine(db, definitions, options);
  teardown.push(() => engine.stop(0));
  return engine;
}

describe.runIf(process.env.DATABASE_URL)('where several processes share a database', () => {
  it('a process that lost its run commits nothing any more, and lets go', async () => {
    let wakeUp = () => {};
    const frozen = new Promise<void>((resolve) => {
      wakeUp = resolve;
    });
    let signal: AbortSignal | undefined;
    const writer = defineJob({
      name: 'writer',
      description: 'Writes before and after it was frozen.',
      resources: [],
      params: z.object({}),
      run: async (context) => {
        signal = context.signal;
        await context.db.transaction((tx) => tx.rows(sql`insert into written values ('before')`));
        context.progress.log('info', 'frozen from here');
        await frozen;
        await context.db.transaction((tx) => tx.rows(sql`insert into written values ('after')`));
        return {};
      },
    });
    await db.rows(sql`create table written (part text)`);
    const engine = await engineWith([writer]);
    const { run } = await engine.runJob({ job: 'writer', params: {}, trigger });
    for await (const item of engine.runFeed(run.id))
      if (item.kind === 'event' && item.event.body.type === 'LOG') break;
    await db.rows(sql`update job_runs set attempt = attempt + 1, worker_id = 'another' where id = ${run.id}`);
    wakeUp();
    await expect.poll(() => signal?.aborted).toBe(true);
    await engine.stop(0);
    teardown.pop();
    expect(await db.rows(sql`select part from written`)).toEqual([{ part: 'before' }]);
    expect(await findRun(db, run.id)).toMatchObject({ state: 'RUNNING', attempt: 2, workerId: 'another' });
  });

  it('jobs write in transactions only, which is where they are fenced', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'showrunner-fence-'));
    teardown.push(() => rm(folder, { recursive: true, force: true }));
    const media = await startDemoServer({
      catalog: await smallHousehold(8),
      mediaFolder: join(folder, 'media'),
    });
    teardown.push(() => media.close());
    await mkdir(join(folder, 'libraries'));
    const catalogs = await startMetadataServer([], { knowsEveryName: true });
    teardown.push(() => catalogs.close());
    const client = postgres(db.url ?? '', { max: 2, connection: { default_transaction_read_only: true } });
    teardown.push(() => client.end());
    const reading = queryable(drizzle(client));
    const definitions = JOBS.map((definition) => ({
      ...definition,
      run: (context, ...rest) => definition.run({ ...context, db: { ...context.db, ...reading } }, ...rest),
    })) satisfies JobDefinition[];
    const engine = await engineWith(definitions, {
      services: {
        ...noServices,
        mediaServer: () => mediaServer,
        metadata: metadataOf(catalogs),
        libraries: { root: join(folder, 'libraries'), mode: null, pathMappings: [] },
      },
    });
    const mediaServer = createMediaServer({
      url: media.url,
      apiKey: media.apiKey,
      log: createLogger('silent'),
      random: Math.random,
      now: () => new Date(),
    });
    for (const { name } of JOBS) {
      const { run } = await engine.runJob({ job: name, params: {}, trigger, force: true });
      await collect(engine.runFeed(run.id));
      expect(await findRun(db, run.id), name).toMatchObject({ state: 'SUCCEEDED', error: null });
    }
  });
});

describe.runIf(!process.env.DATABASE_URL)('where one process has the database to itself', () => {
  it('there is nothing to fence', () => {
    const owner = { runId: 'r', attempt: 1, workerId: 'w' };
    expect(fencedDatabase(db, owner, () => new Error('never'))).toBe(db);
  });
});
