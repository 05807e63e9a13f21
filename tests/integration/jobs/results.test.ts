import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import type { RunParams } from '../../../src/jobs/job-definition.ts';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import { JOBS } from '../../../src/jobs/job-list.ts';
import { findRun, type JobRun } from '../../../src/jobs/runs.repo.ts';
import { createMediaServer } from '../../../src/media-server/connect.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { domainWrites, folderContents } from '../../support/domain-writes.ts';
import { collect, noServices, startEngine } from '../../support/engine.ts';
import { smallHousehold } from '../../support/household.ts';
import { type MetadataServer, metadataOf, startMetadataServer } from '../../support/metadata-server.ts';
import { trigger } from '../../support/runs.ts';

/** What a dry run can only estimate: the provider counts tokens, and is not asked. */
const ESTIMATED = ['tokens'];
/** Requests by which a media server is changed. */
const CHANGES = '^(POST|PUT|PATCH|DELETE) ';

describe.each(['jellyfin', 'emby'] as const)('every job, run on a household of %s', (dialect) => {
  let folder: string;
  let media: DemoServer;
  let db: TestDatabase;
  let engine: JobEngine;
  let catalogs: MetadataServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'showrunner-results-'));
    const mediaFolder = join(folder, 'media');
    media = await startDemoServer({ dialect, catalog: await smallHousehold(8), mediaFolder });
    const libraries = join(folder, 'libraries');
    await mkdir(libraries);
    const mediaServer = createMediaServer({
      url: media.url,
      apiKey: media.apiKey,
      log: createLogger('silent'),
      random: Math.random,
      now: () => new Date(),
    });
    catalogs = await startMetadataServer([], { knowsEveryName: true });
    db = await createTestDatabase();
    engine = await startEngine(db, JOBS, {
      services: {
        ...noServices,
        mediaServer: () => mediaServer,
        metadata: metadataOf(catalogs),
        libraries: { root: libraries, mode: null, pathMappings: [] },
      },
    });
  });

  afterAll(async () => {
    await engine.stop(0);
    await db.close();
    await media.close();
    await catalogs.close();
    await rm(folder, { recursive: true, force: true });
  });

  const run = async (job: string, params: RunParams): Promise<JobRun> => {
    const requested = await engine.runJob({ job, params, trigger, force: true });
    await collect(engine.runFeed(requested.run.id));
    const ended = await findRun(db, requested.run.id);
    expect(ended, job).toMatchObject({ state: 'SUCCEEDED', error: null });
    if (!ended) throw new Error('The run is gone.');
    return ended;
  };

  /** What a dry run must leave alone: rows, files, and what the media server was told. */
  const outside = async () => ({
    rows: await domainWrites(db),
    files: await folderContents(folder),
    changes: await (await fetch(`${media.url}/demo/requests?match=${encodeURIComponent(CHANGES)}`)).json(),
  });

  it('ends with exactly the figures of its definition, which its dry run told before and wrote nothing', async () => {
    for (const { name, results } of JOBS) {
      const before = await outside();
      const dry = await run(name, { dryRun: true });
      const after = await outside();
      expect(after.rows, name).toEqual(before.rows);
      expect(after.files, name).toEqual(before.files);
      expect(after.changes.requests, name).toEqual(before.changes.requests);
      const real = await run(name, { dryRun: false });
      expect(Object.keys(real.result ?? {}).sort(), name).toEqual(Object.keys(results).sort());
      expect(Object.keys(dry.result ?? {}).sort(), name).toEqual(Object.keys(results).sort());
      expect(without(dry.result, ESTIMATED), name).toEqual(without(real.result, ESTIMATED));
    }
  });

  it('writes nothing in a dry run either when all is there already', async () => {
    const before = await outside();
    expect(before.rows.picks).not.toEqual([]);
    expect(before.files.length).toBeGreaterThan(0);
    expect(before.changes.count).toBeGreaterThan(0);
    for (const { name, parameters } of JOBS) {
      const all = { force: true, full: true };
      const taken = Object.entries(all).filter(([parameter]) => parameters.includes(parameter));
      await run(name, { ...Object.fromEntries(taken), dryRun: true });
      const after = await outside();
      expect(after.rows, name).toEqual(before.rows);
      expect(after.files, name).toEqual(before.files);
      expect(after.changes.requests, name).toEqual(before.changes.requests);
    }
  });
});

function without(result: Record<string, number> | null, names: readonly string[]) {
  return Object.fromEntries(Object.entries(result ?? {}).filter(([name]) => !names.includes(name)));
}
