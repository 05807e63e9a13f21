import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import { noteRemoval } from '../../../src/jobs/prune-runs.repo.ts';
import type { RunListFeedItem } from '../../../src/jobs/run-list-feed.ts';
import { insertRun, type JobRun } from '../../../src/jobs/runs.repo.ts';
import type { Queryable } from '../../../src/platform/database.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { collect, startEngine } from '../../support/engine.ts';
import { chatter, hang, trigger } from '../../support/runs.ts';

type Feed = AsyncIterableIterator<RunListFeedItem>;

describe('the feed of the list of runs', () => {
  let db: TestDatabase;
  let engine: JobEngine;

  beforeEach(async () => {
    db = await createTestDatabase();
    engine = await startEngine(db, [chatter, hang], { subscriptionHeartbeatMs: 200 });
  });

  afterEach(async () => {
    await engine.stop(0);
    await db.close();
  });

  /** Stores a run of a job that nobody here executes. */
  const store = async (tx: Queryable, job = 'unknown'): Promise<JobRun> => {
    const values = { id: randomUUID(), job, params: {}, trigger, workflowRunId: null, maxAttempts: 1 };
    const run = await insertRun(tx, { ...values, dedupeKey: values.id, now: new Date() });
    if (!run) throw new Error('The run was not stored.');
    return run;
  };

  it('begins with unfinished and newest runs, the newest first, and tells the last state of each run that changes', async () => {
    const { run: ended } = await engine.runJob({ job: 'chatter', params: { lines: 3 }, trigger });
    await collect(engine.runFeed(ended.id));
    const { run: going } = await engine.runJob({ job: 'hang', params: {}, trigger });
    const feed = engine.runListFeed();
    const snapshot = await next(feed, 'snapshot');
    expect(snapshot.runs.map(({ id }) => id)).toEqual([going.id, ended.id]);
    await engine.cancelRun(going.id, 'tests');
    const { run } = await until(feed, (item) => item.kind === 'updated' && item.run.state === 'CANCELLED');
    expect(run.id).toBe(going.id);
    await feed.return?.();
  });

  it('limits a snapshot to the newest 50 runs and all that have not ended', async () => {
    const runs = await db.transaction(async (tx) => {
      const stored: JobRun[] = [];
      for (let index = 0; index < 60; index += 1) stored.push(await store(tx));
      await tx.rows(sql`
        update job_runs set state = 'CANCELLED', queued_at = now() - (60 - last_seq) * interval '1 s',
          finished_at = now() where id <> ${stored[0]?.id}`);
      await tx.rows(
        sql`update job_runs set queued_at = now() - interval '9 days' where id = ${stored[0]?.id}`,
      );
      return stored;
    });
    const snapshot = await next(engine.runListFeed(), 'snapshot');
    expect(snapshot.runs).toHaveLength(51);
    expect(snapshot.runs.at(-1)?.id).toBe(runs[0]?.id);
  });

  it('tells nothing twice in one connection, and nothing new as nothing new', async () => {
    const feed = engine.runListFeed();
    await next(feed, 'snapshot');
    const run = await store(db);
    const told = await next(feed, 'updated');
    expect(told.run.id).toBe(run.id);
    // A cursor stays behind every transaction that goes on, be it of another test on the same server.
    let { cursor } = told;
    while (cursor <= told.run.changedXid) ({ cursor } = await next(feed, 'heartbeat'));
    await feed.return?.();
    const resumed = engine.runListFeed({}, cursor);
    expect((await next(resumed, 'heartbeat')).cursor).toBeGreaterThanOrEqual(cursor);
    await resumed.return?.();
  });

  it('leads a client that comes back with any cursor to the newest state of every run', async () => {
    const items: RunListFeedItem[] = [];
    const feed = engine.runListFeed();
    items.push(await next(feed, 'snapshot'));
    const runs: string[] = [];
    const ended = new Set<string>();
    const cursors = () => new Set(items.map(({ cursor }) => cursor)).size;
    // Cursors stand still while any transaction on the same server goes on.
    while (runs.length < 5 || cursors() < 4) {
      const params = { lines: runs.length + 1, pauseMs: 40 };
      const { run } = await engine.runJob({ job: 'chatter', params, trigger });
      runs.push(run.id);
      while (runs.length >= 5 && ended.size < runs.length) {
        const { value: item } = await feed.next();
        if (item.kind === 'heartbeat') continue;
        items.push(item);
        if (item.kind === 'updated' && item.run.state === 'SUCCEEDED') ended.add(item.run.id);
      }
    }
    await feed.return?.();
    for (const [index, { cursor }] of items.entries()) {
      const known = new Map<string, string>();
      for (const item of items.slice(0, index + 1)) {
        if (item.kind === 'updated') known.set(item.run.id, item.run.state);
      }
      const resumed = engine.runListFeed({}, cursor);
      for await (const item of resumed) {
        if (item.kind === 'updated') known.set(item.run.id, item.run.state);
        if (item.kind === 'heartbeat') break;
      }
      expect([...known.values()], `behind item ${index}`).toEqual(runs.map(() => 'SUCCEEDED'));
    }
  });

  it('misses nothing of a transaction that commits later than one that began after it', async ({ skip }) => {
    if (db.kind === 'embedded') skip('The embedded database has one transaction at a time.');
    const feed = engine.runListFeed();
    await next(feed, 'snapshot');
    let commit = () => {};
    let late: JobRun | undefined;
    const slow = db.transaction(async (tx) => {
      late = await store(tx);
      await new Promise<void>((resolve) => {
        commit = resolve;
      });
    });
    await expect.poll(() => late).toBeDefined();
    const early = await store(db);
    const told = await next(feed, 'updated');
    expect(told.run.id).toBe(early.id);
    commit();
    await slow;
    expect((await next(feed, 'updated')).run.id).toBe(late?.id);
    const ids: string[] = [];
    for await (const item of engine.runListFeed({}, told.cursor)) {
      if (item.kind === 'updated') ids.push(item.run.id);
      if (item.kind === 'heartbeat') break;
    }
    expect(ids).toContain(late?.id);
    await feed.return?.();
  });

  it('tells when a run is no longer one of those asked for, and leaves out what never was', async () => {
    const feed = engine.runListFeed({ jobs: ['hang'], states: ['RUNNING'] });
    expect((await next(feed, 'snapshot')).runs).toEqual([]);
    await store(db);
    const { run } = await engine.runJob({ job: 'hang', params: {}, trigger });
    const told = await until(feed, (item) => item.kind === 'updated');
    expect(told.run.id).toBe(run.id);
    await engine.cancelRun(run.id, 'tests');
    expect((await next(feed, 'removed')).runId).toBe(run.id);
    await feed.return?.();
  });

  it('begins anew when runs were deleted in between, once', async () => {
    const gone = await store(db);
    const feed = engine.runListFeed();
    const before = await next(feed, 'snapshot');
    expect(before.runs.map(({ id }) => id)).toEqual([gone.id]);
    await db.transaction(async (tx) => {
      await tx.rows(sql`delete from job_runs where id = ${gone.id}`);
      await noteRemoval(tx);
    });
    await next(feed, 'resync');
    const after = await next(feed, 'snapshot');
    expect(after.runs).toEqual([]);
    await next(feed, 'heartbeat');
    await feed.return?.();
    const resumed = engine.runListFeed({}, before.cursor);
    await next(resumed, 'resync');
    expect((await next(resumed, 'snapshot')).runs).toEqual([]);
    await next(resumed, 'heartbeat');
    await resumed.return?.();
  });

  it('begins anew for a cursor from before a backup was restored', async () => {
    const feed = engine.runListFeed({}, 10 ** 14);
    await next(feed, 'resync');
    await next(feed, 'snapshot');
    await feed.return?.();
  });

  it('says that it is not over when the process stops', async () => {
    const feed = engine.runListFeed();
    await next(feed, 'snapshot');
    const { run } = await engine.runJob({ job: 'hang', params: {}, trigger });
    await until(feed, (item) => item.kind === 'updated' && item.run.state === 'RUNNING');
    const rest = collect(feed).catch((error: unknown) => error);
    const stopping = engine.stop(0);
    expect(await rest).toMatchObject({ code: 'SERVER_STOPPING' });
    await stopping;
    engine = await startEngine(db, [chatter, hang]);
    await engine.cancelRun(run.id, 'tests');
  });
});

/** The next item, which must be of this kind; heartbeats in between are passed over. */
async function next<Kind extends RunListFeedItem['kind']>(feed: Feed, kind: Kind) {
  for (;;) {
    const { done, value: item } = await feed.next();
    if (done) throw new Error('The feed is over.');
    if (isKind(item, kind)) return item;
    if (item.kind !== 'heartbeat') throw new Error(`A ${item.kind} came instead of a ${kind}.`);
  }
}

function isKind<Kind extends RunListFeedItem['kind']>(
  item: RunListFeedItem,
  kind: Kind,
): item is Extract<RunListFeedItem, { kind: Kind }> {
  return item.kind === kind;
}

/** The first item of which the condition holds: an update. */
async function until(feed: Feed, condition: (item: RunListFeedItem) => boolean) {
  for (;;) {
    const { done, value: item } = await feed.next();
    if (done) throw new Error('The feed is over.');
    if (item.kind === 'updated' && condition(item)) return item;
  }
}
