import { randomUUID } from 'node:crypto';
import type { RunTrigger } from '../../drizzle/tables/jobs.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import { cancelWorkflow } from './cancel-workflow.ts';
import { continueWorkflow } from './continue-workflow.ts';
import { type EngineTiming, engineTiming } from './engine-timing.ts';
import { enqueueRun, prepareRetry } from './enqueue-run.ts';
import type { RunParams } from './job-definition.ts';
import type { JobServices } from './job-services.ts';
import { knownRun } from './known-run.ts';
import { pruneRegularly } from './prune-regularly.ts';
import { DEFAULT_RETENTION, type Retention } from './prune-runs.ts';
import { retryFailedItems } from './retry-failed-items.ts';
import { RunFeeds } from './run-feeds.ts';
import { RunHub } from './run-hub.ts';
import { type LifecycleDeps, requestCancel } from './run-lifecycle.ts';
import type { RunFilter } from './run-list.repo.ts';
import { RunWorker } from './run-worker.ts';
import type { JobRun } from './runs.repo.ts';
import type { DefaultSchedule } from './schedule-list.ts';
import type { Scheduler } from './scheduler.ts';
import { Schedules } from './schedules.ts';
import { startWorkflow } from './start-workflow.ts';
import type { WorkflowRun } from './workflows.repo.ts';

