import { readConfig } from '../platform/config.ts';
import { createLifecycle, stopOnSignals } from '../platform/lifecycle.ts';
import { createLogger } from '../platform/log.ts';
import { startShowrunner } from '../server/start-showrunner.ts';

/** Runs the server until it is told to stop. */
export async function serve(): Promise<void> {
  const config = readConfig();
  const log = createLogger(config.logLevel);
  const lifecycle = createLifecycle(log);
  stopOnSignals(lifecycle, log);
  try {
    const { url, adminKey } = await startShowrunner({ config, log, lifecycle });
    if (adminKey) console.log(`Admin key, shown this once: ${adminKey}`);
    console.log(`Showrunner listens on ${url}`);
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}
