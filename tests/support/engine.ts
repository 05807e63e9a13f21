import { createOfflineEmbedder } from '../../src/embeddings/offline-embedder.ts';
import { createAgendaScheduler } from '../../src/jobs/agenda-scheduler.ts';
import type { EngineTiming } from '../../src/jobs/engine-timing.ts';
import type { JobDefinition } from '../../src/jobs/job-definition.ts';
import { createRegistry } from '../../src/jobs/job-definition.ts';
import { JobEngine, newWorkerId } from '../../src/jobs/job-engine.ts';
import type { JobServices } from '../../src/jobs/job-services.ts';
import type { RunFeedItem } from '../../src/jobs/run-feed.ts';
import type { DefaultSchedule } from '../../src/jobs/schedule-list.ts';
import { createLogger } from '../../src/platform/log.ts';
import { DEFAULT_SELECTION } from '../../src/recommendations/selection-settings.ts';
import type { TestDatabase } from './database.ts';

/** Services for jobs that use none of them. */
export const noServices: JobServices = {
  mediaServer: () => {
    throw new Error('This test has no media server.');
  },
  embedder: createOfflineEmbedder(),
  metadata: { sources: [], maxAgeDays: 30, requestsPerRun: 100 },
  libraries: { root: '/nowhere', mode: 'strm', pathMappings: [] },
  newUsers: 'enabled',
  seriesStates: { caughtUpShare: 0.9, abandonedAfterDays: 180 },
  recommendations: DEFAULT_SELECTION,
};

/** Starts an engine with these jobs on a test database. */
export async function startEngine(
  db: TestDatabase,
  definitions: readonly JobDefinition[],
  options: {
    services?: JobServices;
    concurrency?: number;
    isWorker?: boolean;
    timing?: EngineTiming;
    subscriptionHeartbeatMs?: number;
    defaultSchedules?: readonly DefaultSchedule[];
  } = {},
): Promise<JobEngine> {
  const log = createLogger('silent');
  const workerId = newWorkerId();
  const engine = new JobEngine({
    db,
    registry: createRegistry(definitions),
    scheduler: createAgendaScheduler(db.schedulerStore, workerId, log),
    services: options.services ?? noServices,
    log,
    now: () => new Date(),
    workerId,
    isWorker: options.isWorker ?? true,
    concurrency: options.concurrency ?? 4,
    timeZone: 'UTC',
    ...(options.timing && { timing: options.timing }),
    ...(options.subscriptionHeartbeatMs && { subscriptionHeartbeatMs: options.subscriptionHeartbeatMs }),
    ...(options.defaultSchedules && { defaultSchedules: options.defaultSchedules }),
  });
  await engine.start();
  return engine;
}

/** Everything a feed tells until it ends. */
export async function collect<Item>(feed: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of feed) items.push(item);
  return items;
}

/** The stored events among feed items, without their times. */
export function eventBodies(items: readonly RunFeedItem[]) {
  return items.flatMap((item) => (item.kind === 'event' ? [item.event.body] : []));
}
