import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { enqueueRun } from '../../../src/jobs/enqueue-run.ts';
import { createRegistry, type RunParams, type RunResult } from '../../../src/jobs/job-definition.ts';
import { JOBS } from '../../../src/jobs/job-list.ts';
import { runsThatFreshnessNeeds } from '../../../src/jobs/prerequisites.repo.ts';
import { type MissingPrerequisite, PrerequisiteMissing } from '../../../src/jobs/prerequisites.ts';
import { readReadiness } from '../../../src/jobs/readiness.ts';
import { claimRun, finishRun, type Outcome } from '../../../src/jobs/run-lifecycle.ts';
import { startWorkflow } from '../../../src/jobs/start-workflow.ts';
import { WORKFLOWS } from '../../../src/jobs/workflow-list.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const SERIES = 'sync-series';
const METADATA = 'enrich-metadata';
const EMBEDDINGS = 'generate-series-embeddings';
const HISTORY = 'sync-series-watch-history';
const RECOMMENDATIONS = 'generate-series-recommendations';
const LIBRARIES = 'sync-series-libraries';
const ALL = [SERIES, EMBEDDINGS, HISTORY, RECOMMENDATIONS, LIBRARIES];

const trigger = { kind: 'MANUAL', key: 'tests' } as const;
const registry = createRegistry(JOBS);

let db: TestDatabase;
let clock: number;
const deps = () => ({ db, registry, now: () => new Date(clock) });

beforeAll(async () => {
  db = await createTestDatabase();
});

beforeEach(async () => {
  await db.rows(sql`truncate workflow_runs, job_runs cascade`);
  clock = Date.parse('2026-11-20T12:00:00Z');
});

afterAll(() => db.close());

/** Takes a run through its life: asked for, a second later begun, a second later ended. */
async function run(
  job: string,
  result: RunResult = {},
  more: { params?: RunParams; failures?: number; outcome?: Outcome } = {},
): Promise<string> {
  const { run } = await enqueueRun(deps(), { job, params: more.params ?? {}, trigger, force: true });
  clock += 1_000;
  const definition = registry.get(job);
  if (!definition) throw new Error(`There is no job ${job}.`);
  const claimed = await claimRun(deps(), definition, { runId: run.id, workerId: 'tests' });
  if (typeof claimed === 'string') throw new Error(`The run is ${claimed}.`);
  clock += 1_000;
  const outcome = more.outcome ?? { kind: 'done', result, failures: more.failures ?? 0 };
  await finishRun(deps(), { runId: run.id, attempt: 1, workerId: 'tests' }, outcome, []);
  return run.id;
}

/** A first set-up in which every job had something to do. */
async function setUp(): Promise<void> {
  await run(SERIES, { seriesAdded: 20, episodesAdded: 300 });
  await run(EMBEDDINGS, { embedded: 20 });
  await run(HISTORY, { playStatesChanged: 40, seriesStatesChanged: 9 });
  await run(RECOMMENDATIONS, { sets: 2, picks: 40 });
  await run(LIBRARIES, { filesWritten: 400 });
}

/** What a job is told to be missing, as `job reason`. */
async function missing(job: string): Promise<string[]> {
  return (await missingOf(job)).map((found) => `${found.job} ${found.reason}`);
}

async function missingOf(job: string): Promise<readonly MissingPrerequisite[]> {
  const error = await enqueueRun(deps(), { job, params: {}, trigger }).then(
    () => null,
    (refusal: unknown) => refusal,
  );
  await db.rows(sql`delete from job_runs where state = 'QUEUED'`);
  if (error === null) return [];
  if (error instanceof PrerequisiteMissing) return error.prerequisites;
  throw error;
}

