/** A server process of the benchmark: the program's own parts, with jobs that do nothing but what is measured. */
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { schema } from '../../schema/schema.ts';
import { createOfflineEmbedder } from '../../src/embeddings/offline-embedder.ts';
import { createAgendaScheduler } from '../../src/jobs/agenda-scheduler.ts';
import { createRegistry } from '../../src/jobs/job-definition.ts';
import { JobEngine, newWorkerId } from '../../src/jobs/job-engine.ts';
import { readConfig } from '../../src/platform/config.ts';
import { createLifecycle, stopOnSignals } from '../../src/platform/lifecycle.ts';
import { createLogger } from '../../src/platform/log.ts';
import { DEFAULT_SELECTION } from '../../src/recommendations/selection-settings.ts';
import { createApiKeys, ensureFirstAdminKey } from '../../src/server/access/api-keys.ts';
import { createApiServer } from '../../src/server/http-server.ts';
import { openStores } from '../../src/server/start-showrunner.ts';
import { BENCH_JOBS, holdJobs, letJobsBegin } from './bench-jobs.ts';

const config = readConfig();
const log = createLogger(config.logLevel);
const lifecycle = createLifecycle(log);
stopOnSignals(lifecycle, log);
const now = () => new Date();
const { db, store } = await openStores(config, lifecycle);
const workerId = newWorkerId();
const engine = new JobEngine({
  db,
  registry: createRegistry(BENCH_JOBS),
  scheduler: createAgendaScheduler(store, workerId, log),
  services: {
    mediaServer: () => {
      throw new Error('The benchmark has no media server.');
    },
    embedder: createOfflineEmbedder(),
    metadata: { sources: [], maxAgeDays: 30, requestsPerRun: 100 },
    libraries: { root: tmpdir(), mode: 'strm', pathMappings: [] },
    newUsers: 'enabled',
    seriesStates: { caughtUpShare: 0.9, abandonedAfterDays: 180 },
    recommendations: DEFAULT_SELECTION,
  },
  log,
  now,
  workerId,
  isWorker: config.worker,
  concurrency: 5,
  timeZone: 'UTC',
});
await ensureFirstAdminKey(db, now(), config.adminKey);
const apiKeys = createApiKeys(db, now);
const server = createApiServer({
  schema,
  buildContext: (principal, requestId) => ({ db, principal, requestId, now, apiKeys, jobs: engine }),
  authenticate: (key) => apiKeys.findPrincipal(key),
  checkReady: () => db.ping(),
  config: config.server,
  // One key sends everything here.
  limits: { operationsPerSecond: Number.POSITIVE_INFINITY, subscriptionsPerKey: Number.POSITIVE_INFINITY },
  log,
  pageFolder: fileURLToPath(new URL('../../client-examples/dashboard', import.meta.url)),
});
lifecycle.onStop('the API server', () => server.close(1_000));
await engine.start();
lifecycle.onStop('the job engine', () => engine.stop(1_000), 10_000);
const { url } = await server.listen();

const Order = z.object({ order: z.enum(['hold', 'begin', 'memory']) });
process.on('message', (message) => {
  const { order } = Order.parse(message);
  if (order === 'hold') holdJobs();
  if (order === 'begin') letJobsBegin();
  if (order === 'memory') globalThis.gc?.();
  process.send?.({ rss: process.memoryUsage().rss });
});
process.send?.({ url });
