import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineJob } from '../../../src/jobs/job-definition.ts';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import type { RunFeedItem } from '../../../src/jobs/run-feed.ts';
import { ShowrunnerError } from '../../../src/platform/errors.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { collect, eventBodies, startEngine } from '../../support/engine.ts';

const trigger = { kind: 'MANUAL', key: 'tests' } as const;

const count = defineJob({
  name: 'count',
  description: 'Counts to `to`.',
  resources: [],
  params: z.object({ to: z.number().int().default(3) }),
  run: async ({ progress, signal }, _services, { to }) => {
    progress.step('counting', to, 'numbers');
    for (let number = 1; number <= to; number += 1) {
      signal.throwIfAborted();
      progress.advance();
      progress.log('info', `number ${number}`);
    }
    progress.step('resting');
    return { counted: to };
  },
});

const hang = defineJob({
  name: 'hang',
  description: 'Waits until it is told to stop.',
  resources: ['catalog'],
  params: z.object({ tag: z.string().default('') }),
  run: async ({ signal, progress }) => {
    progress.step('waiting', 1);
    await sleep(600_000, undefined, { signal });
    return {};
  },
});

const writesCatalog = defineJob({
  name: 'writes-catalog',
  description: 'Writes what `hang` writes.',
  resources: ['catalog'],
  params: z.object({}),
  run: async () => ({ done: 1 }),
});

const refused = defineJob({
  name: 'refused',
  description: 'Fails for good.',
  resources: [],
  prerequisites: ['count'],
  params: z.object({}),
  run: async () => {
    throw new ShowrunnerError('MEDIA_SERVER_REFUSED', 'The key was refused.', { remedy: 'Make a new key.' });
  },
});

const flaky = defineJob({
  name: 'flaky',
  description: 'Fails the first time with something that passes.',
  resources: [],
  backoffMs: 20,
  params: z.object({}),
  run: async ({ progress }) => {
    flakyCalls += 1;
    if (flakyCalls === 1)
      throw new ShowrunnerError('MEDIA_SERVER_UNREACHABLE', 'It was away.', { retryable: true });
    progress.fail('Some Show', new ShowrunnerError('MEDIA_SERVER_BAD_ANSWER', 'Half an episode.'));
    return {};
  },
});

let flakyCalls = 0;

