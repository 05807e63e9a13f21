import type { Logger } from '../platform/log.ts';
import type { EngineTiming } from './engine-timing.ts';
import type { JobServices } from './job-services.ts';
import { type Execution, executeRun } from './run-executor.ts';
import type { RunHub } from './run-hub.ts';
import { claimRun, type LifecycleDeps, recoverRuns } from './run-lifecycle.ts';
import { dueRuns, findRun } from './runs.repo.ts';

const SWEEP_BATCH = 50;

/** What a worker needs. */
export interface RunWorkerOptions extends LifecycleDeps {
  readonly hub: RunHub;
  readonly services: JobServices;
  readonly log: Logger;
  readonly timing: EngineTiming;
  readonly workerId: string;
  /** Runs executed at the same time. */
  readonly concurrency: number;
}

/** Executes queued runs in this process, as many at a time as it may, and takes over those of processes that died. */
export class RunWorker {
  readonly #options: RunWorkerOptions;
  readonly #executions = new Map<string, Execution>();
  readonly #ending = new AbortController();
  #isPastDeadline = false;
  #sweepTimer: NodeJS.Timeout | undefined;
  #claiming: Promise<void> = Promise.resolve();
  #nextLook: Promise<void> | undefined;

  constructor(options: RunWorkerOptions) {
    this.#options = options;
  }

  /** Claims what is due, now and from time to time. */
  async start(): Promise<void> {
    this.#sweepTimer = setInterval(() => void this.#sweep(), this.#options.timing.sweepMs);
    await this.#sweep();
  }

  /** Claims no more and waits for what is running; what is not done by the deadline goes back to the queue. */
  async stop(deadlineMs: number): Promise<void> {
    this.#ending.abort();
    clearInterval(this.#sweepTimer);
    const deadline = setTimeout(() => {
      this.#isPastDeadline = true;
      for (const execution of this.#executions.values()) execution.abort('handed-back');
    }, deadlineMs);
    await this.#claiming.catch(() => {});
    await Promise.all([...this.#executions.values()].map((execution) => execution.finished));
    clearTimeout(deadline);
  }

  /** Claims a run that somebody told of. */
  claim(runId: string): Promise<void> {
    return this.#inTurn(() => this.#claimEach([runId]));
  }

  /** Stops a run if it is executed here. */
  cancel(runId: string): void {
    this.#executions.get(runId)?.abort('cancelled');
  }

  /** Queues the runs again whose process gave no sign of life for so long. */
  async recover(silentForMs: number): Promise<void> {
    const now = this.#options.now().getTime();
    const recovered = await recoverRuns(this.#options, new Date(now - silentForMs + 1));
    if (recovered > 0) this.#options.log.info({ recovered }, 'Runs of a dead process were queued again.');
  }

  async #sweep(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    try {
      if (this.#options.db.kind !== 'embedded') await this.recover(this.#options.timing.leaseMs);
      await this.#claimDue();
    } catch (error) {
      this.#options.log.warn({ err: error }, 'Looking for queued runs failed; trying again.');
    }
  }

  /** A retry's backoff may end long before the next sweep. */
  #sweepAt(time: Date): void {
    setTimeout(() => void this.#sweep(), time.getTime() - this.#options.now().getTime()).unref();
  }

  /** Looks for due runs when it is its turn, so that one look serves all who asked for it until then. */
  #claimDue(): Promise<void> {
    this.#nextLook ??= this.#inTurn(async () => {
      this.#nextLook = undefined;
      if (!this.#hasRoom()) return;
      const due = await dueRuns(this.#options.db, this.#options.now(), SWEEP_BATCH, this.#needs);
      await this.#claimEach(due.map((run) => run.id));
    });
    return this.#nextLook;
  }

  /** Claims are made one after the other: how many runs fit in is decided when the one before is made. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.#claiming.catch(() => {}).then(work);
    this.#claiming = next;
    return next;
  }

  get #needs() {
    return [...this.#options.registry.values()].flatMap(({ name, resources }) =>
      resources.map((resource) => ({ job: name, resource })),
    );
  }

  #hasRoom(): boolean {
    return !this.#ending.signal.aborted && this.#executions.size < this.#options.concurrency;
  }

  async #claimEach(runIds: readonly string[]): Promise<void> {
    const waiting = new Set<string>();
    for (const runId of runIds) {
      if (!this.#hasRoom()) return;
      const queued = await findRun(this.#options.db, runId);
      if (queued?.state !== 'QUEUED' || waiting.has(queued.job)) continue;
      const definition = this.#options.registry.get(queued.job);
      if (!definition) continue;
      const run = await claimRun(this.#options, definition, { runId, workerId: this.#options.workerId });
      if (run === 'waiting') waiting.add(queued.job);
      if (typeof run === 'string') continue;
      const execution = executeRun(this.#options, definition, run, this.#options.workerId);
      this.#executions.set(run.id, execution);
      // Claimed while the process was told to stop: the deadline found nothing to hand back yet.
      if (this.#isPastDeadline) execution.abort('handed-back');
      void execution.finished.then((ended) => {
        this.#executions.delete(run.id);
        if (this.#ending.signal.aborted) return;
        void this.#sweep();
        if (ended?.state === 'QUEUED') this.#sweepAt(ended.notBefore);
      });
    }
  }
}
