import { randomUUID } from 'node:crypto';
import type { RunTrigger } from '../../drizzle/tables/jobs.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { continueWorkflowAt } from './continue-workflow.ts';
import type { JobDefinition, JobRegistry, RunParams } from './job-definition.ts';
import { endedRun } from './known-run.ts';
import { checkPrerequisites } from './prerequisites.ts';
import type { LifecycleDeps } from './run-lifecycle.ts';
import { dedupeKey } from './run-states.ts';
import { findUnfinished, insertRun, type JobRun } from './runs.repo.ts';

const TRIES = 3;

/** Finds a job by its kebab name; throws `NOT_FOUND` listing the jobs there are. */
export function definitionOf(registry: JobRegistry, name: string): JobDefinition {
  const definition = registry.get(name);
  if (definition) return definition;
  throw new ShowrunnerError('NOT_FOUND', `There is no job "${name}".`, {
    field: 'job',
    value: name,
    remedy: `Jobs: ${[...registry.keys()].join(', ')}.`,
  });
}

/** Stores a queued run, or finds the unfinished one of the same job and parameters. */
export async function enqueueRun(
  deps: LifecycleDeps,
  input: { job: string; params: RunParams; trigger: RunTrigger; force?: boolean },
): Promise<{ run: JobRun; alreadyActive: boolean }> {
  const definition = definitionOf(deps.registry, input.job);
  const params = definition.parse(input.params);
  const key = dedupeKey(definition.name, params, null);
  const isChecked = !input.force && definition.prerequisites.length > 0;
  if (isChecked && !(await findUnfinished(deps.db, key))) await checkPrerequisites(deps, definition);
  // The unfinished run may end between the refused insert and the look-up: then the insert succeeds the next time.
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const run = await deps.db.transaction((tx) =>
      insertRun(tx, {
        id: randomUUID(),
        job: definition.name,
        params,
        dedupeKey: key,
        trigger: input.trigger,
        workflowRunId: null,
        maxAttempts: definition.maxAttempts,
        now: deps.now(),
      }),
    );
    if (run) return { run, alreadyActive: false };
    const active = await findUnfinished(deps.db, key);
    if (active) return { run: active, alreadyActive: true };
  }
  throw new ShowrunnerError('CONFLICT', `${definition.name} keeps starting and ending elsewhere.`, {
    remedy: 'Ask for it again.',
    retryable: true,
  });
}

/**
 * Stores a new run of a finished run's job. Where that run stopped a workflow, the workflow goes on from this step.
 *
 * @throws ShowrunnerError `NOT_FOUND`, or `CONFLICT` while the run has not ended
 */
export async function prepareRetry(
  deps: LifecycleDeps,
  runId: string,
  trigger: RunTrigger,
): Promise<{ run: JobRun; alreadyActive: boolean }> {
  const run = await endedRun(deps.db, runId);
  const continued = await continueWorkflowAt(deps, run, trigger);
  if (continued) return continued;
  return enqueueRun(deps, { job: run.job, params: run.params, trigger, force: true });
}
