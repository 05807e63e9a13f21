import { ShowrunnerError } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import { fireSchedule } from './fire-schedule.ts';
import type { LifecycleDeps } from './run-lifecycle.ts';
import type { JobRun } from './runs.repo.ts';
import { deleteFiring } from './schedule-firings.repo.ts';
import {
  asDefault,
  DEFAULT_SCHEDULES,
  type DefaultSchedule,
  ensureSchedules,
  isRunnable,
} from './schedule-list.ts';
import { checkSchedule } from './schedule-times.ts';
import type { Schedule, Scheduler, SchedulerStatus, ScheduleStore } from './scheduler.ts';

/** How often to look for a time that nobody was woken for: the process that was told may have died, or the database. */
const LOOK_MS = 60_000;

/** What a person can change of a schedule; what is left out stays. */
export type ScheduleChange = Partial<Pick<Schedule, 'every' | 'timeZone' | 'enabled' | 'whenMissed'>>;

interface SchedulesOptions extends LifecycleDeps {
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** IANA zone of the default schedules. */
  readonly timeZone: string;
  /** Default: those this program ships. */
  readonly defaults?: readonly DefaultSchedule[];
  /** Called with each run that a schedule started. */
  readonly started: (run: JobRun) => Promise<void>;
}

/**
 * The schedules of this installation: reading, changing and running them. Reading and changing reject with
 * `SCHEDULER_UNAVAILABLE` while the store is down.
 */
export class Schedules {
  readonly #options: SchedulesOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SchedulesOptions) {
    this.#options = options;
  }

  /** Brings the store up to date; see `ensureSchedules`. */
  async prepare(store: ScheduleStore): Promise<void> {
    const { db, registry, timeZone, now, defaults = DEFAULT_SCHEDULES } = this.#options;
    const removed = await ensureSchedules(store, { defaults, registry, timeZone, now: now() });
    for (const id of removed) await deleteFiring(db, id);
  }

  /** Begins to look for times that passed while nobody was there, at once and again and again. */
  start(): void {
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
    void this.#look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Whether the store answers now; while it does not, nothing can be started. */
  storeStatus(): Promise<SchedulerStatus> {
    return this.#options.scheduler.status();
  }

  /** Those whose jobs this program has, by id. */
  async list(): Promise<Schedule[]> {
    const { scheduler, registry } = this.#options;
    return (await scheduler.schedules.list()).filter((schedule) => isRunnable(schedule, registry));
  }

  /**
   * Changes one for good: no upgrade overwrites it.
   *
   * @throws ShowrunnerError `NOT_FOUND`, or `BAD_INPUT` naming the field
   */
  async update(id: string, change: ScheduleChange): Promise<Schedule> {
    const found = await this.#find(id);
    if (Object.keys(change).length === 0) return found;
    const { nextRunAt: _nextRunAt, ...present } = found;
    const wanted = { ...present, ...change, edited: true, savedAt: this.#options.now() };
    checkSchedule(wanted);
    return this.#options.scheduler.schedules.save(wanted);
  }

  /**
   * Returns one to its default, which it follows from then on.
   *
   * @throws ShowrunnerError `NOT_FOUND`, or `CONFLICT` when there is no such default any more
   */
  async reset(id: string): Promise<Schedule> {
    const { scheduler, timeZone, now, defaults = DEFAULT_SCHEDULES } = this.#options;
    await this.#find(id);
    const schedule = defaults.find((candidate) => candidate.id === id);
    if (schedule) return scheduler.schedules.save(asDefault(schedule, timeZone, now()));
    throw new ShowrunnerError('CONFLICT', `The schedule "${id}" has no default any more.`, {
      field: 'id',
      value: id,
      remedy: 'Change it with updateSchedule instead, for instance to disable it.',
    });
  }

  /** The scheduler says that this one is due. */
  async fire(id: string): Promise<void> {
    const schedule = (await this.list()).find((candidate) => candidate.id === id);
    if (schedule?.enabled) await this.#fire(schedule, true);
  }

  async #look(): Promise<void> {
    try {
      for (const schedule of await this.list()) if (schedule.enabled) await this.#fire(schedule, false);
    } catch (error) {
      this.#options.log.debug({ err: error }, 'Looking for missed schedules failed; trying again.');
    }
  }

  async #fire(schedule: Schedule, woken: boolean): Promise<void> {
    const run = await fireSchedule(this.#options, schedule, woken);
    if (run) await this.#options.started(run);
  }

  async #find(id: string): Promise<Schedule> {
    const found = (await this.list()).find((schedule) => schedule.id === id);
    if (found) return found;
    throw new ShowrunnerError('NOT_FOUND', `There is no schedule "${id}".`, {
      field: 'id',
      value: id,
      remedy: 'Pass the id of one of `schedules`.',
    });
  }
}