/** Channel on which a cancel request reaches the process that executes the run. Payload: the run's id. */
const CANCEL_CHANNEL = 'showrunner_cancel';
/** How long subscribers may take to read the last events when the process stops. */
const LAST_EVENTS_MS = 2_000;
const SUBSCRIPTION_HEARTBEAT_MS = 10_000;

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
  /** Default: the schedules this program ships. */
  readonly defaultSchedules?: readonly DefaultSchedule[];
  /** Default: a lease of 60 s. */
  readonly timing?: EngineTiming;
  /** No subscription is silent for longer than this, in ms. Default: 10 s. */
  readonly subscriptionHeartbeatMs?: number;
  /** How long finished runs are kept. Default: a year, with all events a month. */
  readonly retention?: Retention;
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
  readonly #feeds: RunFeeds;
  /** Reading, changing and running schedules. */
  readonly schedules: Schedules;
  readonly #worker: RunWorker;
  #stopPruning: (() => Promise<void>) | undefined;
  #unlisten: (() => Promise<void>) | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#hub = new RunHub(options.db, {
      workerId: options.workerId,
      heartbeatMs: options.subscriptionHeartbeatMs ?? SUBSCRIPTION_HEARTBEAT_MS,
    });
    this.#worker = new RunWorker({
      ...options,
      hub: this.#hub,
      timing: options.timing ?? engineTiming(),
    });
    this.#feeds = new RunFeeds({ db: options.db, hub: this.#hub, now: options.now });
    this.schedules = new Schedules({
      ...options,
      ...(options.defaultSchedules && { defaults: options.defaultSchedules }),
      started: (run) => this.#submit(run),
    });
  }

  /** Starts listening, recovers what a dead process left behind and begins to claim runs. */
  async start(): Promise<void> {
    const { db, scheduler, isWorker } = this.#options;
    await this.#hub.start();
    this.#unlisten = await db.listen(CANCEL_CHANNEL, (runId) => this.#worker.cancel(runId));
    // The embedded database has one process at a time: whatever is still marked as running was killed.
    if (db.kind === 'embedded') await this.#worker.recover(0);
    scheduler.start({
      notify: db.kind === 'embedded' ? null : db,
      isWorker,
      handlers: {
        prepare: (store) => this.schedules.prepare(store),
        dispatch: (runId) => this.#worker.claim(runId),
        fire: (scheduleId) => this.schedules.fire(scheduleId),
      },
    });
    if (!isWorker) return;
    this.#stopPruning = pruneRegularly(this.#options, this.#options.retention ?? DEFAULT_RETENTION);
    this.schedules.start();
    await this.#worker.start();
  }

  /**
   * Stops claiming and waits for running jobs until the deadline; what is not done by then goes back to the queue.
   * Subscribers are told all of it; then their feeds end with `SERVER_STOPPING`.
   *
   * @param deadlineMs how long runs may go on before they are told to stop
   */
  async stop(deadlineMs: number): Promise<void> {
    this.schedules.stop();
    await this.#worker.stop(deadlineMs);
    await this.#feeds.stop(LAST_EVENTS_MS);
    await this.#stopPruning?.();
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
    await this.#options.scheduler.check();
    const requested = await enqueueRun(this.#options, input);
    if (!requested.alreadyActive) await this.#submit(requested.run);
    return requested;
  }

  /** Runs a finished run's job again with its parameters; continues its workflow if that had stopped there. */
  async retryRun(runId: string, trigger: RunTrigger): Promise<RunRequestResult> {
    await this.#options.scheduler.check();
    const requested = await prepareRetry(this.#options, runId, trigger);
    if (!requested.alreadyActive) await this.#submit(requested.run);
    return requested;
  }

  /** Does only the failed items of a finished run again; see `retryFailedItems`. */
  async retryFailedItems(runId: string, trigger: RunTrigger): Promise<RunRequestResult> {
    await this.#options.scheduler.check();
    const requested = await retryFailedItems(this.#options, runId, trigger);
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
    if (!cancelled) throw runHasEnded(await knownRun(this.#options.db, runId));
    await this.#options.db.notify(CANCEL_CHANNEL, runId);
    return cancelled;
  }

  /**
   * Starts a workflow by name, or finds the one of that name that is running; see `startWorkflow`.
   *
   * @param force starts it even where prerequisites of its steps are missing
   */
  async runWorkflow(
    name: string,
    trigger: RunTrigger,
    force = false,
  ): Promise<{ workflow: WorkflowRun; alreadyActive: boolean }> {
    await this.#options.scheduler.check();
    const started = await startWorkflow(this.#options, { name, trigger, force });
    if (started.run) await this.#submit(started.run);
    return { workflow: started.workflow, alreadyActive: started.alreadyActive };
  }

  /** Continues a workflow from the step at which it stopped; see `continueWorkflow`. */
  async continueWorkflow(id: string, caller: Pick<RunTrigger, 'key' | 'userId'>): Promise<WorkflowRun> {
    await this.#options.scheduler.check();
    const { workflow, run } = await continueWorkflow(this.#options, id, caller);
    await this.#submit(run);
    return workflow;
  }

  /** Cancels a workflow through its current run, on whichever process has it; see `cancelWorkflow`. */
  async cancelWorkflow(id: string, by: string): Promise<void> {
    const run = await cancelWorkflow(this.#options, id, by);
    await this.#options.db.notify(CANCEL_CHANNEL, run.id);
  }

  /** Follows one run; see `watchRun`. */
  runFeed(runId: string, after?: number) {
    return this.#feeds.run(runId, after);
  }

  /** Follows a workflow through all its runs; see `watchWorkflow`. */
  workflowFeed(workflowRunId: string, after?: string) {
    return this.#feeds.workflow(workflowRunId, after);
  }

  /** Follows the list of runs with this filter; see `watchRunList`. */
  runListFeed(filter: RunFilter = {}, after?: number) {
    return this.#feeds.list(filter, after);
  }

  async #submit(run: JobRun): Promise<void> {
    try {
      await this.#options.scheduler.submit(run.id);
    } catch (error) {
      this.#options.log.warn(
        { err: error, runId: run.id },
        'The scheduler did not take the run; the next sweep will.',
      );
    }
  }
}

function runHasEnded({ id, state }: JobRun): ShowrunnerError {
  return new ShowrunnerError('CONFLICT', `The run has ended already: it is ${state}.`, {
    field: 'runId',
    value: id,
    remedy: 'Nothing needs to be done; start the job again with runJob or retryRun if you want it.',
  });
}

/** A name for this process that no other one has. */
export function newWorkerId(): string {
  return `worker-${process.pid}-${randomUUID().slice(0, 8)}`;
}