describe('prerequisites', () => {
  it('are all told, in the order in which they should run, before anything ran; force overrides', async () => {
    const asked = enqueueRun(deps(), { job: LIBRARIES, params: {}, trigger });
    await expect(asked).rejects.toMatchObject({
      code: 'PREREQUISITE_MISSING',
      field: 'job',
      value: LIBRARIES,
      prerequisites: [SERIES, EMBEDDINGS, HISTORY, RECOMMENDATIONS].map((job) => ({
        job,
        reason: 'NEVER_RAN',
        lastSucceededAt: null,
        changedAt: null,
      })),
      remedy: expect.stringContaining(
        `Run ${SERIES}, then ${EMBEDDINGS}, then ${HISTORY}, then ${RECOMMENDATIONS}`,
      ),
    });
    expect(await db.rows(sql`select id from job_runs`)).toEqual([]);
    const forced = await enqueueRun(deps(), { job: LIBRARIES, params: {}, trigger, force: true });
    expect(forced.run.state).toBe('QUEUED');
    const again = await enqueueRun(deps(), { job: LIBRARIES, params: {}, trigger });
    expect(again).toMatchObject({ alreadyActive: true, run: { id: forced.run.id } });
    expect(await missing(SERIES)).toEqual([]);
  });

  it('are met right after everything ran in order', async () => {
    await setUp();
    for (const job of ALL) expect(await missing(job), job).toEqual([]);
  });

  it('are met after a sync that changed nothing', async () => {
    await setUp();
    await run(SERIES, { seriesSeen: 20, seriesAdded: 0, seriesUpdated: 0, episodesAdded: 0 });
    await run(HISTORY, { users: 2, playStatesSeen: 40, playStatesChanged: 0 });
    for (const job of ALL) expect(await missing(job), job).toEqual([]);
  });

  it('are stale from a change until they ran again, whatever they find then', async () => {
    await setUp();
    const began = clock;
    await run(SERIES, { seriesAdded: 1, episodesAdded: 8 });
    const changedAt = new Date(clock);
    expect(await missing(RECOMMENDATIONS)).toEqual([`${EMBEDDINGS} STALE`, `${HISTORY} STALE`]);
    const [embeddings] = await missingOf(LIBRARIES);
    expect(embeddings).toMatchObject({ job: EMBEDDINGS, changedAt });
    expect(embeddings?.lastSucceededAt?.getTime()).toBeLessThan(began);
    await run(EMBEDDINGS, { embedded: 0 });
    expect(await missing(RECOMMENDATIONS)).toEqual([`${HISTORY} STALE`]);
    await run(HISTORY, {});
    expect(await missing(RECOMMENDATIONS)).toEqual([]);
    expect(await missing(LIBRARIES)).toEqual([]);
  });

  it('look at what matters to them: new episodes are read again, but not embedded', async () => {
    await setUp();
    await run(SERIES, { seriesAdded: 0, episodesAdded: 3 });
    expect(await missing(RECOMMENDATIONS)).toEqual([`${HISTORY} STALE`]);
    await run(HISTORY, { seriesStatesChanged: 1 });
    expect(await missing(LIBRARIES)).toEqual([`${RECOMMENDATIONS} STALE`]);
  });

  it('do not wait for public catalogs, and are stale when those told something new', async () => {
    await setUp();
    await run(METADATA, { found: 20, changed: 0, textsChanged: 0, expired: 0 });
    expect(await missing(LIBRARIES)).toEqual([]);
    await run(METADATA, { found: 20, changed: 5, textsChanged: 0 });
    expect(await missing(LIBRARIES)).toEqual([`${RECOMMENDATIONS} STALE`]);
    await run(METADATA, { found: 20, changed: 5, textsChanged: 2 });
    expect(await missing(LIBRARIES)).toEqual([`${EMBEDDINGS} STALE`, `${RECOMMENDATIONS} STALE`]);
    await run(EMBEDDINGS, { embedded: 2 });
    await run(RECOMMENDATIONS, { sets: 2 });
    expect(await missing(LIBRARIES)).toEqual([]);
    await run('evaluate-recommendations', { evaluations: 1, applied: 0 });
    await run('clean-embeddings', { vectorsRemoved: 90 });
    expect(await missing(LIBRARIES)).toEqual([]);
    await run('evaluate-recommendations', { retrained: 1, applied: 1 });
    expect(await missing(LIBRARIES)).toEqual([`${RECOMMENDATIONS} STALE`]);
  });

  it('are stale when their data changed while they ran', async () => {
    await setUp();
    const { run: slow } = await enqueueRun(deps(), { job: EMBEDDINGS, params: {}, trigger });
    const definition = registry.get(EMBEDDINGS);
    if (!definition) throw new Error('The job is gone.');
    await claimRun(deps(), definition, { runId: slow.id, workerId: 'tests' });
    await run(SERIES, { seriesAdded: 1 });
    const owner = { runId: slow.id, attempt: 1, workerId: 'tests' };
    clock += 1_000;
    await finishRun(deps(), owner, { kind: 'done', result: { embedded: 1 }, failures: 0 }, []);
    expect(await missing(RECOMMENDATIONS)).toContain(`${EMBEDDINGS} STALE`);
  });

  it('are not met by dry runs, which change nothing either', async () => {
    await run(SERIES, { seriesAdded: 20 });
    await run(EMBEDDINGS, { embedded: 20 }, { params: { dryRun: true } });
    expect(await missing(RECOMMENDATIONS)).toContain(`${EMBEDDINGS} NEVER_RAN`);
    await setUp();
    await run(EMBEDDINGS, { embedded: 5 }, { params: { dryRun: true } });
    expect(await missing(LIBRARIES)).toEqual([]);
    await run(SERIES, { seriesUpdated: 5 });
    await run(EMBEDDINGS, { embedded: 5 }, { params: { dryRun: true } });
    expect(await missing(RECOMMENDATIONS)).toContain(`${EMBEDDINGS} STALE`);
  });

  it('are not made fresh by a run for some items only, but such a run is a run', async () => {
    await run(SERIES, { seriesAdded: 1 }, { params: { libraryIds: [1] } });
    expect(await missing(EMBEDDINGS)).toEqual([]);
    await setUp();
    await run(SERIES, { episodesAdded: 1 }, { params: { libraryIds: [1] } });
    await run(HISTORY, { playStatesChanged: 0 }, { params: { userIds: [1] } });
    expect(await missing(RECOMMENDATIONS)).toEqual([`${HISTORY} STALE`]);
  });

  it('are met by a run with failed items, and not by one that failed', async () => {
    const error = new Error('broken');
    await run(SERIES, {}, { outcome: { kind: 'failed', error } });
    expect(await missing(EMBEDDINGS)).toEqual([`${SERIES} NEVER_RAN`]);
    await run(SERIES, { seriesAdded: 1 }, { failures: 3 });
    expect(await missing(EMBEDDINGS)).toEqual([]);
  });

  it('are the same when all runs but the needed ones are deleted', async () => {
    await setUp();
    await run(SERIES, { seriesAdded: 1 });
    await run(HISTORY, {}, { params: { userIds: [1] } });
    for (let times = 0; times < 3; times += 1) {
      await run(SERIES, {});
      await run(HISTORY, { playStatesChanged: 4 }, { params: { dryRun: true } });
      await run(EMBEDDINGS, { embedded: 1 }, { params: { limit: 1 } });
    }
    const told = await missingOf(LIBRARIES);
    expect(told).toHaveLength(3);
    const needed = JSON.stringify([...(await runsThatFreshnessNeeds(db, JOBS))]);
    const before = await db.rows(sql`select id from job_runs`);
    await db.rows(sql`
      delete from job_runs
      where id not in (select value::uuid from json_array_elements_text(${needed}::json))`);
    expect((await db.rows(sql`select id from job_runs`)).length).toBeLessThan(before.length / 2);
    expect(await missingOf(LIBRARIES)).toEqual(told);
  });
});

