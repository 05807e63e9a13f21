import { z } from 'zod';
import { defineJob, type JobDefinition } from '../../src/jobs/job-definition.ts';
import { formatRunCursor } from '../../src/jobs/run-cursor.ts';
import type { WorkflowFeedItem } from '../../src/jobs/workflow-feed.ts';
import { ShowrunnerError } from '../../src/platform/errors.ts';

/** How a job of a test behaves: it succeeds, fails for one item, fails, or goes on until it is told to stop. */
export type Behaviour = 'succeeds' | 'partial' | 'fails' | 'hangs';

export const EMBEDDINGS = 'generate-series-embeddings';
export const HISTORY = 'sync-series-watch-history';
export const RECOMMENDATIONS = 'generate-series-recommendations';
export const LIBRARIES = 'sync-series-libraries';

/**
 * The jobs of the repair workflow without prerequisites and without their work.
 *
 * @param behaviours by name of the job; looked up when a run begins, so that a test may mend what was broken
 */
export function workflowJobs(behaviours: ReadonlyMap<string, Behaviour>): readonly JobDefinition[] {
  const job = (name: string, resource: 'embeddings' | 'watch' | 'recommendations' | 'libraries') =>
    defineJob({
      name,
      description: name,
      resources: [resource],
      params: z.object({ full: z.boolean().default(false), force: z.boolean().default(false) }),
      run: async ({ progress, signal }) => {
        progress.step(name, 1);
        const behaviour = behaviours.get(name) ?? 'succeeds';
        if (behaviour === 'hangs') await untilAborted(signal);
        if (behaviour === 'partial') progress.fail('somebody', new Error('has no history'));
        if (behaviour === 'fails')
          throw new ShowrunnerError('LIBRARY_WRITE_FAILED', 'The disk is full.', { remedy: 'Make room.' });
        progress.advance();
        return {};
      },
    });
  return [
    job(EMBEDDINGS, 'embeddings'),
    job(HISTORY, 'watch'),
    job(RECOMMENDATIONS, 'recommendations'),
    job(LIBRARIES, 'libraries'),
  ];
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  signal.throwIfAborted();
}

/** The changes of state in a workflow's stream, as `job STATE`. */
export function statesIn(items: readonly WorkflowFeedItem[]): string[] {
  const jobs = new Map<string, string>();
  return items.flatMap((item) => {
    if (item.kind === 'snapshot') jobs.set(item.run.id, item.run.job);
    if (item.kind !== 'event' || item.event.body.type !== 'STATE') return [];
    return `${jobs.get(item.event.runId)} ${item.event.body.state}`;
  });
}

/** The cursors of the stored events in a workflow's stream. */
export function cursorsIn(items: readonly WorkflowFeedItem[]): string[] {
  return items.flatMap((item) =>
    item.kind === 'event' ? [formatRunCursor(item.event.runId, item.event.seq)] : [],
  );
}

/** The newest run of a workflow's stream. */
export function lastRunIn(items: readonly WorkflowFeedItem[]) {
  const workflow = items.findLast((item) => item.kind === 'workflow');
  const run = workflow?.runs.at(-1);
  if (!run) throw new Error('The stream tells of no run.');
  return run;
}
