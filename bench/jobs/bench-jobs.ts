import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { defineJob, type JobDefinition } from '../../src/jobs/job-definition.ts';
import { JOBS } from '../../src/jobs/job-list.ts';
import { monotonicMs } from './statistics.ts';

/** Lines of the job that logs as fast as it can; the engine stores 5,000 of a run at most. */
export const FAST_LINES = 4_900;
/** Lines of the paced job, and the time between two of them, ms. */
export const PACED_LINES = 15;
export const PACE_MS = 150;
/** Length of a line where a client that does not read shall have much to miss, bytes. */
export const LONG_LINE = 2_000;

let begin = () => {};
let begun = Promise.resolve();

/** Makes the jobs that wait for a signal wait again. */
export function holdJobs(): void {
  begun = new Promise((resolve) => {
    begin = resolve;
  });
}

/** Lets the jobs that wait begin. */
export function letJobsBegin(): void {
  begin();
}

const noParameters = z.object({});

/**
 * What the benchmark runs, under names that the API knows: the API's list of jobs is fixed. Each line of the log begins
 * with the time at which it was told, on the machine's monotonic clock.
 */
const substitutes: Record<string, JobDefinition['run']> = {
  'sync-users': async () => ({}),
  'sync-series': async ({ progress }) => {
    await begun;
    for (let line = 0; line < FAST_LINES; line += 1) {
      progress.log('info', `${monotonicMs()} line ${line}`);
      if (line % 100 === 99) await nextTurn();
    }
    return {};
  },
  'generate-series-embeddings': async ({ progress }) => {
    await begun;
    for (let line = 0; line < PACED_LINES; line += 1) {
      await wait(PACE_MS);
      progress.log('info', `${monotonicMs()} line ${line}`);
    }
    return {};
  },
  'sync-series-libraries': async ({ progress }) => {
    await begun;
    const padding = '.'.repeat(LONG_LINE);
    for (let line = 0; line < FAST_LINES; line += 1) {
      progress.log('info', `${monotonicMs()} line ${line} ${padding}`);
      if (line % 100 === 99) await nextTurn();
    }
    return {};
  },
};

/** The registry's definitions with the work of some of them exchanged. */
export const BENCH_JOBS: readonly JobDefinition[] = JOBS.map(({ name, description }) =>
  defineJob({
    name,
    description,
    resources: [],
    params: noParameters,
    run: (context, services, params) => substitutes[name]?.(context, services, params) ?? Promise.resolve({}),
  }),
);
