import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { defineJob } from '../../src/jobs/job-definition.ts';
import type { RunFeedItem } from '../../src/jobs/run-feed.ts';
import type { Database } from '../../src/platform/database.ts';
import { wait } from '../../src/platform/wait.ts';

/** What starts the runs of tests. */
export const trigger = { kind: 'MANUAL', key: 'tests' } as const;

/** A job that tells much in several steps, over about two seconds unless it is asked for less. */
export const chatter = defineJob({
  name: 'chatter',
  description: 'Tells of steps, progress, lines and failures.',
  resources: [],
  params: z.object({
    lines: z.number().int().default(400),
    /** Every how many lines one is logged. */
    logEvery: z.number().int().default(3),
    pauseMs: z.number().default(4),
  }),
  run: async ({ progress, signal }, _services, { lines, logEvery, pauseMs }) => {
    for (let line = 1; line <= lines; line += 1) {
      if (line % 100 === 1) progress.step(`step ${Math.ceil(line / 100)}`, 100, 'lines');
      progress.advance(1, `line ${line}`);
      if (line % logEvery === 0) progress.log('info', `line ${line}`);
      if (line % 50 === 0) progress.fail(`item ${line}`, new Error('no good'));
      if (pauseMs > 0) await wait(pauseMs, signal);
    }
    return { lines };
  },
});

/** A job that goes on until it is told to stop. */
export const hang = defineJob({
  name: 'hang',
  description: 'Waits until it is told to stop.',
  resources: [],
  params: z.object({ tag: z.string().default('') }),
  run: async ({ signal, progress }) => {
    progress.step('waiting', 1);
    await wait(600_000, signal);
    return {};
  },
});

/** Numbers of the events among these items. */
export function seqs(items: readonly RunFeedItem[]): number[] {
  return items.flatMap((item) => (item.kind === 'event' ? [item.event.seq] : []));
}

/** The stored events of a run as the database has them. */
export async function storedEvents(db: Database, runId: string): Promise<{ seq: number; type: string }[]> {
  return db.rows<{ seq: number; type: string }>(
    sql`select seq, type from job_events where run_id = ${runId} order by seq`,
  );
}

/** Numbers from 0 to below 1, the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let drawn = 0;
  return () => {
    drawn += 1;
    return createHash('sha256').update(`${seed} ${drawn}`).digest().readUInt32BE() / 2 ** 32;
  };
}
