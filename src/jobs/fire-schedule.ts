import { randomUUID } from 'node:crypto';
import type { RunTrigger } from '../../drizzle/tables/jobs.ts';
import type { Queryable } from '../platform/database.ts';
import { definitionOf } from './enqueue-run.ts';
import type { LifecycleDeps } from './run-lifecycle.ts';
import { dedupeKey } from './run-states.ts';
import { insertRun, type JobRun } from './runs.repo.ts';
import { lockFiring, recordFiring } from './schedule-firings.repo.ts';
import { decideDue } from './schedule-times.ts';
import type { Schedule } from './scheduler.ts';
import { beginWorkflow } from './start-workflow.ts';

/**
 * Runs a schedule if it is due: once for each time on whichever process comes first, however often and wherever this
 * is called, because the decision and what it starts are one transaction. While what it started before is unfinished
 * nothing more is started.
 *
 * @param woken whether the scheduler says that it is time; see `decideDue`
 * @returns the run that was queued, if any
 */
export async function fireSchedule(
  deps: LifecycleDeps,
  schedule: Schedule,
  woken: boolean,
): Promise<JobRun | undefined> {
  return deps.db.transaction(async (tx) => {
    const handledUntil = await lockFiring(tx, schedule.id, schedule.savedAt);
    const since = new Date(Math.max(handledUntil.getTime(), schedule.savedAt.getTime()));
    const now = deps.now();
    const decision = decideDue(schedule, since, now, woken);
    if (decision.kind === 'NOT_DUE') return undefined;
    const started = decision.kind === 'RUN' ? await startSteps(tx, deps, schedule, now) : undefined;
    await recordFiring(tx, schedule.id, {
      handledUntil: decision.handledUntil,
      ...(started && {
        firedAt: now,
        runId: started.workflowRunId ? null : started.id,
        workflowRunId: started.workflowRunId,
      }),
    });
    return started;
  });
}

async function startSteps(
  tx: Queryable,
  deps: LifecycleDeps,
  schedule: Schedule,
  now: Date,
): Promise<JobRun | undefined> {
  const trigger: RunTrigger = { kind: 'SCHEDULE', schedule: schedule.id };
  const [only, ...more] = schedule.steps;
  if (!only || more.length > 0) {
    const name = `schedule:${schedule.id}`;
    const { run } = await beginWorkflow(tx, deps.registry, { name, steps: schedule.steps, trigger, now });
    return run;
  }
  const definition = definitionOf(deps.registry, only.job);
  const params = definition.parse(only.params);
  return insertRun(tx, {
    id: randomUUID(),
    job: definition.name,
    params,
    dedupeKey: dedupeKey(definition.name, params, null),
    trigger,
    workflowRunId: null,
    maxAttempts: definition.maxAttempts,
    now,
  });
}
