import { setTimeout as sleep } from 'node:timers/promises';
import type { RunState, RunStep } from '../../drizzle/tables/jobs.ts';
import type { FailedTarget, LogLevel, Progress } from '../platform/context.ts';
import type { Database } from '../platform/database.ts';
import { toErrorRecord } from '../platform/errors.ts';
import type { NewEvent, RunEventBody } from './run-event.ts';
import type { RunHub } from './run-hub.ts';
import { type RunOwner, storeCheckpoint } from './runs.repo.ts';

const LIVE_EVERY_MS = 100;
const STORE_PROGRESS_EVERY_MS = 1_000;
const RETRY_STORE_MS = 500;
const LONGEST_SILENCE_MS = 60_000;
/** Log lines and item failures kept of one attempt; further ones are counted, not stored. */
const MAX_LINES = 5_000;
const EVENTS_PER_STATEMENT = 500;

/** What a recorder needs beside the run it records. */
export interface RecorderDeps {
  readonly db: Database;
  readonly hub: RunHub;
  readonly now: () => Date;
  /** Between two signs of life of a run that tells nothing, in ms. */
  readonly heartbeatMs: number;
  /** After so long without a stored sign of life another process may take the run, in ms; null where there is none. */
  readonly leaseMs: number | null;
  /** Called with what the database says of the run at every checkpoint; undefined when the run has been taken away. */
  readonly onState: (state: RunState | undefined) => void;
}

/**
 * Turns what a verb tells into the run's event stream: steps, log lines and failures are stored within a tenth of a
 * second, progress at most once a second, and shown live ten times a second in between.
 */
export class RunRecorder implements Progress {
  readonly #owner: RunOwner;
  readonly #deps: RecorderDeps;
  readonly #steps: { -readonly [Key in keyof RunStep]: RunStep[Key] }[] = [];
  #pending: NewEvent[] = [];
  #failures = 0;
  #newFailures = 0;
  #lines = 0;
  /** Progress changed since it was last stored; since it was last shown. */
  #progressDirty = false;
  #liveDirty = false;
  #progressStoredAt = 0;
  #liveShownAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout;
  #flushing: Promise<void> = Promise.resolve();
  #closed = false;
  #isStoring = false;
  /** Seq of the newest event that was stored by this recorder. */
  #storedSeq = 0;
  #lost = false;
  #storedAt = performance.now();

