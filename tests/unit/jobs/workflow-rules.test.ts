import { describe, expect, it } from 'vitest';
import type { RunState, WorkflowStep } from '../../../drizzle/tables/jobs.ts';
import { createRegistry } from '../../../src/jobs/job-definition.ts';
import { JOBS } from '../../../src/jobs/job-list.ts';
import { missingAmong, prerequisitesOf } from '../../../src/jobs/prerequisites.ts';
import { afterStep, fractionDone, hasStopped, newestRunOfStep } from '../../../src/jobs/workflow-rules.ts';

const step = (onPartial: WorkflowStep['onPartial'] = 'CONTINUE'): WorkflowStep => ({
  job: 'sync-series',
  params: {},
  onPartial,
});

describe('what follows a step', () => {
  const steps = [step(), step('STOP'), step('STOP')];
  it.each<[RunState, number, ReturnType<typeof afterStep>]>([
    ['SUCCEEDED', 0, 'NEXT'],
    ['PARTIAL', 0, 'NEXT'],
    ['FAILED', 0, 'FAILED'],
    ['CANCELLED', 1, 'CANCELLED'],
    ['SUCCEEDED', 1, 'NEXT'],
    ['PARTIAL', 1, 'PARTIAL'],
    ['SUCCEEDED', 2, 'DONE'],
    // Behind the last step there is nothing to be stopped.
    ['PARTIAL', 2, 'DONE'],
    ['FAILED', 2, 'FAILED'],
  ])('%s at step %i: %s', (state, position, expected) => {
    expect(afterStep({ steps, position }, state)).toBe(expected);
  });
});

describe('a workflow', () => {
  const at = (state: 'RUNNING' | 'SUCCEEDED' | 'PARTIAL' | 'FAILED' | 'CANCELLED', position: number) => ({
    state,
    position,
    steps: [step(), step(), step(), step()],
    stepRuns: [],
  });

  it('can be continued when it ended before its last step was done', () => {
    expect(hasStopped(at('FAILED', 3))).toBe(true);
    expect(hasStopped(at('CANCELLED', 0))).toBe(true);
    expect(hasStopped(at('PARTIAL', 2))).toBe(true);
    expect(hasStopped(at('PARTIAL', 3))).toBe(false);
    expect(hasStopped(at('SUCCEEDED', 3))).toBe(false);
    expect(hasStopped(at('RUNNING', 1))).toBe(false);
  });

  it('is done by the share of its steps that are, and whole only at its end', () => {
    expect(fractionDone(at('RUNNING', 0))).toBe(0);
    expect(fractionDone(at('RUNNING', 3))).toBe(0.75);
    expect(fractionDone(at('PARTIAL', 2))).toBe(0.5);
    expect(fractionDone(at('FAILED', 3))).toBe(0.75);
    expect(fractionDone(at('PARTIAL', 3))).toBe(1);
    expect(fractionDone(at('SUCCEEDED', 3))).toBe(1);
  });

  it('shows the newest run of a step that was done again', () => {
    const stepRuns = [
      { runId: 'a', position: 0 },
      { runId: 'b', position: 1 },
      { runId: 'c', position: 1 },
    ];
    expect([...newestRunOfStep({ stepRuns })]).toEqual([
      [0, 'a'],
      [1, 'c'],
    ]);
  });
});

describe('prerequisites', () => {
  it('are all jobs before a job, each once, in an order in which they can run', () => {
    expect(prerequisitesOf(createRegistry(JOBS), 'sync-series-libraries')).toEqual([
      'sync-series',
      'generate-series-embeddings',
      'sync-series-watch-history',
      'generate-series-recommendations',
    ]);
    expect(prerequisitesOf(createRegistry(JOBS), 'sync-users')).toEqual([]);
  });

  it('are stale when their data changed after they began, not when it did at that moment or before', () => {
    const startedAt = new Date('2026-11-20T12:00:00Z');
    const finishedAt = new Date('2026-11-20T12:10:00Z');
    const found = (changedAt?: Date) =>
      missingAmong(
        ['a'],
        new Map([['a', { lastSuccess: { startedAt, finishedAt }, ...(changedAt && { changedAt }) }]]),
      );
    expect(found()).toEqual([]);
    expect(found(startedAt)).toEqual([]);
    const changedAt = new Date(startedAt.getTime() + 1);
    expect(found(changedAt)).toEqual([{ job: 'a', reason: 'STALE', lastSucceededAt: finishedAt, changedAt }]);
  });

  it('may look only at figures that the job before them has', () => {
    const [series] = JOBS.filter(({ name }) => name === 'sync-series');
    const [embeddings] = JOBS.filter(({ name }) => name === 'generate-series-embeddings');
    if (!series || !embeddings) throw new Error('The jobs are gone.');
    const misspelt = { ...embeddings, outdatedBy: { 'sync-series': ['seriesAdd'] } };
    expect(() => createRegistry([series, misspelt])).toThrow(/seriesAdd of the job sync-series/);
    expect(() => createRegistry([{ ...misspelt, prerequisites: [] }])).toThrow(/no such result/);
  });
});
