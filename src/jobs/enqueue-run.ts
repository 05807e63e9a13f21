import { randomUUID } from 'node:crypto';
import type { RunTrigger } from '../../drizzle/tables/jobs.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { JobDefinition, JobRegistry, RunParams } from './job-definition.ts';
import { FINAL_STATES } from './run-event.ts';
import type { LifecycleDeps } from './run-lifecycle.ts';
import { dedupeKey } from './run-states.ts';
import { findRun, findUnfinished, insertRun, type JobRun, jobsThatSucceeded } from './runs.repo.ts';
import { queueStep } from './workflow-steps.ts';
import { lockWorkflowRun, updateWorkflowRun } from './workflows.repo.ts';

const TRIES = 3;

/** Finds a job by its kebab name; throws `NOT_FOUND` listing the jobs there are. */
function definitionOf(registry: JobRegistry, name: string): JobDefinition {
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
  if (!input.force) await checkPrerequisites(deps, definition);
  const key = dedupeKey(definition.name, params, null);
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
    retryable: true,
  });
}

async function checkPrerequisites(deps: LifecycleDeps, definition: JobDefinition): Promise<void> {
  const done = await jobsThatSucceeded(deps.db);
  const missing = definition.prerequisites.filter((name) => !done.has(name));
  if (missing.length === 0) return;
  throw new ShowrunnerError(
    'PREREQUISITE_MISSING',
    `${definition.name} needs ${missing.join(' and ')} to run first.`,
    {
      field: 'job',
      value: definition.name,
      remedy: `Run ${missing.join(', then ')}, start the workflow initial-setup, or pass force.`,
    },
  );
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
  const run = await findRun(deps.db, runId);
  if (!run) throw new ShowrunnerError('NOT_FOUND', 'There is no such run.', { field: 'runId', value: runId });
  if (!FINAL_STATES.includes(run.state))
    throw new ShowrunnerError('CONFLICT', `The run has not ended: it is ${run.state}.`, {
      field: 'runId',
      value: runId,
      remedy: 'Wait for it, or cancel it first.',
    });
  const continued = await continueWorkflow(deps, run);
  if (continued) return { run: continued, alreadyActive: false };
  return enqueueRun(deps, { job: run.job, params: run.params, trigger, force: true });
}

async function continueWorkflow(deps: LifecycleDeps, run: JobRun): Promise<JobRun | undefined> {
  const workflowRunId = run.workflowRunId;
  if (!workflowRunId) return undefined;
  return deps.db.transaction(async (tx) => {
    const workflow = await lockWorkflowRun(tx, workflowRunId);
    if (!workflow || (workflow.state !== 'FAILED' && workflow.state !== 'CANCELLED')) return undefined;
    if (workflow.jobs[workflow.position] !== run.job) return undefined;
    await updateWorkflowRun(tx, workflow.id, {
      state: 'RUNNING',
      position: workflow.position,
      finishedAt: null,
    });
    return queueStep(tx, deps.registry, workflow, workflow.position, deps.now());
  });
}