  constructor(owner: RunOwner, deps: RecorderDeps) {
    this.#owner = owner;
    this.#deps = deps;
    this.#heartbeat = setInterval(() => {
      // True also for a process that was frozen: it has to let go before it does anything else.
      if (deps.leaseMs !== null && this.isSilent) deps.onState(undefined);
      void this.flush();
    }, deps.heartbeatMs);
    this.#heartbeat.unref();
  }

  /** Items that failed so far in this attempt. */
  get failures(): number {
    return this.#failures;
  }

  /** Whether the last stored sign of life is older than the lease, or than a minute where there is no lease. */
  get isSilent(): boolean {
    return performance.now() - this.#storedAt > (this.#deps.leaseMs ?? LONGEST_SILENCE_MS);
  }

  /** Steps as they stand. */
  get steps(): readonly RunStep[] {
    return this.#steps;
  }

  step(name: string, total?: number, unit?: string): void {
    const current = this.#steps.at(-1);
    if (current?.name === name && current.finishedAt === null) {
      current.total = total ?? null;
      if (unit) current.unit = unit;
      this.#touchProgress();
      return;
    }
    this.#finishStep();
    const step = {
      name,
      unit: unit ?? null,
      total: total ?? null,
      done: 0,
      message: null,
      startedAt: this.#deps.now().toISOString(),
      finishedAt: null,
    };
    this.#steps.push(step);
    this.#push({ type: 'STEP_STARTED', step: { ...step } });
  }

  advance(count = 1, message?: string): void {
    const current = this.#steps.at(-1);
    if (!current) return;
    current.done += count;
    if (message !== undefined) current.message = message;
    this.#touchProgress();
  }

  log(level: LogLevel, message: string, fields?: Record<string, unknown>): void {
    if (this.#overLineLimit()) return;
    this.#push({ type: 'LOG', level, message, fields: fields ?? null });
  }

  fail(item: string, error: unknown, target?: FailedTarget): void {
    this.#failures += 1;
    this.#newFailures += 1;
    if (this.#overLineLimit()) return;
    this.#push({ type: 'ITEM_FAILED', item, error: toErrorRecord(error), target: target ?? null });
  }

  /**
   * Stores everything told so far; nothing is recorded after this.
   *
   * @param isDone whether the verb came to its end: otherwise its last step stays unfinished
   */
  async close(isDone: boolean): Promise<void> {
    if (isDone) this.#finishStep();
    else this.#storeLastProgress();
    this.#closed = true;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#timer);
    do await this.flush();
    while (this.#pending.length > 0 && !this.#lost && !this.isSilent);
  }

  /** Stores what is pending and renews the heartbeat, after any store that is under way. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#store());
    return this.#flushing;
  }

  #overLineLimit(): boolean {
    this.#lines += 1;
    if (this.#lines === MAX_LINES)
      this.#push({
        type: 'LOG',
        level: 'warn',
        message: `This run has told ${MAX_LINES} lines; further ones are counted but not stored.`,
        fields: null,
      });
    return this.#lines >= MAX_LINES;
  }

  #finishStep(): void {
    const current = this.#steps.at(-1);
    if (!current || current.finishedAt !== null) return;
    current.finishedAt = this.#deps.now().toISOString();
    this.#progressDirty = false;
    this.#push({ type: 'STEP_FINISHED', step: { ...current } });
  }

  #storeLastProgress(): void {
    const current = this.#steps.at(-1);
    if (this.#progressDirty && current) this.#push({ type: 'PROGRESS', step: { ...current } });
  }

  #push(body: RunEventBody): void {
    if (this.#closed) return;
    this.#pending.push({ at: this.#deps.now(), body });
    this.#schedule();
  }

  #touchProgress(): void {
    this.#progressDirty = true;
    this.#liveDirty = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#timer || this.#closed) return;
    const wait = Math.max(0, this.#liveShownAt + LIVE_EVERY_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#tick();
    }, wait);
  }

  #tick(): void {
    this.#liveShownAt = performance.now();
    const current = this.#steps.at(-1);
    const progressDue = this.#liveShownAt - this.#progressStoredAt >= STORE_PROGRESS_EVERY_MS;
    if (this.#progressDirty && current) {
      if (progressDue) {
        this.#progressStoredAt = this.#liveShownAt;
        this.#progressDirty = false;
        this.#pending.push({ at: this.#deps.now(), body: { type: 'PROGRESS', step: { ...current } } });
      } else {
        if (this.#liveDirty && this.#pending.length === 0 && !this.#isStoring)
          this.#deps.hub.publishLive(this.#owner.runId, { ...current }, this.#storedSeq);
        this.#schedule();
      }
    }
    this.#liveDirty = false;
    if (this.#pending.length > 0) void this.flush();
  }

  async #store(): Promise<void> {
    this.#isStoring = true;
    try {
      await this.#storePending();
    } finally {
      this.#isStoring = false;
    }
  }

  async #storePending(): Promise<void> {
    do {
      const events = this.#pending.splice(0, EVENTS_PER_STATEMENT);
      const newFailures = this.#newFailures;
      const began = performance.now();
      this.#newFailures = 0;
      try {
        const checkpoint = { events, steps: this.#steps, newFailures };
        const stored = await storeCheckpoint(this.#deps.db, this.#owner, checkpoint, this.#deps.now());
        this.#storedAt = began;
        this.#storedSeq = stored?.lastSeq ?? 0;
        this.#deps.onState(stored?.state);
        if (!stored) {
          this.#lost = true;
          this.#pending = [];
        }
      } catch {
        // The database is away: keep what was told and try again; the run's lease decides how long that may last.
        this.#pending.unshift(...events);
        this.#newFailures += newFailures;
        await sleep(RETRY_STORE_MS);
        if (!this.#closed) this.#schedule();
        return;
      }
    } while (this.#pending.length > 0);
  }
}
