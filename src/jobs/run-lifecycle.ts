import type { RunState, RunStep } from '../../drizzle/tables/jobs.ts';
import type { Database } from '../platform/database.ts';
import { toErrorRecord } from '../platform/errors.ts';
import type { JobDefinition, JobRegistry, RunResult } from './job-definition.ts';
import { backoffMs, isDryRun, isRetryable, stateEvent } from './run-states.ts';
import {
  deadRuns,
  findRun,
  type JobRun,
  lockRun,
  type RunOwner,
  releaseLeases,
  takeLeases,
  transition,
} from './runs.repo.ts';
import { advanceWorkflow } from './workflow-steps.ts';

/** What every change of a run's state needs. */
export interface LifecycleDeps {
  readonly db: Database;
  readonly registry: JobRegistry;
  readonly now: () => Date;
}

/** How an attempt ended. */
export type Outcome =
  | { readonly kind: 'done'; readonly result: RunResult; readonly failures: number }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'cancelled'; readonly reason: string }
  /** The process stops: the run goes back to the queue and this attempt is not held against it. */
  | { readonly kind: 'handed-back' };

class ResourcesTaken extends Error {}

/**
 * Claims a queued run for `workerId`: one guarded update, so that of many callers one wins.
 *
 * @returns the running run, or why it could not be had: somebody else has it, or another run holds its resources
 */
export async function claimRun(
  deps: LifecycleDeps,
  definition: JobDefinition,
  input: { runId: string; workerId: string },
): Promise<JobRun | 'taken' | 'waiting'> {
  const now = deps.now();
  try {
    const run = await deps.db.transaction(async (tx) => {
      const queued = await findRun(tx, input.runId);
      if (queued?.state !== 'QUEUED' || queued.notBefore > now) return undefined;
      const attempt = queued.attempt + 1;
      const running = await transition(tx, {
        runId: input.runId,
        from: ['QUEUED'],
        set: {
          state: 'RUNNING',
          attempt,
          workerId: input.workerId,
          heartbeatAt: now,
          startedAt: queued.startedAt ?? now,
          steps: [],
          error: null,
        },
        events: [stateEvent(now, 'RUNNING', attempt)],
      });
      if (!running) return undefined;
      if (!(await takeLeases(tx, running.id, definition.resources))) throw new ResourcesTaken();
      return running;
    });
    return run ?? 'taken';
  } catch (error) {
    if (error instanceof ResourcesTaken) return 'waiting';
    throw error;
  }
}

/**
 * Ends an attempt: a final state, or the queue again after an outside failure that may pass. Frees the run's resources
 * and moves its workflow on, all in one transaction.
 *
 * @returns the run as it is now; undefined when `owner` had lost it
 */
export async function finishRun(
  deps: LifecycleDeps,
  owner: RunOwner,
  outcome: Outcome,
  steps: readonly RunStep[],
): Promise<JobRun | undefined> {
  const now = deps.now();
  return deps.db.transaction(async (tx) => {
    const run = await lockRun(tx, owner.runId);
    if (!run) return undefined;
    const cancelled = run.state === 'STOPPING';
    const firstBackoffMs = deps.registry.get(run.job)?.backoffMs ?? 0;
    const change = cancelled ? cancelledChange(run, now) : outcomeChange(run, outcome, firstBackoffMs, now);
    const ended = await transition(tx, {
      runId: owner.runId,
      from: ['RUNNING', 'STOPPING'],
      owner,
      set: { ...change.set, steps },
      events: [change.event],
    });
    if (!ended) return undefined;
    await releaseLeases(tx, ended.id);
    if (ended.workflowRunId && ended.finishedAt)
      await advanceWorkflow(
        tx,
        deps.registry,
        { workflowRunId: ended.workflowRunId, state: ended.state },
        now,
      );
    return ended;
  });
}

type Change = {
  readonly set: Parameters<typeof transition>[1]['set'];
  readonly event: ReturnType<typeof stateEvent>;
};

function cancelledChange(run: JobRun, now: Date): Change {
  const reason = run.cancelRequestedBy ? `cancelled by ${run.cancelRequestedBy}` : 'cancelled';
  return {
    set: { state: 'CANCELLED', finishedAt: now },
    event: stateEvent(now, 'CANCELLED', run.attempt, { reason }),
  };
}

