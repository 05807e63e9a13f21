import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createRegistry, defineJob } from '../../../src/jobs/job-definition.ts';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import { pruneRuns } from '../../../src/jobs/prune-runs.ts';
import { findRun } from '../../../src/jobs/runs.repo.ts';
import { readWorkflowWithRuns } from '../../../src/jobs/workflows.repo.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { collect, startEngine } from '../../support/engine.ts';
import { chatter, hang, seqs, storedEvents, trigger } from '../../support/runs.ts';

const quick = (name: string) =>
  defineJob({ name, description: name, resources: [], params: z.object({}), run: async () => ({}) });

const JOBS = [chatter, hang, quick('generate-series-recommendations'), quick('sync-series-libraries')];
const retention = { eventsDays: 30, runsDays: 365 };

describe('pruning', () => {
  let db: TestDatabase;
  let engine: JobEngine;

  beforeEach(async () => {
    db = await createTestDatabase();
    engine = await startEngine(db, JOBS);
  });

  afterEach(async () => {
    await engine.stop(0);
    await db.close();
  });

  /** A run of `chatter` that has ended, with many events. */
  const ended = async (lines: number) => {
    const { run } = await engine.runJob({
      job: 'chatter',
      params: { lines, pauseMs: 0, logEvery: 1 },
      trigger,
    });
    await collect(engine.runFeed(run.id));
    const stored = await findRun(db, run.id);
    if (!stored) throw new Error('The run is gone.');
    return stored;
  };

  /** Prunes as it is done when `days` have gone by. */
  const pruneIn = (days: number) =>
    pruneRuns(
      { db, registry: createRegistry(JOBS), now: () => new Date(Date.now() + days * 86_400_000) },
      retention,
      new AbortController().signal,
    );

  it('takes all events but the last of finished runs after 30 days, and leaves younger and unfinished ones', async () => {
    const run = await ended(5);
    const { run: going } = await engine.runJob({ job: 'hang', params: {}, trigger });
    expect(await pruneIn(29)).toEqual({ trimmedRuns: 0, deletedRuns: 0, deletedWorkflows: 0 });
    expect(await storedEvents(db, run.id)).toHaveLength(run.lastSeq);
    expect(await pruneIn(31)).toEqual({ trimmedRuns: 1, deletedRuns: 0, deletedWorkflows: 0 });
    expect(await storedEvents(db, run.id)).toEqual([{ seq: run.lastSeq, type: 'STATE' }]);
    expect(await findRun(db, run.id)).toMatchObject({ firstSeq: run.lastSeq, result: run.result });
    expect((await storedEvents(db, going.id)).length).toBeGreaterThan(0);
    expect(await pruneIn(31)).toEqual({ trimmedRuns: 0, deletedRuns: 0, deletedWorkflows: 0 });
  });

  it('lets a follower of a pruned run know what is missing, and refuses a cursor from before', async () => {
    const run = await ended(5);
    await pruneIn(31);
    const [snapshot, resync, last, ...more] = await collect(engine.runFeed(run.id));
    expect(snapshot).toMatchObject({ kind: 'snapshot', run: { state: 'SUCCEEDED' } });
    expect(resync).toMatchObject({ kind: 'resync', runId: run.id, from: 1, to: run.lastSeq - 1 });
    expect(last).toMatchObject({ kind: 'event', event: { seq: run.lastSeq } });
    expect(more).toEqual([]);
    expect(seqs(await collect(engine.runFeed(run.id, run.lastSeq - 1)))).toEqual([run.lastSeq]);
    expect(seqs(await collect(engine.runFeed(run.id, run.lastSeq)))).toEqual([]);
    for (const after of [0, 1, run.lastSeq - 2])
      await expect(collect(engine.runFeed(run.id, after))).rejects.toMatchObject({
        code: 'BAD_INPUT',
        field: 'after',
        message: expect.stringContaining('pruned'),
        remedy: expect.stringContaining('without `after`'),
      });
  });

  it('tells a reader whom it overtakes what it misses, and goes on', async () => {
    const run = await ended(900);
    const feed = engine.runFeed(run.id);
    const first = [await feed.next(), await feed.next()].map(({ value }) => value.kind);
    expect(first).toEqual(['snapshot', 'event']);
    await pruneIn(31);
    const rest = await collect(feed);
    const gap = rest.find((item) => item.kind === 'resync');
    const before = seqs(rest).slice(0, -1);
    expect(before).toEqual(before.map((_seq, index) => index + 2));
    expect(gap).toMatchObject({ from: (before.at(-1) ?? 1) + 1, to: run.lastSeq - 1 });
    expect(rest.map(({ kind }) => kind).slice(-3)).toEqual(['snapshot', 'resync', 'event']);
    expect(seqs(rest).at(-1)).toBe(run.lastSeq);
  });

  it('deletes runs after a year, but neither the newest of a job nor the newest that succeeded', async () => {
    const runs = [await ended(1), await ended(2), await ended(3)];
    const { run: failed } = await engine.runJob({ job: 'hang', params: {}, trigger });
    await engine.cancelRun(failed.id, 'tests');
    await collect(engine.runFeed(failed.id));
    await db.rows(sql`update job_runs set state = 'FAILED' where id = ${runs[2]?.id}`);
    expect(await pruneIn(364)).toMatchObject({ deletedRuns: 0 });
    expect(await pruneIn(366)).toMatchObject({ deletedRuns: 1 });
    expect(await findRun(db, runs[0]?.id ?? '')).toBeUndefined();
    for (const run of [runs[1], runs[2], failed]) expect(await findRun(db, run?.id ?? '')).toBeDefined();
    expect(await pruneIn(10_000)).toMatchObject({ deletedRuns: 0 });
    await expect(collect(engine.runFeed(runs[0]?.id ?? ''))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      remedy: expect.stringContaining('pruned'),
    });
  });

  it('deletes a workflow together with its runs, never a part of it', async () => {
    const follow = async () => {
      const { workflow } = await engine.runWorkflow('recommendation-cycle', trigger, true);
      await collect(engine.workflowFeed(workflow.id));
      return workflow;
    };
    const [old, newest] = [await follow(), await follow()];
    expect(await pruneIn(366)).toMatchObject({ deletedRuns: 2, deletedWorkflows: 1 });
    expect(await readWorkflowWithRuns(db, old.id)).toBeUndefined();
    expect((await readWorkflowWithRuns(db, newest.id))?.runs).toHaveLength(2);
    const kinds = (await collect(engine.workflowFeed(newest.id))).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'resync')).toHaveLength(2);
    await expect(collect(engine.workflowFeed(old.id))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('may be done by several processes at once, in any number of batches', async () => {
    for (let lines = 1; lines <= 45; lines += 1) await ended(lines);
    const counts = await Promise.all([pruneIn(366), pruneIn(366)]);
    expect(counts.reduce((sum, { deletedRuns }) => sum + deletedRuns, 0)).toBe(44);
    expect(await db.rows(sql`select 1 from job_runs`)).toHaveLength(1);
  });

  it('stops between two batches when it is told to', async () => {
    const stopped = AbortSignal.abort(new Error('told to stop'));
    const deps = { db, registry: createRegistry(JOBS), now: () => new Date() };
    await expect(pruneRuns(deps, retention, stopped)).rejects.toThrow('told to stop');
  });
});
