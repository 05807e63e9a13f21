import { randomUUID } from 'node:crypto';
import type { RunTrigger, WorkflowStep } from '../../drizzle/tables/jobs.ts';
import type { Queryable } from '../platform/database.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { definitionOf } from './enqueue-run.ts';
import type { JobRegistry } from './job-definition.ts';
import { checkStepPrerequisites } from './prerequisites.ts';
import type { LifecycleDeps } from './run-lifecycle.ts';
import type { JobRun } from './runs.repo.ts';
import { WORKFLOWS, type WorkflowStepSpec } from './workflow-list.ts';
import { queueStep } from './workflow-steps.ts';
import {
  findActiveWorkflow,
  insertWorkflowRun,
  lockWorkflowName,
  type WorkflowRun,
} from './workflows.repo.ts';

/** A workflow that was asked for; `run` is that of its first step, unless it was running already. */
export interface StartedWorkflow {
  readonly workflow: WorkflowRun;
  readonly run: JobRun | undefined;
  readonly alreadyActive: boolean;
}

/**
 * Stores a running workflow and queues its first step in one transaction, or finds the running one of that name.
 *
 * @param input.force starts it even where prerequisites of its steps are missing, which no step before them brings
 * @throws ShowrunnerError `NOT_FOUND` for an unknown name, `PREREQUISITE_MISSING`
 */
export async function startWorkflow(
  deps: LifecycleDeps,
  input: { name: string; trigger: RunTrigger; force?: boolean },
): Promise<StartedWorkflow> {
  const { name, trigger } = input;
  const steps = stepsOf(name);
  const active = await findActiveWorkflow(deps.db, name);
  if (active) return { workflow: active, run: undefined, alreadyActive: true };
  if (!input.force) await checkStepPrerequisites(deps, name, steps);
  return deps.db.transaction((tx) =>
    beginWorkflow(tx, deps.registry, { name, steps, trigger, now: deps.now() }),
  );
}

/**
 * Does the same with the steps that are given, in the caller's transaction and without looking at prerequisites.
 *
 * @throws ShowrunnerError `NOT_FOUND` for an unknown job, `BAD_INPUT` for wrong parameters of a step or no step at all
 */
export async function beginWorkflow(
  tx: Queryable,
  registry: JobRegistry,
  input: { name: string; steps: readonly WorkflowStepSpec[]; trigger: RunTrigger; now: Date },
): Promise<StartedWorkflow> {
  const { name, trigger, now } = input;
  const steps = storedSteps(registry, input.steps, name);
  await lockWorkflowName(tx, name);
  const active = await findActiveWorkflow(tx, name);
  if (active) return { workflow: active, run: undefined, alreadyActive: true };
  const workflow = await insertWorkflowRun(tx, { id: randomUUID(), workflow: name, steps, trigger, now });
  const queued = await queueStep(tx, registry, workflow, { position: 0, now });
  return { workflow, run: undefined, ...queued, alreadyActive: false };
}

function stepsOf(name: string): readonly WorkflowStepSpec[] {
  const definition = WORKFLOWS.find((workflow) => workflow.name === name);
  if (definition) return definition.steps;
  throw new ShowrunnerError('NOT_FOUND', `There is no workflow "${name}".`, {
    field: 'workflow',
    value: name,
    remedy: `Workflows: ${WORKFLOWS.map((workflow) => workflow.name).join(', ')}.`,
  });
}

/** Steps are checked before the first one begins, and stored with every default, so that an upgrade changes none. */
function storedSteps(
  registry: JobRegistry,
  steps: readonly WorkflowStepSpec[],
  name: string,
): readonly WorkflowStep[] {
  if (steps.length === 0)
    throw new ShowrunnerError('BAD_INPUT', `The workflow "${name}" has no steps.`, { field: 'steps' });
  return steps.map(({ job, params, onPartial }) => ({
    job,
    params: definitionOf(registry, job).parse({ ...params }),
    onPartial: onPartial ?? 'CONTINUE',
  }));
}
