import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineJob } from '../../../src/jobs/job-definition.ts';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import { formatWorkflowCursor, type WorkflowFeedItem } from '../../../src/jobs/workflow-feed.ts';
import { ShowrunnerError } from '../../../src/platform/errors.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { collect, startEngine } from '../../support/engine.ts';

const trigger = { kind: 'MANUAL', key: 'tests' } as const;
let isBroken = false;

const quick = (name: string) =>
  defineJob({
    name,
    description: name,
    resources: ['catalog'],
    params: z.object({}),
    run: async ({ progress }) => {
      progress.step(name, 1);
      progress.advance();
      if (name === 'generate-series-recommendations') progress.fail('somebody', new Error('has no history'));
      return { [name]: 1 };
    },
  });

const libraries = defineJob({
  name: 'sync-series-libraries',
  description: 'Fails while it is broken.',
  resources: ['libraries'],
  params: z.object({}),
  run: async () => {
    if (isBroken)
      throw new ShowrunnerError('LIBRARY_WRITE_FAILED', 'The disk is full.', { remedy: 'Make room.' });
    return {};
  },
});

describe('a workflow', () => {
  let db: TestDatabase;
  let engine: JobEngine;

  beforeEach(async () => {
    isBroken = false;
    db = await createTestDatabase();
    engine = await startEngine(db, [quick('generate-series-recommendations'), libraries]);
  });

  afterEach(async () => {
    await engine.stop(0);
    await db.close();
  });

  const start = () => engine.runWorkflow('recommendation-cycle', trigger);

  it('runs its jobs in order as one stream, goes on at PARTIAL and ends as PARTIAL', async () => {
    const { workflow } = await start();
    const items = await collect(engine.workflowFeed(workflow.id));
    expect(states(items)).toEqual([
      ['generate-series-recommendations', 'QUEUED'],
      ['generate-series-recommendations', 'RUNNING'],
      ['generate-series-recommendations', 'PARTIAL'],
      ['sync-series-libraries', 'QUEUED'],
      ['sync-series-libraries', 'RUNNING'],
      ['sync-series-libraries', 'SUCCEEDED'],
    ]);
    expect(items[0]).toMatchObject({ kind: 'workflow', workflow: { state: 'RUNNING', position: 0 } });
    expect(items.at(-1)).toMatchObject({ kind: 'workflow', workflow: { state: 'PARTIAL', position: 1 } });
  });

  it('can be followed on from any cursor, over the border between two runs', async () => {
    const { workflow } = await start();
    const whole = cursors(await collect(engine.workflowFeed(workflow.id)));
    for (const [index, cursor] of whole.entries())
      expect(cursors(await collect(engine.workflowFeed(workflow.id, cursor)))).toEqual(
        whole.slice(index + 1),
      );
    await expect(collect(engine.workflowFeed(workflow.id, 'nonsense'))).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
  });

  it('stops at a run that fails, and a retry of that run goes on from there', async () => {
    isBroken = true;
    const { workflow } = await start();
    const items = await collect(engine.workflowFeed(workflow.id));
    expect(items.at(-1)).toMatchObject({ workflow: { state: 'FAILED', position: 1 } });
    const failed = items.at(-1);
    if (failed?.kind !== 'workflow') throw new Error('A workflow ends with itself.');
    isBroken = false;
    const last = failed.runs.at(-1);
    const retried = await engine.retryRun(last?.id ?? '', { kind: 'RETRY', key: 'tests' });
    expect(retried.run.workflowRunId).toBe(workflow.id);
    const rest = await collect(engine.workflowFeed(workflow.id, cursors(items).at(-1)));
    expect(states(rest).at(-1)).toEqual(['sync-series-libraries', 'SUCCEEDED']);
    expect(rest.at(-1)).toMatchObject({ workflow: { state: 'PARTIAL' } });
  });

  it('is not started twice, and is unknown by any other name', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.workflow.id).toBe(two.workflow.id);
    expect([one.alreadyActive, two.alreadyActive].sort()).toEqual([false, true]);
    await expect(engine.runWorkflow('nothing', trigger)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

function states(items: readonly WorkflowFeedItem[]): string[][] {
  let job = '';
  return items.flatMap((item) => {
    if (item.kind === 'snapshot') job = item.run.job;
    return item.kind === 'event' && item.event.body.type === 'STATE' ? [[job, item.event.body.state]] : [];
  });
}

function cursors(items: readonly WorkflowFeedItem[]): string[] {
  return items.flatMap((item) => (item.kind === 'event' ? [formatWorkflowCursor(item.event)] : []));
}
