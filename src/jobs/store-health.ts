import { ShowrunnerError } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import type { SchedulerStatus } from './scheduler.ts';
import type { OpenSchedulerStore } from './scheduler-store.ts';

/** How long a caller waits for the store, in ms. */
const ANSWER_MS = 2_000;
/** After a refusal nobody asks again for this long, in ms, so that many callers are not each kept waiting. */
const PAUSE_MS = 1_000;

/** Whether the scheduler's store answers, as last seen. Tells the log when that changes, and only then. */
export class StoreHealth {
  readonly #store: Pick<OpenSchedulerStore, 'ping' | 'remedy'>;
  readonly #log: Logger;
  #status: SchedulerStatus = { available: false, since: new Date(), error: 'It has not been reached yet.' };
  #asking: Promise<void> | undefined;
  #refusedAt = 0;

  constructor(store: Pick<OpenSchedulerStore, 'ping' | 'remedy'>, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  get status(): SchedulerStatus {
    return this.#status;
  }

  /** The store was used successfully. */
  up(): void {
    if (this.#status.available) return;
    this.#status = { available: true, since: new Date(), error: null };
    this.#log.info('The store of schedules answers.');
  }

  /** The store could not be used. */
  down(error: unknown): void {
    this.#refusedAt = Date.now();
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#status.error === reason) return;
    const since = this.#status.available ? new Date() : this.#status.since;
    this.#status = { available: false, since, error: reason };
    this.#log.error({ err: error }, 'The store of schedules does not answer; trying again until it does.');
  }

  /**
   * Resolves when the store answers now. Callers at the same time share one question.
   *
   * @throws ShowrunnerError `SCHEDULER_UNAVAILABLE` within 2 s
   */
  async check(): Promise<void> {
    if (!this.#status.available && Date.now() - this.#refusedAt < PAUSE_MS) throw this.unavailable();
    // A server that is back refuses the first question on a connection from before it went.
    this.#asking ??= this.guard(() => this.#store.ping().catch(() => this.#store.ping())).finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  /**
   * Gives work on the store 2 s.
   *
   * @throws ShowrunnerError what `work` throws of that kind, otherwise `SCHEDULER_UNAVAILABLE`
   */
  async guard<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      const result = await withDeadline(work(), ANSWER_MS);
      this.up();
      return result;
    } catch (error) {
      if (error instanceof ShowrunnerError) throw error;
      this.down(error);
      throw this.unavailable(error);
    }
  }

  /** The error for callers. */
  unavailable(cause?: unknown): ShowrunnerError {
    return new ShowrunnerError('SCHEDULER_UNAVAILABLE', 'The store of schedules and jobs does not answer.', {
      remedy: this.#store.remedy,
      retryable: true,
      cause,
    });
  }
}

/** `work`, or an error when it takes longer than `ms`; what it does later is ignored. */
export async function withDeadline<Result>(work: Promise<Result>, ms: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    // An answer that came in while this process was busy counts: it is read before the immediate runs.
    timer = setTimeout(() => setImmediate(() => reject(new Error(`No answer within ${ms} ms.`))), ms);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
