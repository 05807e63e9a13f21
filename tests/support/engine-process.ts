import { createAgendaScheduler } from '../../src/jobs/agenda-scheduler.ts';
import { engineTiming } from '../../src/jobs/engine-timing.ts';
import { createRegistry } from '../../src/jobs/job-definition.ts';
import { JobEngine, newWorkerId } from '../../src/jobs/job-engine.ts';
import { readConfig } from '../../src/platform/config.ts';
import { createLifecycle } from '../../src/platform/lifecycle.ts';
import { createLogger } from '../../src/platform/log.ts';
import { openStores } from '../../src/server/start-showrunner.ts';
import { CONTRACT_JOBS } from './contract-jobs.ts';
import { noServices } from './engine.ts';

/**
 * An engine with the jobs of the contract in a process of its own, on the stores that the environment names. Prints
 * `ready` when it executes runs, and stops when its standard input closes.
 */
const config = readConfig();
const log = createLogger(config.logLevel);
const lifecycle = createLifecycle(log);
const { db, store } = await openStores(config, lifecycle);
const workerId = newWorkerId();
const engine = new JobEngine({
  db,
  registry: createRegistry(CONTRACT_JOBS),
  scheduler: createAgendaScheduler(store, workerId, log),
  services: noServices,
  log,
  now: () => new Date(),
  workerId,
  isWorker: config.worker,
  concurrency: 4,
  timeZone: 'UTC',
  timing: engineTiming(config.leaseMs),
});
await engine.start();
lifecycle.onStop('the job engine', () => engine.stop(0));
process.stdin.once('end', () => {
  void lifecycle.stop().then((failures) => process.exit(failures.length));
});
process.stdin.resume();
process.stdout.write('ready\n');
