import { describe, expect, it } from 'vitest';
import { createRegistry, type JobDefinition } from '../../../src/jobs/job-definition.ts';
import { JOBS } from '../../../src/jobs/job-list.ts';
import { backoffMs, dedupeKey, isRetryable } from '../../../src/jobs/run-states.ts';
import { stepRates } from '../../../src/jobs/step-rates.ts';
import { WORKFLOWS } from '../../../src/jobs/workflow-list.ts';
import { ShowrunnerError } from '../../../src/platform/errors.ts';

describe('a request for a run', () => {
  it('is recognised whatever the order of its parameters', () => {
    const one = dedupeKey('sync-series', { force: true, libraryIds: [1, 2] }, null);
    expect(dedupeKey('sync-series', { libraryIds: [1, 2], force: true }, null)).toBe(one);
    expect(dedupeKey('sync-series', { libraryIds: [2, 1], force: true }, null)).not.toBe(one);
    expect(dedupeKey('sync-users', { force: true, libraryIds: [1, 2] }, null)).not.toBe(one);
    expect(dedupeKey('sync-series', { force: true, libraryIds: [1, 2] }, 'w')).not.toBe(one);
  });
});

describe('backoff', () => {
  it('doubles from the first wait up to five minutes', () => {
    expect([1, 2, 3, 10].map((attempt) => backoffMs(5_000, attempt, null))).toEqual([
      5_000, 10_000, 20_000, 300_000,
    ]);
  });

  it('waits as long as the other side asked for', () => {
    const error = new ShowrunnerError('MEDIA_SERVER_STARTING', 'Starting.', { retryAfterMs: 42_000 });
    expect(backoffMs(5_000, 1, error)).toBe(42_000);
  });

  it('is for outside failures only', () => {
    expect(isRetryable(new ShowrunnerError('MEDIA_SERVER_UNREACHABLE', 'Away.', { retryable: true }))).toBe(
      true,
    );
    expect(isRetryable(new ShowrunnerError('MEDIA_SERVER_REFUSED', 'No.'))).toBe(false);
    expect(isRetryable(new TypeError('a bug'))).toBe(false);
  });
});

describe('stepRates', () => {
  const step = {
    name: 'episodes',
    unit: 'episodes',
    total: 100,
    done: 25,
    message: null,
    startedAt: '2026-11-21T12:00:00.000Z',
    finishedAt: null,
  };
  const now = new Date('2026-11-21T12:00:05.000Z');

  it('derives share, rate and time left from the counts', () => {
    expect(stepRates(step, now)).toEqual({ fraction: 0.25, ratePerSecond: 5, timeLeftMs: 15_000 });
  });

  it('tells nothing that it cannot know', () => {
    expect(stepRates({ ...step, total: null, done: 0 }, now)).toEqual({
      fraction: null,
      ratePerSecond: null,
      timeLeftMs: null,
    });
    expect(stepRates({ ...step, done: 0 }, now).timeLeftMs).toBeNull();
  });

  it('never exceeds the whole, and counts an empty step as done', () => {
    expect(stepRates({ ...step, done: 130 }, now)).toMatchObject({ fraction: 1, timeLeftMs: 0 });
    expect(stepRates({ ...step, total: 0, done: 0 }, now)).toMatchObject({ fraction: 1, timeLeftMs: 0 });
  });
});

describe('the registry', () => {
  const job = (name: string, prerequisites: string[] = []): JobDefinition => ({
    name,
    description: name,
    resources: [],
    prerequisites,
    outdatedBy: {},
    maxAttempts: 1,
    backoffMs: 0,
    parameters: [],
    results: {},
    unknownResults: [],
    parse: (params) => params,
    run: async () => ({}),
  });

  it('refuses a job that is defined twice, and a prerequisite that does not exist', () => {
    expect(() => createRegistry([job('a'), job('a')])).toThrow(/a is defined twice/);
    expect(() => createRegistry([job('a', ['b'])])).toThrow(/a needs the job b/);
  });

  it('holds every job of every workflow, each after its prerequisites', () => {
    const registry = createRegistry(JOBS);
    for (const workflow of WORKFLOWS)
      for (const { job, params } of workflow.steps)
        expect(() => registry.get(job)?.parse({ ...params }), `${workflow.name}: ${job}`).not.toThrow();
    const setup = WORKFLOWS.find((workflow) => workflow.name === 'initial-setup')?.steps ?? [];
    const jobs = setup.map((step) => step.job);
    expect(jobs).toHaveLength(6);
    for (const [index, name] of jobs.entries())
      for (const before of registry.get(name)?.prerequisites ?? ['a definition'])
        expect(jobs.slice(0, index), `${name} needs ${before}`).toContain(before);
  });
});
