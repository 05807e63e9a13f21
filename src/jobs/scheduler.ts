import type { Database } from '../platform/database.ts';
import type { RunParams } from './job-definition.ts';

/** One job of a schedule and the parameters it runs with. */
export interface ScheduleStep {
  /** Kebab form. */
  readonly job: string;
  readonly params: RunParams;
}

/** A schedule to be kept: its steps run one after the other whenever it is due. */
export interface ScheduleSpec {
  /** Stable name, e.g. `nightly-sync`. */
  readonly id: string;
  readonly steps: readonly ScheduleStep[];
  /** Five-field cron, or an interval such as `2 hours`. */
  readonly every: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly enabled: boolean;
  /** What is done about times that passed while no process was there: one run for all of them, or none. */
  readonly whenMissed: 'RUN_ONCE' | 'SKIP';
  /** Whether a person changed it: then no default ever overwrites it. */
  readonly edited: boolean;
  /** When it was last changed; it is not due at any time before that. */
  readonly savedAt: Date;
}

/** A schedule as the scheduler keeps it. */
export interface Schedule extends ScheduleSpec {
  readonly nextRunAt: Date | null;
}

/** The stored schedules. */
export interface ScheduleStore {
  /** All of them, by id. */
  list(): Promise<Schedule[]>;
  /** Adds or replaces one. Throws `BAD_INPUT` for times that cannot be understood. */
  save(spec: ScheduleSpec): Promise<Schedule>;
  remove(id: string): Promise<void>;
}

/** What the scheduler calls. */
export interface SchedulerHandlers {
  /** The store answers for the first time, and nothing is dispatched yet: brings the schedules up to date. */
  prepare(schedules: ScheduleStore): Promise<void>;
  /** A run was submitted and should be claimed; may be called more than once for the same run. */
  dispatch(runId: string): Promise<void>;
  /** A schedule may be due; may be called more than once for the same time, or a moment too early. */
  fire(scheduleId: string): Promise<void>;
}

/** Whether the scheduler's store answers. */
export interface SchedulerStatus {
  readonly available: boolean;
  /** When that last changed. */
  readonly since: Date;
  /** Why not; null while it does. */
  readonly error: string | null;
}

/**
 * The record of what is to happen. What happened is in the database's runs.
 *
 * Its store may be down at any time, from the start too: it connects and reconnects by itself. Meanwhile `check` and
 * every call on `schedules` reject with `SCHEDULER_UNAVAILABLE` within about 2 s.
 */
export interface Scheduler {
  /**
   * Begins to call `handlers` as soon as the store answers; does not wait for that.
   *
   * @param notify how processes hear of new work; null where there is one process only
   * @param isWorker false when this process only submits, and leaves what is due to others
   */
  start(options: {
    notify: Pick<Database, 'listen' | 'notify'> | null;
    isWorker: boolean;
    handlers: SchedulerHandlers;
  }): void;
  readonly schedules: ScheduleStore;
  /** Resolves when the store answers now. */
  check(): Promise<void>;
  /** Asks the store and tells. */
  status(): Promise<SchedulerStatus>;
  /** Asks some process to claim the run soon. Losing this request only delays the run until the next sweep. */
  submit(runId: string): Promise<void>;
  stop(): Promise<void>;
}