describe('the job engine', () => {
  let db: TestDatabase;
  let engine: JobEngine;
  const running: JobEngine[] = [];
  const start = async (options?: Parameters<typeof startEngine>[2]) => {
    const started = await startEngine(db, [count, hang, writesCatalog, refused, flaky], options);
    running.push(started);
    return started;
  };

  beforeEach(async () => {
    flakyCalls = 0;
    db = await createTestDatabase();
    engine = await start();
  });

  afterEach(async () => {
    for (const started of running.splice(0)) await started.stop(0);
    await db.close();
  });

  it('streams a snapshot, then every event in order, and ends after the terminal one', async () => {
    const { run } = await engine.runJob({ job: 'count', params: { to: 4 }, trigger });
    const items = await collect(engine.runFeed(run.id));
    expect(items[0]?.kind).toBe('snapshot');
    const seqs = items.flatMap((item) => (item.kind === 'event' ? [item.event.seq] : []));
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    const bodies = eventBodies(items);
    expect(bodies.filter((body) => body.type === 'STATE').map((body) => body.state)).toEqual([
      'QUEUED',
      'RUNNING',
      'SUCCEEDED',
    ]);
    expect(bodies.filter((body) => body.type === 'LOG').map((body) => body.message)).toEqual([
      'number 1',
      'number 2',
      'number 3',
      'number 4',
    ]);
    const finished = bodies.filter((body) => body.type === 'STEP_FINISHED').map((body) => body.step);
    expect(finished.map((step) => [step.name, step.done, step.total])).toEqual([
      ['counting', 4, 4],
      ['resting', 0, null],
    ]);
    expect(bodies.at(-1)).toMatchObject({
      state: 'SUCCEEDED',
      result: { job: 'count', dryRun: false, counts: { counted: 4 } },
    });
  });

  it('resumes a stream after any cursor without loss or repetition', async () => {
    const { run } = await engine.runJob({ job: 'count', params: { to: 6 }, trigger });
    const whole = eventBodies(await collect(engine.runFeed(run.id)));
    for (let after = 0; after <= whole.length; after += 1) {
      const rest = eventBodies(await collect(engine.runFeed(run.id, after)));
      expect(rest).toEqual(whole.slice(after));
    }
  });

  it('refuses the cursor of another run', async () => {
    const { run } = await engine.runJob({ job: 'count', params: {}, trigger });
    await collect(engine.runFeed(run.id));
    await expect(collect(engine.runFeed(run.id, 9_999))).rejects.toMatchObject({
      code: 'BAD_INPUT',
      field: 'after',
    });
  });

  it('gives callers who ask for the same the same run', async () => {
    const asked = await Promise.all(
      Array.from({ length: 20 }, () => engine.runJob({ job: 'hang', params: { tag: 'a' }, trigger })),
    );
    expect(new Set(asked.map((each) => each.run.id)).size).toBe(1);
    expect(asked.filter((each) => !each.alreadyActive)).toHaveLength(1);
    const other = await engine.runJob({ job: 'hang', params: { tag: 'b' }, trigger });
    expect(other.alreadyActive).toBe(false);
  });

  it('cancels a running run, and says so when there is nothing left to cancel', async () => {
    const { run } = await engine.runJob({ job: 'hang', params: {}, trigger });
    const feed = engine.runFeed(run.id);
    for await (const item of feed) {
      if (item.kind !== 'event') continue;
      if (item.event.body.type === 'STEP_STARTED') await engine.cancelRun(run.id, 'tests');
      if (item.event.body.type === 'STATE' && item.event.seq > 2)
        expect(['STOPPING', 'CANCELLED']).toContain(item.event.body.state);
    }
    await expect(engine.cancelRun(run.id, 'tests')).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('lets a run wait while another one writes the same resource', async () => {
    const first = await engine.runJob({ job: 'hang', params: {}, trigger });
    await waitForState(engine, first.run.id, 'RUNNING');
    const second = await engine.runJob({ job: 'writes-catalog', params: {}, trigger });
    const feed = collect(engine.runFeed(second.run.id));
    await engine.cancelRun(first.run.id, 'tests');
    const bodies = eventBodies(await feed);
    expect(bodies.at(-1)).toMatchObject({ state: 'SUCCEEDED' });
    const firstEnd = eventsOf(await collect(engine.runFeed(first.run.id))).at(-1);
    const secondStart = eventsOf(await collect(engine.runFeed(second.run.id))).find(
      (event) => event.body.type === 'STATE' && event.body.state === 'RUNNING',
    );
    expect(secondStart?.at.getTime()).toBeGreaterThanOrEqual(
      firstEnd?.at.getTime() ?? Number.POSITIVE_INFINITY,
    );
  });

  it('fails at once on a permanent error, with its remedy', async () => {
    const { run } = await engine.runJob({ job: 'refused', params: {}, trigger, force: true });
    const end = eventBodies(await collect(engine.runFeed(run.id))).at(-1);
    expect(end).toMatchObject({
      state: 'FAILED',
      error: { code: 'MEDIA_SERVER_REFUSED', remedy: 'Make a new key.' },
    });
  });

  it('tries an outside failure again, and is PARTIAL when items failed', async () => {
    const { run } = await engine.runJob({ job: 'flaky', params: {}, trigger });
    const bodies = eventBodies(await collect(engine.runFeed(run.id)));
    expect(bodies.filter((body) => body.type === 'STATE').map((body) => [body.state, body.attempt])).toEqual([
      ['QUEUED', 0],
      ['RUNNING', 1],
      ['QUEUED', 1],
      ['RUNNING', 2],
      ['PARTIAL', 2],
    ]);
    expect(bodies).toContainEqual({
      type: 'ITEM_FAILED',
      item: 'Some Show',
      error: { code: 'MEDIA_SERVER_BAD_ANSWER', message: 'Half an episode.' },
      target: null,
    });
  });

  it('reports unknown jobs, wrong parameters and missing prerequisites before a run exists', async () => {
    await expect(engine.runJob({ job: 'nope', params: {}, trigger })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(engine.runJob({ job: 'count', params: { to: 'x' }, trigger })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      field: 'to',
      value: '"x"',
    });
    await expect(engine.runJob({ job: 'count', params: { by: 1 }, trigger })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      field: 'by',
    });
    await expect(engine.runJob({ job: 'refused', params: {}, trigger })).rejects.toMatchObject({
      code: 'PREREQUISITE_MISSING',
    });
  });

  it('leaves runs that a process without a worker took to those that have one', async () => {
    const server = await start({ isWorker: false });
    const { run } = await server.runJob({ job: 'count', params: { to: 2 }, trigger });
    expect(eventBodies(await collect(server.runFeed(run.id))).at(-1)).toMatchObject({ state: 'SUCCEEDED' });
    running.splice(running.indexOf(engine), 1);
    await engine.stop(0);
    const waiting = await server.runJob({ job: 'count', params: { to: 3 }, trigger });
    const feed = collect(server.runFeed(waiting.run.id));
    await start();
    expect(eventBodies(await feed).at(-1)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('hands an unfinished run back when the process stops, and another process takes it up', async () => {
    const { run } = await engine.runJob({ job: 'hang', params: {}, trigger });
    await waitForState(engine, run.id, 'RUNNING');
    running.splice(running.indexOf(engine), 1);
    await engine.stop(0);
    const next = await start();
    await waitForState(next, run.id, 'RUNNING');
    await next.cancelRun(run.id, 'tests');
    const states = eventBodies(await collect(next.runFeed(run.id))).flatMap((body) =>
      body.type === 'STATE' ? [body.state] : [],
    );
    expect(states).toEqual(['QUEUED', 'RUNNING', 'QUEUED', 'RUNNING', 'STOPPING', 'CANCELLED']);
  });
});

function eventsOf(items: readonly RunFeedItem[]) {
  return items.flatMap((item) => (item.kind === 'event' ? [item.event] : []));
}

async function waitForState(engine: JobEngine, runId: string, state: string): Promise<void> {
  for await (const item of engine.runFeed(runId))
    if (item.kind === 'event' && item.event.body.type === 'STATE' && item.event.body.state === state) return;
  throw new Error(`The run ended without being ${state}.`);
}
