import { randomUUID } from 'node:crypto';
import type { RunTrigger } from '../../drizzle/tables/jobs.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import { enqueueRun, prepareRetry } from './enqueue-run.ts';
import type { RunParams } from './job-definition.ts';
import type { JobServices } from './job-services.ts';
import { type Execution, executeRun } from './run-executor.ts';
import { endable, watchRun } from './run-feed.ts';
import { RunHub } from './run-hub.ts';
import { claimRun, type LifecycleDeps, recoverRuns, requestCancel } from './run-lifecycle.ts';
import { watchRunList } from './run-list-feed.ts';
import { dueRuns, findRun, type JobRun } from './runs.repo.ts';
import { ensureSchedules } from './schedule-list.ts';
import type { Schedule, Scheduler, ScheduleSpec } from './scheduler.ts';
import { startWorkflow } from './start-workflow.ts';
import { watchWorkflow } from './workflow-feed.ts';
import type { WorkflowRun } from './workflows.repo.ts';

/** Channel on which a cancel request reaches the process that executes the run. Payload: the run's id. */
const CANCEL_CHANNEL = 'showrunner_cancel';
const SWEEP_MS = 5_000;
/** A process without a sign of life for this long is dead: long, because bulk work can stall an embedded database. */
const LEASE_MS = 60_000;
const SWEEP_BATCH = 50;

export interface EngineOptions extends LifecycleDeps {
  readonly scheduler: Scheduler;
  readonly services: JobServices;
  readonly log: Logger;
  /** Unique name of this process. */
  readonly workerId: string;
  /** Whether this process executes runs. */
  readonly isWorker: boolean;
  /** Runs that this process executes at the same time. */
  readonly concurrency: number;
  /** IANA zone of the default schedules. */
  readonly timeZone: string;
}

/** A run that was asked for, and whether it existed already. */
export interface RunRequestResult {
  readonly run: JobRun;
  readonly alreadyActive: boolean;
}

/**
 * Runs jobs: claims what is queued, executes it, and lets any number of clients follow it. The database's run rows
 * are the truth; the scheduler only tells when to look.
 */
