import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import type { RunFeedItem } from '../../../src/jobs/run-feed.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { collect, startEngine } from '../../support/engine.ts';
import { chatter, hang, seededRandom, seqs, storedEvents, trigger } from '../../support/runs.ts';

describe('the feed of a run', () => {
  let db: TestDatabase;
  let worker: JobEngine;
  /** A process that only serves the API. */
  let server: JobEngine;
  let running: JobEngine[];

  beforeEach(async () => {
    db = await createTestDatabase();
    const options = { subscriptionHeartbeatMs: 100 };
    worker = await startEngine(db, [chatter, hang], options);
    server = await startEngine(db, [chatter, hang], { ...options, isWorker: false });
    running = [worker, server];
  });

  afterEach(async () => {
    for (const engine of running) await engine.stop(0);
    await db.close();
  });

  const stop = (engine: JobEngine) => {
    running = running.filter((each) => each !== engine);
    return engine.stop(0);
  };

  it.each([1, 2, 3])(
    'leads clients that drop and reconnect at random to exactly the stored stream (%i)',
    async (seed) => {
      const random = seededRandom(seed);
      const { run } = await server.runJob({ job: 'chatter', params: {}, trigger });
      /** Reads some items, leaves, and comes back with the cursor of the last event, until the run is over. */
      const client = async (engine: JobEngine) => {
        const held: number[] = [];
        let connections = 0;
        for (let isOver = false; !isOver; ) {
          let left = 1 + Math.floor(random() * 40);
          connections += 1;
          isOver = true;
          for await (const item of engine.runFeed(run.id, held.at(-1))) {
            if (item.kind === 'event') held.push(item.event.seq);
            left -= 1;
            if (left > 0) continue;
            isOver = false;
            break;
          }
        }
        expect(connections).toBeGreaterThan(3);
        return held;
      };
      const [one, other] = await Promise.all([client(server), client(worker)]);
      const stored = await storedEvents(db, run.id);
      expect(stored.length).toBeGreaterThan(140);
      expect(one).toEqual(stored.map(({ seq }) => seq));
      expect(other).toEqual(one);
      expect(one).toEqual(one.map((_seq, index) => index + 1));
    },
    120_000,
  );

  it('tells a long run that is over at once, page after page', async () => {
    const { run } = await worker.runJob({ job: 'chatter', params: { lines: 6_000, pauseMs: 0 }, trigger });
    await collect(worker.runFeed(run.id));
    const stored = await storedEvents(db, run.id);
    expect(stored.length).toBeGreaterThan(1_500);
    expect(seqs(await collect(server.runFeed(run.id)))).toEqual(stored.map(({ seq }) => seq));
  });

  it('never shows live progress behind a newer stored event', async () => {
    const { run } = await server.runJob({ job: 'chatter', params: { logEvery: 70 }, trigger });
    for (const items of await Promise.all(
      [worker, server].map((engine) => collect(engine.runFeed(run.id))),
    )) {
      let line = 0;
      for (const item of items) {
        const told = lineOf(item);
        if (item.kind === 'live') expect(told).toBeGreaterThanOrEqual(line);
        line = Math.max(line, told);
      }
      expect(items.at(-1)).toMatchObject({ kind: 'event', event: { body: { state: 'PARTIAL' } } });
    }
  });

  it('shows live progress of another process', async ({ skip }) => {
    if (db.kind === 'embedded') skip('The embedded database has one process.');
    const { run } = await server.runJob({ job: 'chatter', params: { logEvery: 70 }, trigger });
    const items = await collect(server.runFeed(run.id));
    expect(items.filter(({ kind }) => kind === 'live').length).toBeGreaterThan(1);
  });

  it('tells by heartbeats that it lives while nothing happens, and when the run’s process last did', async () => {
    const { run } = await worker.runJob({ job: 'hang', params: {}, trigger });
    for await (const item of server.runFeed(run.id)) {
      if (item.kind !== 'heartbeat' || item.runHeartbeatAt === null) continue;
      expect(item.runId).toBe(run.id);
      expect(item.runHeartbeatAt.getTime()).toBeGreaterThanOrEqual(run.queuedAt.getTime());
      break;
    }
  });

  it.each([-1, 1.5, 9_999])('refuses the cursor %d, which the run has not reached', async (after) => {
    const { run } = await worker.runJob({ job: 'chatter', params: { lines: 1 }, trigger });
    await expect(collect(worker.runFeed(run.id, after))).rejects.toMatchObject({
      code: 'BAD_INPUT',
      field: 'after',
      value: `${run.id}:${after}`,
    });
  });

  it('refuses an unknown run', async () => {
    await expect(collect(worker.runFeed('00000000-0000-4000-8000-000000000000'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'runId',
    });
  });

  it('tells all that a stopping process stores, then says that it is not over, and goes on elsewhere', async () => {
    const { run } = await worker.runJob({ job: 'hang', params: {}, trigger });
    const feed = worker.runFeed(run.id);
    const items: RunFeedItem[] = [];
    const read = async () => {
      for await (const item of feed) {
        items.push(item);
        if (item.kind === 'event' && item.event.body.type === 'STEP_STARTED') void stop(worker);
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'SERVER_STOPPING', retryable: true });
    const stored = await storedEvents(db, run.id);
    expect(seqs(items)).toEqual(stored.map(({ seq }) => seq));
    expect(items.findLast(({ kind }) => kind === 'event')).toMatchObject({
      event: { body: { type: 'STATE', state: 'QUEUED', reason: expect.stringContaining('stopped') } },
    });
    const next = await startEngine(db, [chatter, hang]);
    running.push(next);
    const rest = collect(server.runFeed(run.id, seqs(items).at(-1)));
    for await (const item of next.runFeed(run.id)) {
      if (item.kind === 'event' && item.event.seq > stored.length && item.event.body.type === 'STEP_STARTED')
        break;
    }
    await next.cancelRun(run.id, 'tests');
    const whole = await collect(next.runFeed(run.id));
    expect([...seqs(items), ...seqs(await rest)]).toEqual(seqs(whole));
  });

  it('is not waited for when its client does not read, and is refused by a process that stopped', async () => {
    const { run } = await worker.runJob({ job: 'chatter', params: { lines: 30 }, trigger });
    await collect(worker.runFeed(run.id));
    const feed = worker.runFeed(run.id);
    await feed.next();
    await stop(worker);
    await expect(feed.next()).rejects.toMatchObject({ code: 'SERVER_STOPPING' });
    expect(() => worker.runFeed(run.id)).toThrow('The server is stopping.');
  });
});

/** The line that an item is about. */
function lineOf(item: RunFeedItem): number {
  if (item.kind !== 'live' && item.kind !== 'event') return 0;
  const text =
    item.kind === 'live'
      ? item.step.message
      : 'step' in item.event.body
        ? item.event.body.step.message
        : 'message' in item.event.body
          ? item.event.body.message
          : null;
  return Number(/\d+$/.exec(text ?? '')?.[0] ?? 0);
}
