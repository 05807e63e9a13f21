import type { ShowrunnerError } from '../platform/errors.ts';
import type { MetadataSource } from './metadata-source.ts';

/** Which sources have stopped answering in a run, or never will. */
export interface Outages {
  isOut(source: MetadataSource): boolean;
  answered(source: MetadataSource): void;
  failed(source: MetadataSource, error: ShowrunnerError): void;
}

/** Failures in a row after which a source is left alone: they are no longer the titles' own. */
const MOST_FAILURES = 5;

/**
 * Keeps count of one run. A source is out after five failures in a row, or at once when it refuses the key or asked for a
 * longer pause than a run waits.
 *
 * @param onOutage told once for each source that goes out
 */
export function createOutages(onOutage: (source: MetadataSource, error: ShowrunnerError) => void): Outages {
  const failures = new Map<MetadataSource, number>();
  const isOut = (source: MetadataSource) => (failures.get(source) ?? 0) >= MOST_FAILURES;
  return {
    isOut,
    answered: (source) => {
      if (!isOut(source)) failures.set(source, 0);
    },
    failed: (source, error) => {
      if (isOut(source)) return;
      const isOver = error.code === 'PROVIDER_REFUSED' || error.retryAfterMs !== undefined;
      const count = isOver ? MOST_FAILURES : (failures.get(source) ?? 0) + 1;
      failures.set(source, count);
      if (isOut(source)) onOutage(source, error);
    },
  };
}
