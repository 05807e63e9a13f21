import type { RunTrigger } from '../../drizzle/tables/jobs.ts';
import type { FailedTarget } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { enqueueRun } from './enqueue-run.ts';
import { endedRun } from './known-run.ts';
import type { LifecycleDeps } from './run-lifecycle.ts';
import { lastFailures } from './run-lines.repo.ts';
import type { JobRun } from './runs.repo.ts';

/** The parameter that limits a job to some items of a kind. */
const PARAMETERS = { user: 'userIds', library: 'libraryIds', title: 'titleIds' } as const;

/**
 * Queues a run that does only the items which failed in the last attempt of a run that has ended; its other parameters
 * stay.
 *
 * @throws ShowrunnerError `NOT_FOUND`; `CONFLICT` while the run has not ended, when no item failed, or when its failed
 * items cannot be done alone
 */
export async function retryFailedItems(
  deps: LifecycleDeps,
  runId: string,
  trigger: RunTrigger,
): Promise<{ run: JobRun; alreadyActive: boolean }> {
  const run = await endedRun(deps.db, runId);
  const conflict = (message: string, remedy: string) =>
    new ShowrunnerError('CONFLICT', message, { field: 'runId', value: runId, remedy });
  const targets = (await lastFailures(deps.db, runId)).flatMap(({ body }) =>
    body.type === 'ITEM_FAILED' ? [body.target] : [],
  );
  if (targets.length === 0)
    throw conflict(
      'No item of the last attempt is recorded as failed.',
      'Use retryRun to do the whole run again.',
    );
  const limits = limitsOf(targets, deps.registry.get(run.job)?.parameters ?? []);
  if (!limits)
    throw conflict(
      'The items that failed cannot be done without the others.',
      'Use retryRun to do the whole run again.',
    );
  return enqueueRun(deps, { job: run.job, params: { ...run.params, ...limits }, trigger, force: true });
}

/** The parameters that limit a run to the targets; undefined when there are none that do. */
function limitsOf(
  targets: readonly (FailedTarget | null)[],
  parameters: readonly string[],
): Record<string, number[]> | undefined {
  const [first] = targets;
  if (!first || targets.some((target) => target?.kind !== first.kind)) return undefined;
  const parameter = PARAMETERS[first.kind];
  if (!parameters.includes(parameter)) return undefined;
  return { [parameter]: [...new Set(targets.flatMap((target) => (target ? [target.id] : [])))] };
}
