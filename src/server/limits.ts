import { DEFAULT_LIMIT_VALUES, type LimitValues } from '../platform/config-limits.ts';

/** How much a caller may ask of the server. */
export interface Limits extends LimitValues {
  /** Time between two pings of a WebSocket, and the time a client has to answer one, ms. */
  readonly keepAliveMs: number;
  /** Time between two checks that the keys behind the open subscriptions still hold, ms. */
  readonly recheckMs: number;
}

/** Limits that hold unless others are given. */
export const DEFAULT_LIMITS: Limits = {
  ...DEFAULT_LIMIT_VALUES,
  keepAliveMs: 12_000,
  recheckMs: 30_000,
};