function outcomeChange(run: JobRun, outcome: Outcome, firstBackoffMs: number, now: Date): Change {
  if (outcome.kind === 'cancelled') return cancelledChange(run, now);
  if (outcome.kind === 'handed-back') {
    const reason = 'the process stopped before the run was done';
    return {
      set: { state: 'QUEUED', workerId: null, maxAttempts: run.maxAttempts + 1 },
      event: stateEvent(now, 'QUEUED', run.attempt, { reason }),
    };
  }
  if (outcome.kind === 'done') {
    const state: RunState = outcome.failures > 0 ? 'PARTIAL' : 'SUCCEEDED';
    return {
      set: { state, finishedAt: now, result: outcome.result },
      event: stateEvent(now, state, run.attempt, {
        result: { job: run.job, dryRun: isDryRun(run.params), counts: outcome.result },
      }),
    };
  }
  const error = toErrorRecord(outcome.error);
  if (isRetryable(outcome.error) && run.attempt < run.maxAttempts) {
    const wait = backoffMs(firstBackoffMs, run.attempt, outcome.error);
    const reason = `attempt ${run.attempt} of ${run.maxAttempts} failed; the next one starts in ${Math.round(wait / 1000)} s`;
    return {
      set: {
        state: 'QUEUED',
        workerId: null,
        notBefore: new Date(now.getTime() + wait),
        error,
      },
      event: stateEvent(now, 'QUEUED', run.attempt, { reason, error }),
    };
  }
  return {
    set: { state: 'FAILED', finishedAt: now, error },
    event: stateEvent(now, 'FAILED', run.attempt, { error }),
  };
}

/**
 * Asks for a run to be cancelled: one that has not begun ends at once, a running one is told to stop.
 *
 * @returns the run after the request; undefined when it had ended before
 */
export async function requestCancel(
  deps: LifecycleDeps,
  runId: string,
  by: string,
): Promise<JobRun | undefined> {
  const now = deps.now();
  return deps.db.transaction(async (tx) => {
    const run = await lockRun(tx, runId);
    if (!run) return undefined;
    if (run.state === 'STOPPING') return run;
    const set = { cancelRequestedAt: now, cancelRequestedBy: by };
    const reason = `cancelled by ${by}`;
    if (run.state === 'RUNNING')
      return transition(tx, {
        runId,
        from: ['RUNNING'],
        set: { ...set, state: 'STOPPING' },
        events: [stateEvent(now, 'STOPPING', run.attempt, { reason })],
      });
    const ended = await transition(tx, {
      runId,
      from: ['QUEUED', 'INTERRUPTED'],
      set: { ...set, state: 'CANCELLED', finishedAt: now },
      events: [stateEvent(now, 'CANCELLED', run.attempt, { reason })],
    });
    if (ended?.workflowRunId)
      await advanceWorkflow(
        tx,
        deps.registry,
        { workflowRunId: ended.workflowRunId, state: 'CANCELLED' },
        now,
      );
    return ended;
  });
}

/**
 * Finds runs whose process died (no heartbeat since `before`), marks them interrupted and queues them again, as long
 * as they have attempts left: a run that kills its process stops after its attempts.
 *
 * @returns how many runs were recovered
 */
export async function recoverRuns(deps: LifecycleDeps, before: Date): Promise<number> {
  const dead = await deadRuns(deps.db, before);
  let recovered = 0;
  for (const run of dead) {
    const now = deps.now();
    const done = await deps.db.transaction(async (tx) => {
      const next = stateAfterDeath(run);
      const events = [
        stateEvent(now, 'INTERRUPTED', run.attempt, { reason: 'its process gave no sign of life' }),
        next.event(now),
      ];
      const moved = await transition(tx, {
        runId: run.id,
        from: [run.state],
        ...(run.workerId && { owner: { runId: run.id, attempt: run.attempt, workerId: run.workerId } }),
        set: { ...next.set, ...(next.final && { finishedAt: now }), workerId: null },
        events,
      });
      if (!moved) return false;
      await releaseLeases(tx, run.id);
      if (moved.workflowRunId && next.final)
        await advanceWorkflow(
          tx,
          deps.registry,
          { workflowRunId: moved.workflowRunId, state: moved.state },
          now,
        );
      return true;
    });
    if (done) recovered += 1;
  }
  return recovered;
}

function stateAfterDeath(run: JobRun) {
  if (run.state === 'STOPPING')
    return {
      final: true,
      set: { state: 'CANCELLED' as const },
      event: (now: Date) => stateEvent(now, 'CANCELLED', run.attempt),
    };
  if (run.attempt < run.maxAttempts)
    return {
      final: false,
      set: { state: 'QUEUED' as const },
      event: (now: Date) =>
        stateEvent(now, 'QUEUED', run.attempt, { reason: 'continues after an interruption' }),
    };
  const error = {
    code: 'INTERNAL' as const,
    message: `The process ended during each of ${run.attempt} attempts.`,
    remedy: 'Look into the server log for what ended it, mend that, and retry the run.',
  };
  return {
    final: true,
    set: { state: 'FAILED' as const, error },
    event: (now: Date) => stateEvent(now, 'FAILED', run.attempt, { error }),
  };
}
