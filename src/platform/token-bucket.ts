import { wait } from './wait.ts';

/** Holds callers to a rate. */
export interface TokenBucket {
  /** Resolves when the caller may go on, first come first served; rejects with the signal's reason once it is aborted. */
  take(signal: AbortSignal): Promise<void>;
  /** Lets nobody go on for so many ms from now, those who wait already included. */
  pause(ms: number): void;
}

/**
 * Creates a full token bucket, kept as the time at which the next token is due (the generic cell rate algorithm): in any
 * stretch of s seconds no more than `capacity + s * perSecond` callers go on.
 *
 * @param options.now a clock in ms that never goes back
 */
export function createTokenBucket(options: {
  capacity: number;
  perSecond: number;
  now: () => number;
}): TokenBucket {
  const { now } = options;
  const intervalMs = 1000 / options.perSecond;
  const burstMs = (options.capacity - 1) * intervalMs;
  let emptyUntil = 0;
  let pausedUntil = 0;
  const waitUntil = async (time: number, signal: AbortSignal) => {
    signal.throwIfAborted();
    const ms = time - now();
    if (ms > 0) await wait(ms, signal);
  };
  return {
    take: async (signal) => {
      for (;;) {
        const dueAt = Math.max(emptyUntil, now());
        emptyUntil = dueAt + intervalMs;
        await waitUntil(dueAt - burstMs, signal);
        if (now() >= pausedUntil) return;
        // A token anew afterwards: else all who waited would go on at once.
        await waitUntil(pausedUntil, signal);
      }
    },
    pause: (ms) => {
      pausedUntil = Math.max(pausedUntil, now() + ms);
    },
  };
}
