import { randomUUID } from 'node:crypto';
import type { RunTrigger } from '../../drizzle/tables/jobs.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { LifecycleDeps } from './run-lifecycle.ts';
import type { JobRun } from './runs.repo.ts';
import { WORKFLOWS } from './workflow-list.ts';
import { queueStep } from './workflow-steps.ts';
import { findActiveWorkflow, insertWorkflowRun, type WorkflowRun } from './workflows.repo.ts';

/**
 * Stores a running workflow and queues its first step in one transaction, or finds the running one of that name.
 *
 * @param input.jobs given for workflows that a schedule defines; by default those of the named workflow
 * @throws ShowrunnerError `NOT_FOUND` for an unknown name
 */
export async function startWorkflow(
  deps: LifecycleDeps,
  input: { name: string; jobs?: readonly string[]; trigger: RunTrigger },
): Promise<{ workflow: WorkflowRun; run: JobRun | undefined; alreadyActive: boolean }> {
  const jobs = input.jobs ?? WORKFLOWS.find((workflow) => workflow.name === input.name)?.jobs;
  if (!jobs)
    throw new ShowrunnerError('NOT_FOUND', `There is no workflow "${input.name}".`, {
      field: 'workflow',
      value: input.name,
      remedy: `Workflows: ${WORKFLOWS.map((workflow) => workflow.name).join(', ')}.`,
    });
  const now = deps.now();
  const started = await deps.db.transaction(async (tx) => {
    const workflow = await insertWorkflowRun(tx, {
      id: randomUUID(),
      workflow: input.name,
      jobs,
      trigger: input.trigger,
      now,
    });
    return workflow && { workflow, run: await queueStep(tx, deps.registry, workflow, 0, now) };
  });
  if (started) return { ...started, alreadyActive: false };
  const active = await findActiveWorkflow(deps.db, input.name);
  if (active) return { workflow: active, run: undefined, alreadyActive: true };
  return startWorkflow(deps, input);
}
