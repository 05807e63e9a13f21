/** How much a caller may ask of the server. */
export interface Limits {
  /** Longest request body and longest WebSocket message, bytes. */
  readonly bodyBytes: number;
  /** Longest document, in tokens of the GraphQL grammar. */
  readonly documentTokens: number;
  /** WebSocket connections at a time. */
  readonly webSockets: number;
  /** Operations at a time on one WebSocket connection. */
  readonly operationsPerWebSocket: number;
  /** Subscriptions at a time, over all connections. */
  readonly subscriptions: number;
  /** Time between two pings of a WebSocket, and the time a client has to answer one, ms. */
  readonly keepAliveMs: number;
  /** Time between two checks that the keys behind the open subscriptions still hold, ms. */
  readonly recheckMs: number;
}

/** Limits that hold unless others are given. */
export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 1_000_000,
  documentTokens: 5_000,
  webSockets: 2_000,
  operationsPerWebSocket: 100,
  subscriptions: 5_000,
  keepAliveMs: 12_000,
  recheckMs: 30_000,
};
