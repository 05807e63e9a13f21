/** How often an engine shows that it lives and looks around; all in ms. */
export interface EngineTiming {
  /** A process without a sign of life for this long has lost its runs. */
  readonly leaseMs: number;
  /** Between two signs of life of a run. */
  readonly heartbeatMs: number;
  /** Between two looks for queued runs that nobody told of, and for runs of dead processes. */
  readonly sweepMs: number;
}

/** Long, because bulk work can stall an embedded database. */
const DEFAULT_LEASE_MS = 60_000;
const LONGEST_INTERVAL_MS = 5_000;

/** The timing that fits a lease: several signs of life in each, and a sweep soon after its end. */
export function engineTiming(leaseMs: number = DEFAULT_LEASE_MS): EngineTiming {
  const interval = Math.min(LONGEST_INTERVAL_MS, leaseMs / 5);
  return { leaseMs, heartbeatMs: interval, sweepMs: interval };
}
