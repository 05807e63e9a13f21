import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from './log.ts';

/** A teardown step that failed or took too long. */
interface TeardownFailure {
  readonly step: string;
  readonly error: unknown;
}

/** What a process has to take down again, in the order in which it was put up. */
export interface Lifecycle {
  /** Registers a step; it may take `limitMs` (default 10,000 ms), then the next one begins without waiting on. */
  onStop(step: string, teardown: () => Promise<void> | void, limitMs?: number): void;
  /** Runs the steps once, last registered first, however often it is called; resolves with what went wrong. */
  stop(): Promise<readonly TeardownFailure[]>;
}

interface Step {
  readonly name: string;
  readonly teardown: () => Promise<void> | void;
  readonly limitMs: number;
}

/** An empty lifecycle. A step registered while it is stopping still runs. */
export function createLifecycle(log: Logger): Lifecycle {
  const steps: Step[] = [];
  let stopping: Promise<readonly TeardownFailure[]> | undefined;

  const runAll = async () => {
    const failures: TeardownFailure[] = [];
    for (let step = steps.pop(); step; step = steps.pop()) {
      try {
        await withinLimit(step);
      } catch (error) {
        log.error({ err: error, step: step.name }, 'a teardown step failed');
        failures.push({ step: step.name, error });
      }
    }
    return failures;
  };

  return {
    onStop: (name, teardown, limitMs = 10_000) => {
      steps.push({ name, teardown, limitMs });
    },
    stop: () => {
      stopping ??= runAll();
      return stopping;
    },
  };
}

async function withinLimit({ name, teardown, limitMs }: Step): Promise<void> {
  const timer = new AbortController();
  const limit = wait(limitMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`${name} did not stop within ${limitMs} ms.`);
  });
  // Aborting the timer rejects it; that is no failure.
  limit.catch(() => {});
  try {
    await Promise.race([(async () => teardown())(), limit]);
  } finally {
    timer.abort();
  }
}

/** The part of `process` that signal handling needs. */
export interface SignalSource {
  on(signal: StopSignal, handler: (signal: StopSignal) => void): unknown;
  off(signal: StopSignal, handler: (signal: StopSignal) => void): unknown;
  exit(code: number): void;
}

type StopSignal = 'SIGTERM' | 'SIGINT';

const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Stops the lifecycle at SIGTERM or SIGINT and ends the process: 0 when all went well, 1 when a step failed. A second
 * signal ends it at once with 128 + the signal's number, as shells do.
 *
 * @returns a function that takes the handlers off again
 */
export function stopOnSignals(lifecycle: Lifecycle, log: Logger, source: SignalSource = process): () => void {
  let isStopping = false;
  const handler = (signal: StopSignal) => {
    if (isStopping) {
      source.exit(128 + SIGNAL_NUMBERS[signal]);
      return;
    }
    isStopping = true;
    log.info({ signal }, 'stopping; a second signal stops at once');
    void lifecycle.stop().then((failures) => source.exit(failures.length > 0 ? 1 : 0));
  };
  source.on('SIGTERM', handler);
  source.on('SIGINT', handler);
  return () => {
    source.off('SIGTERM', handler);
    source.off('SIGINT', handler);
  };
}
