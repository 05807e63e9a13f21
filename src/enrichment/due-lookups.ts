import { createHash } from 'node:crypto';
import type { TitleIdentity } from './metadata-source.ts';

/** How the last look-up of a title at a source ended. */
export interface LastLookup {
  readonly outcome: 'FOUND' | 'NOT_FOUND' | 'FAILED';
  readonly attemptedAt: Date;
  /** Look-ups in a row that failed. */
  readonly failures: number;
  readonly identityHash: string;
}

/** The terms of TMDb do not let its data be kept for longer than six months. */
const KEPT_DAYS = 180;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Wait after a first failure; it doubles with each further one. Half an hour less than the schedule's six. */
const FIRST_BACKOFF_MS = 5.5 * HOUR_MS;

/**
 * Whether a title is to be looked up: it never was, its name, year or ids have changed, or it is time again. What was
 * found, and what was not, is good for `maxAgeDays`; a failure is tried again after 5.5 hours, then 11, and so on.
 */
export function isDue(
  last: LastLookup | undefined,
  identityHash: string,
  now: Date,
  maxAgeDays: number,
): boolean {
  if (!last || last.identityHash !== identityHash) return true;
  const maxAgeMs = maxAgeDays * DAY_MS;
  const restMs =
    last.outcome === 'FAILED'
      ? Math.min(FIRST_BACKOFF_MS * 2 ** Math.max(0, last.failures - 1), maxAgeMs)
      : maxAgeMs;
  return now.getTime() - last.attemptedAt.getTime() >= restMs;
}

/** Facts that were read before this are not kept, also those of a source that is no longer asked. */
export function factsKeptSince(now: Date): Date {
  return new Date(now.getTime() - KEPT_DAYS * DAY_MS);
}

/** Hash of what a title is looked up by: 16 hex digits. */
export function identityHash({ name, originalName, year, tvdbId, tmdbId, imdbId }: TitleIdentity): string {
  const identity = JSON.stringify([name, originalName, year, tvdbId, tmdbId, imdbId]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 16);
}
