/** Holds each key to a rate of operations. */
export interface KeyRate {
  /** Takes one operation of the key: 0 when it may go on, else after how many ms it might, and nothing was taken. */
  take(keyId: string): number;
}

/** Keys remembered before those that are not in use are forgotten. */
const MOST_REMEMBERED = 10_000;

/**
 * A token bucket for each key, full at first, kept as the time at which its next token is due (the generic cell rate
 * algorithm): in any stretch of s seconds a key gets no more than `atOnce + s * perSecond` operations.
 *
 * @param options.perSecond `Infinity` for no limit
 * @param options.now a clock in ms that never goes back
 */
export function createKeyRate(options: { perSecond: number; atOnce: number; now: () => number }): KeyRate {
  const intervalMs = 1_000 / options.perSecond;
  const burstMs = (options.atOnce - 1) * intervalMs;
  const emptyUntil = new Map<string, number>();

  const forgetIdle = (at: number) => {
    for (const [key, until] of emptyUntil) if (until <= at) emptyUntil.delete(key);
  };

  return {
    take: (keyId) => {
      if (intervalMs === 0) return 0;
      const at = options.now();
      const dueAt = Math.max(emptyUntil.get(keyId) ?? 0, at);
      const waitMs = dueAt - burstMs - at;
      if (waitMs > 0) return Math.ceil(waitMs);
      if (emptyUntil.size >= MOST_REMEMBERED) forgetIdle(at);
      emptyUntil.set(keyId, dueAt + intervalMs);
      return 0;
    },
  };
}
