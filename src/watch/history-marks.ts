const HOUR_MS = 3_600_000;
/** Plays of the last hour are read again: clients report late, and the server's dates are those of a play's begin. */
const OVERLAP_MS = HOUR_MS;
/** Un-watching that leaves every count as it was is found by a complete pass a day. */
const FULL_EVERY_MS = 24 * HOUR_MS;
/** How long a play of an episode that the catalog does not know yet is waited for. */
const WAIT_FOR_CATALOG_MS = 7 * 24 * HOUR_MS;

/** How far a user's history has been read. */
export interface HistoryMarks {
  /** When everything was read last, by our clock. */
  readonly fullAt: Date | null;
  /** Plays up to here are known, by the media server's clock. */
  readonly readTo: Date | null;
}

/** Since when plays have to be read; null when everything has to. */
export function readSince({ fullAt, readTo }: HistoryMarks, now: Date): Date | null {
  if (!fullAt || !readTo || now.getTime() - fullAt.getTime() >= FULL_EVERY_MS) return null;
  return new Date(readTo.getTime() - OVERLAP_MS);
}

/**
 * How far a pass has read: to its begin, or to the first play of an episode that the catalog does not know yet, so that
 * a later pass finds it again. After a week it is taken for something that the catalog never will know.
 *
 * @param begin the media server's time when the pass began
 */
export function readUpTo(begin: Date, unknownAt: readonly Date[]): Date {
  const waitedFor = begin.getTime() - WAIT_FOR_CATALOG_MS;
  const times = unknownAt.map((at) => at.getTime()).filter((time) => time > waitedFor);
  return new Date(Math.min(begin.getTime(), ...times));
}
