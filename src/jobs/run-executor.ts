import { setTimeout as sleep } from 'node:timers/promises';
import { databaseFailure } from '../platform/database-failure.ts';
import type { Logger } from '../platform/log.ts';
import type { EngineTiming } from './engine-timing.ts';
import { fencedDatabase } from './fenced-database.ts';
import type { JobDefinition } from './job-definition.ts';
import type { JobServices } from './job-services.ts';
import type { RunHub } from './run-hub.ts';
import { finishRun, type LifecycleDeps, type Outcome } from './run-lifecycle.ts';
import { RunRecorder } from './run-recorder.ts';
import type { JobRun, RunOwner } from './runs.repo.ts';

const RETRY_FINISH_MS = 500;

/** Why a run's signal was aborted. */
class RunAborted extends Error {
  override readonly name = 'AbortError';
  readonly kind: 'cancelled' | 'handed-back' | 'lost';

  constructor(kind: RunAborted['kind']) {
    super(
      {
        cancelled: 'The run was cancelled.',
        'handed-back': 'The process is stopping; the run goes back to the queue.',
        lost: 'The run was taken over by another process.',
      }[kind],
    );
    this.kind = kind;
  }
}

/** A run that this process is executing. */
export interface Execution {
  readonly runId: string;
  abort(kind: RunAborted['kind']): void;
  /** Settles when the end of the attempt is stored, with the run as it is then; never rejects. */
  readonly finished: Promise<JobRun | undefined>;
}

/** Runs a claimed run's job to its end and stores how it ended. */
export function executeRun(
  deps: LifecycleDeps & { hub: RunHub; log: Logger; services: JobServices; timing: EngineTiming },
  definition: JobDefinition,
  run: JobRun,
  workerId: string,
): Execution {
  const owner: RunOwner = { runId: run.id, attempt: run.attempt, workerId };
  const controller = new AbortController();
  const abort = (kind: RunAborted['kind']) => {
    if (!controller.signal.aborted) controller.abort(new RunAborted(kind));
  };
  const recorder = new RunRecorder(owner, {
    db: deps.db,
    hub: deps.hub,
    now: deps.now,
    heartbeatMs: deps.timing.heartbeatMs,
    leaseMs: deps.db.kind === 'embedded' ? null : deps.timing.leaseMs,
    onState: (state) => {
      if (state === undefined) abort('lost');
      if (state === 'STOPPING') abort('cancelled');
    },
  });
  const log = deps.log.child({ runId: run.id, job: run.job, attempt: run.attempt });

  const db = fencedDatabase(deps.db, owner, () => {
    abort('lost');
    return new RunAborted('lost');
  });

  const execute = async (): Promise<Outcome> => {
    try {
      const result = await definition.run(
        { db, signal: controller.signal, progress: recorder, log, now: deps.now },
        deps.services,
        run.params,
      );
      return { kind: 'done', result, failures: recorder.failures };
    } catch (error) {
      if (!controller.signal.aborted) return { kind: 'failed', error: databaseFailure(error) ?? error };
      const reason: unknown = controller.signal.reason;
      return reason instanceof RunAborted && reason.kind === 'cancelled'
        ? { kind: 'cancelled', reason: reason.message }
        : { kind: 'handed-back' };
    }
  };

  const finish = async () => {
    const outcome = await execute();
    if (outcome.kind === 'failed') log.warn({ err: outcome.error }, 'The run failed.');
    await recorder.close(outcome.kind === 'done');
    for (;;) {
      try {
        return await finishRun(deps, owner, outcome, recorder.steps);
      } catch (error) {
        if (!databaseFailure(error) || recorder.isSilent) throw error;
        await sleep(RETRY_FINISH_MS);
      }
    }
  };
  return {
    runId: run.id,
    abort,
    finished: finish().catch((error: unknown): undefined => {
      log.error(
        { err: error },
        'The end of the run could not be stored; it will be found by its missing heartbeat.',
      );
    }),
  };
}
