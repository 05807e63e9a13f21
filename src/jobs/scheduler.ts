/** A schedule as the scheduler keeps it: jobs run one after the other whenever it is due. */
export interface Schedule {
  /** Stable name, e.g. `nightly-sync`. */
  readonly id: string;
  readonly jobs: readonly string[];
  /** Five-field cron, or an interval such as `2 hours`. */
  readonly every: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly enabled: boolean;
  readonly nextRunAt: Date | null;
  readonly lastRunAt: Date | null;
}

/** A schedule to be kept. */
export type ScheduleSpec = Pick<Schedule, 'id' | 'jobs' | 'every' | 'timeZone' | 'enabled'>;

/** What the scheduler calls when something is due. */
export interface SchedulerHandlers {
  /** A run was submitted and should be claimed; may be called more than once for the same run. */
  dispatch(runId: string): Promise<void>;
  /** A schedule is due. */
  fire(schedule: { id: string; jobs: readonly string[] }): Promise<void>;
}

/** The record of what is to happen. What happened is in the database's runs. */
export interface Scheduler {
  /** Begins to call `handlers`; with null this process only submits, and leaves what is due to others. */
  start(handlers: SchedulerHandlers | null): Promise<void>;
  /** Asks some process to claim the run soon. Losing this request only delays the run until the next sweep. */
  submit(runId: string, job: string): Promise<void>;
  schedules(): Promise<Schedule[]>;
  saveSchedule(spec: ScheduleSpec): Promise<Schedule>;
  stop(): Promise<void>;
}
