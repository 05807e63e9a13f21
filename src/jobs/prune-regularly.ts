import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/log.ts';
import type { JobRegistry } from './job-definition.ts';
import { pruneRuns, type Retention } from './prune-runs.ts';

const FIRST_MS = 60_000;
const EVERY_MS = 3_600_000;

/**
 * Prunes runs a minute from now, when the start is over, and every hour after that.
 *
 * @returns ends it; resolves when no pruning is under way any more
 */
export function pruneRegularly(
  deps: { db: Database; registry: JobRegistry; now: () => Date; log: Logger },
  retention: Retention,
): () => Promise<void> {
  const stopped = new AbortController();
  let working = Promise.resolve();
  const prune = async () => {
    try {
      const pruned = await pruneRuns(deps, retention, stopped.signal);
      if (Object.values(pruned).some((count) => count > 0)) deps.log.info(pruned, 'Old runs were pruned.');
    } catch (error) {
      if (!stopped.signal.aborted)
        deps.log.warn({ err: error }, 'Pruning old runs failed; trying again later.');
    }
    timer = setTimeout(begin, EVERY_MS).unref();
  };
  const begin = () => {
    working = prune();
  };
  let timer = setTimeout(begin, FIRST_MS).unref();
  return async () => {
    stopped.abort();
    clearTimeout(timer);
    await working;
    clearTimeout(timer);
  };
}
