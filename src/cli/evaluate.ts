import { evaluateRecommendations } from '../evaluation/evaluate-recommendations.ts';
import { readConfig } from '../platform/config.ts';
import type { Progress } from '../platform/context.ts';
import { createLifecycle, stopOnSignals } from '../platform/lifecycle.ts';
import { createLogger } from '../platform/log.ts';
import { openStores } from '../server/start-showrunner.ts';

/** Measures the recommender on the server's own histories, straight on the database, and prints the table. */
export async function evaluate(options: {
  readonly dryRun: boolean;
  readonly retrain: boolean | undefined;
}): Promise<void> {
  const config = readConfig();
  const log = createLogger(config.logLevel);
  const lifecycle = createLifecycle(log);
  stopOnSignals(lifecycle, log);
  const stop = new AbortController();
  try {
    const { db } = await openStores(config, lifecycle);
    lifecycle.onStop('evaluation', () => stop.abort());
    await evaluateRecommendations(
      { db, log, signal: stop.signal, now: () => new Date(), progress: printedProgress() },
      options,
      config.recommendations,
    );
  } catch (error) {
    // Told to stop, it has nothing to complain about.
    if (!stop.signal.aborted) throw error;
  } finally {
    await lifecycle.stop();
  }
}

/** Steps go to standard error and lines to standard output, which then holds the table alone. */
function printedProgress(): Progress {
  return {
    step: (name, total, unit) =>
      console.error(total === undefined ? `${name} …` : `${name}: ${total} ${unit ?? ''} …`),
    advance: () => {},
    log: (_level, message) => console.log(message),
    fail: (item, error) => console.error(`${item}: ${String(error)}`),
  };
}