describe('prerequisites of a workflow', () => {
  const start = (name: string, force = false) => startWorkflow(deps(), { name, trigger, force });

  it('may be met by its earlier steps: those that begin with a sync start on an empty database', async () => {
    for (const name of ['initial-setup', 'full-refresh', 'post-update'])
      expect((await start(name)).workflow.state).toBe('RUNNING');
  });

  it('are told before it starts where no earlier step brings them; force overrides', async () => {
    await expect(start('recommendation-cycle')).rejects.toMatchObject({
      code: 'PREREQUISITE_MISSING',
      field: 'workflow',
      prerequisites: [{ job: SERIES }, { job: EMBEDDINGS }, { job: HISTORY }],
    });
    await expect(start('repair-recommendations')).rejects.toMatchObject({ prerequisites: [{ job: SERIES }] });
    expect(await db.rows(sql`select id from workflow_runs`)).toEqual([]);
    expect((await start('recommendation-cycle', true)).workflow.state).toBe('RUNNING');
    await expect(start('recommendation-cycle')).resolves.toMatchObject({ alreadyActive: true });
  });

  it('are met after a whole set-up, and stale ones are told too', async () => {
    await setUp();
    await run(SERIES, { seriesUpdated: 1 });
    await expect(start('recommendation-cycle')).rejects.toMatchObject({
      prerequisites: [
        { job: EMBEDDINGS, reason: 'STALE' },
        { job: HISTORY, reason: 'STALE' },
      ],
    });
    await run(EMBEDDINGS, { embedded: 1 });
    await run(HISTORY, {});
    for (const { name } of WORKFLOWS) expect((await start(name)).alreadyActive, name).toBe(false);
  });
});

describe('the readiness of a job', () => {
  const readiness = async (job: string) => (await readReadiness(db, registry, [job]))[0];

  it('tells prerequisites and the runs in the way', async () => {
    expect(await readiness(SERIES)).toEqual({ ready: true, prerequisites: [], conflicts: [] });
    const blocked = await readiness(EMBEDDINGS);
    expect(blocked).toMatchObject({ ready: false, prerequisites: [{ job: SERIES }], conflicts: [] });
    const { run: users } = await enqueueRun(deps(), { job: 'sync-users', params: {}, trigger });
    const { run: waiting } = await enqueueRun(deps(), { job: HISTORY, params: {}, trigger, force: true });
    const definition = registry.get(HISTORY);
    if (!definition) throw new Error('The job is gone.');
    await claimRun(deps(), definition, { runId: waiting.id, workerId: 'tests' });
    // Both write what was watched; the one that holds it stands first.
    const history = await readiness(HISTORY);
    expect(history?.conflicts.map(({ id }) => id)).toEqual([waiting.id, users.id]);
    expect((await readiness('sync-users'))?.ready).toBe(false);
    expect((await readiness(SERIES))?.conflicts).toEqual([]);
  });
});