export class JobEngine {
  readonly #options: EngineOptions;
  readonly #hub: RunHub;
  readonly #executions = new Map<string, Execution>();
  readonly #ending = new AbortController();
  #unlisten: (() => Promise<void>) | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;
  #claiming: Promise<void> = Promise.resolve();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#hub = new RunHub(options.db);
  }

  /** Starts listening, recovers what a dead process left behind and begins to claim runs. */
  async start(): Promise<void> {
    const { db, scheduler, isWorker, registry, timeZone } = this.#options;
    await this.#hub.start();
    this.#unlisten = await db.listen(CANCEL_CHANNEL, (runId) =>
      this.#executions.get(runId)?.abort('cancelled'),
    );
    // The embedded database has one process at a time: whatever is still marked as running was killed.
    if (db.kind === 'embedded') await this.#recover(0);
    await scheduler.start(
      isWorker
        ? { dispatch: (runId) => this.#claim([runId]), fire: (schedule) => this.#fire(schedule) }
        : null,
    );
    await ensureSchedules(scheduler, registry, timeZone);
    if (!isWorker) return;
    this.#sweepTimer = setInterval(() => void this.#sweep(), SWEEP_MS);
    await this.#sweep();
  }

  /**
   * Stops claiming and waits for running jobs until the deadline; what is not done by then goes back to the queue.
   *
   * @param deadlineMs how long runs may go on before they are told to stop
   */
  async stop(deadlineMs: number): Promise<void> {
    this.#ending.abort();
    clearInterval(this.#sweepTimer);
    const finished = () => Promise.all([...this.#executions.values()].map((execution) => execution.finished));
    const deadline = setTimeout(() => {
      for (const execution of this.#executions.values()) execution.abort('handed-back');
    }, deadlineMs);
    await this.#claiming.catch(() => {});
    await finished();
    clearTimeout(deadline);
    await this.#options.scheduler.stop();
    await this.#unlisten?.();
    await this.#hub.stop();
  }

  /** Definitions of all jobs. */
  get registry() {
    return this.#options.registry;
  }

  /**
   * Queues a run, or finds the unfinished one of the same job and parameters.
   *
   * @throws ShowrunnerError `NOT_FOUND` for an unknown job, `BAD_INPUT` for wrong parameters, `PREREQUISITE_MISSING`
   * unless `force` is set
   */
  async runJob(input: {
    job: string;
    params: RunParams;
    trigger: RunTrigger;
    force?: boolean;
  }): Promise<RunRequestResult> {
    const requested = await enqueueRun(this.#options, input);
    if (!requested.alreadyActive) await this.#submit(requested.run);
    return requested;
  }

  /** Runs a finished run's job again with its parameters; continues its workflow if that had stopped there. */
  async retryRun(runId: string, trigger: RunTrigger): Promise<RunRequestResult> {
    const requested = await prepareRetry(this.#options, runId, trigger);
    if (!requested.alreadyActive) await this.#submit(requested.run);
    return requested;
  }

  /**
   * Cancels a run on whichever process has it.
   *
   * @throws ShowrunnerError `NOT_FOUND`, or `CONFLICT` when it has ended
   */
  async cancelRun(runId: string, by: string): Promise<JobRun> {
    const cancelled = await requestCancel(this.#options, runId, by);
    if (!cancelled) throw await this.#whyNotCancelled(runId);
    await this.#options.db.notify(CANCEL_CHANNEL, runId);
    return cancelled;
  }

  /** Starts a workflow by name, or finds the one of that name that is running. */
  async runWorkflow(
    name: string,
    trigger: RunTrigger,
  ): Promise<{ workflow: WorkflowRun; alreadyActive: boolean }> {
    const started = await startWorkflow(this.#options, { name, trigger });
    if (started.run) await this.#submit(started.run);
    return { workflow: started.workflow, alreadyActive: started.alreadyActive };
  }

  /** Follows one run; see `watchRun`. */
  runFeed(runId: string, after?: number) {
    const { db, now } = this.#options;
    return endable((signal) =>
      watchRun(
        { db, hub: this.#hub, now },
        { runId, ...(after !== undefined && { after }), signal: this.#until(signal) },
      ),
    );
  }

  /** Follows a workflow through all its runs; see `watchWorkflow`. */
  workflowFeed(workflowRunId: string, after?: string) {
    const { db, now } = this.#options;
    return endable((signal) =>
      watchWorkflow(
        { db, hub: this.#hub, now },
        { workflowRunId, ...(after && { after }), signal: this.#until(signal) },
      ),
    );
  }

  /** Follows all runs: the newest state of each run that is unfinished or changes. */
  runListFeed() {
    const { db } = this.#options;
    return endable((signal) => watchRunList(db, this.#until(signal)));
  }

  schedules(): Promise<Schedule[]> {
    return this.#options.scheduler.schedules();
  }

  saveSchedule(spec: ScheduleSpec): Promise<Schedule> {
    return this.#options.scheduler.saveSchedule(spec);
  }

  #until(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#ending.signal]);
  }

  async #submit(run: JobRun): Promise<void> {
    try {
      await this.#options.scheduler.submit(run.id, run.job);
    } catch (error) {
      this.#options.log.warn(
        { err: error, runId: run.id },
        'The scheduler did not take the run; the next sweep will.',
      );
    }
  }

  async #fire(schedule: { id: string; jobs: readonly string[] }): Promise<void> {
    const trigger: RunTrigger = { kind: 'SCHEDULE', schedule: schedule.id };
    const [only, ...more] = schedule.jobs;
    if (only && more.length === 0) {
      await this.runJob({ job: only, params: {}, trigger, force: true });
      return;
    }
    const started = await startWorkflow(this.#options, {
      name: `schedule:${schedule.id}`,
      jobs: schedule.jobs,
      trigger,
    });
    if (started.run) await this.#submit(started.run);
  }

  async #sweep(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    try {
      if (this.#options.db.kind !== 'embedded') await this.#recover(LEASE_MS);
      await this.#claimDue();
    } catch (error) {
      this.#options.log.warn({ err: error }, 'Looking for queued runs failed; trying again.');
    }
  }

  /** A retry's backoff may end long before the next sweep. */
  #sweepAt(time: Date): void {
    setTimeout(() => void this.#sweep(), time.getTime() - this.#options.now().getTime()).unref();
  }

  async #recover(silentForMs: number): Promise<void> {
    const now = this.#options.now().getTime();
    const recovered = await recoverRuns(this.#options, new Date(now - silentForMs + 1));
    if (recovered > 0) this.#options.log.info({ recovered }, 'Runs of a dead process were queued again.');
  }

  async #claimDue(): Promise<void> {
    const due = await dueRuns(this.#options.db, this.#options.now(), SWEEP_BATCH);
    await this.#claim(due.map((run) => run.id));
  }

  /** Claims runs one at a time as long as there is room; calls queue up behind each other. */
  #claim(runIds: readonly string[]): Promise<void> {
    const next = this.#claiming.catch(() => {}).then(() => this.#claimEach(runIds));
    this.#claiming = next;
    return next;
  }

  async #claimEach(runIds: readonly string[]): Promise<void> {
    for (const runId of runIds) {
      if (this.#ending.signal.aborted || this.#executions.size >= this.#options.concurrency) return;
      const queued = await findRun(this.#options.db, runId);
      const definition = queued && this.#options.registry.get(queued.job);
      if (!definition) continue;
      const run = await claimRun(this.#options, definition, { runId, workerId: this.#options.workerId });
      if (typeof run === 'string') continue;
      const execution = executeRun(
        { ...this.#options, hub: this.#hub },
        definition,
        run,
        this.#options.workerId,
      );
      this.#executions.set(run.id, execution);
      void execution.finished.then((ended) => {
        this.#executions.delete(run.id);
        if (this.#ending.signal.aborted) return;
        void this.#sweep();
        if (ended?.state === 'QUEUED') this.#sweepAt(ended.notBefore);
      });
    }
  }

  async #whyNotCancelled(runId: string): Promise<ShowrunnerError> {
    const run = await findRun(this.#options.db, runId);
    if (!run)
      return new ShowrunnerError('NOT_FOUND', 'There is no such run.', { field: 'runId', value: runId });
    return new ShowrunnerError('CONFLICT', `The run has ended already: it is ${run.state}.`, {
      field: 'runId',
      value: runId,
      remedy: 'Nothing needs to be done; start the job again with runJob or retryRun if you want it.',
    });
  }
}

/** A name for this process that no other one has. */
export function newWorkerId(): string {
  return `worker-${process.pid}-${randomUUID().slice(0, 8)}`;
}
