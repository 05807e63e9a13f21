import type { Database } from './database.ts';
import type { Logger } from './log.ts';

/** Severity of a line in a run's log. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What failed, as something that a later run can be asked to do again. */
export interface FailedTarget {
  readonly kind: 'user' | 'library' | 'title';
  /** Its id in our database. */
  readonly id: number;
}

/**
 * How a verb tells what it is doing. Every call is synchronous and cheap: the receiver throttles, stores and publishes.
 */
export interface Progress {
  /**
   * Begins a step (`total` in `unit`s, unknown when left out) and ends the one before it.
   * Called again with the name of the current step it only changes that step's total.
   */
  step(name: string, total?: number, unit?: string): void;
  /** Moves the current step on by `count` units (default 1). */
  advance(count?: number, message?: string): void;
  /** Adds a line to the run's log. */
  log(level: LogLevel, message: string, fields?: Record<string, unknown>): void;
  /**
   * Records that one item failed while the rest goes on; the run then ends `PARTIAL` at best. With a target, a later
   * run can do that item alone.
   */
  fail(item: string, error: unknown, target?: FailedTarget): void;
}

/** What every verb gets: it knows nothing of jobs, GraphQL or the process it runs in. */
export interface VerbContext {
  readonly db: Database;
  /** Aborted when the run is cancelled or the process stops; every await of a verb honours it. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly log: Logger;
  /** The current time; tests pass a fixed one. */
  readonly now: () => Date;
}
