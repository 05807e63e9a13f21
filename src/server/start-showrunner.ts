import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasScope } from '../../schema/principal.ts';
import { schema } from '../../schema/schema.ts';
import type { Embedder } from '../embeddings/embedder.ts';
import { createOfflineEmbedder } from '../embeddings/offline-embedder.ts';
import { createOpenAiEmbedder } from '../embeddings/openai-embedder.ts';
import { createMetadataSources } from '../enrichment/create-sources.ts';
import { createAgendaScheduler } from '../jobs/agenda-scheduler.ts';
import { engineTiming } from '../jobs/engine-timing.ts';
import { createRegistry } from '../jobs/job-definition.ts';
import { JobEngine, newWorkerId } from '../jobs/job-engine.ts';
import { JOBS } from '../jobs/job-list.ts';
import type { JobServices } from '../jobs/job-services.ts';
import { createPglitePool } from '../jobs/pglite-pool.ts';
import type { SchedulerStore } from '../jobs/scheduler-store.ts';
import { createMediaServer } from '../media-server/connect.ts';
import type { Config } from '../platform/config.ts';
import { lockDataFolder } from '../platform/data-lock.ts';
import type { Database } from '../platform/database.ts';
import { openEmbeddedDatabase } from '../platform/embedded-database.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { Lifecycle } from '../platform/lifecycle.ts';
import type { Logger } from '../platform/log.ts';
import { openPostgresDatabase } from '../platform/postgres-database.ts';
import type { Explainer } from '../recommendations/explainer.ts';
import { createOpenAiExplainer } from '../recommendations/openai-explainer.ts';
import { isWebhookSecret } from '../watch/webhook-secret.ts';
import { type ApiKeys, createApiKeys, ensureFirstAdminKey } from './access/api-keys.ts';
import { createSignInDesk } from './access/sign-in.ts';
import { createApiServer } from './http-server.ts';
import { createImageRoute } from './image-route.ts';
import { NO_PERSISTED_OPERATIONS, readPersistedOperations } from './persisted-operations.ts';
import { createPlaybackRefresher } from './playback-refresher.ts';

const PAGE_FOLDER = fileURLToPath(new URL('../../client-examples/dashboard', import.meta.url));
/** Runs per process at the same time: there are six resources, and two jobs never write the same one. */
const CONCURRENCY = 6;
/** How long running jobs may go on after the process was told to stop, and clients after that. */
const RUNS_DEADLINE_MS = 5_000;
const CLIENTS_DEADLINE_MS = 2_000;

/** A running server. */
export interface Showrunner {
  /** Where it listens, e.g. `http://127.0.0.1:4400`. */
  readonly url: string;
  /** The admin key, if this start made the first one; it is stored nowhere. */
  readonly adminKey: string | null;
  readonly apiKeys: ApiKeys;
}

/**
 * Puts the whole program together and starts it: stores, job engine, API. Everything it puts up is registered with
 * `lifecycle`, whose `stop` takes it down again.
 *
 * @throws ShowrunnerError `DATA_FOLDER_IN_USE`, `DATABASE_UNAVAILABLE`, `BAD_CONFIGURATION`
 */
export async function startShowrunner(options: {
  config: Config;
  log: Logger;
  lifecycle: Lifecycle;
}): Promise<Showrunner> {
  const { config, log, lifecycle } = options;
  const now = () => new Date();
  await makeFolder(config.libraries.folder, 'SHOWRUNNER_LIBRARIES');
  const { db, store } = await openStores(config, lifecycle);
  const services = createServices(config, log, now);
  const { file, listedOnly } = config.operations;
  const operations =
    file === null ? NO_PERSISTED_OPERATIONS : await readPersistedOperations(file, listedOnly);
  const apiDb = await openApiDatabase(config, db, lifecycle);
  const workerId = newWorkerId();
  const engine = new JobEngine({
    db,
    registry: createRegistry(JOBS),
    scheduler: createAgendaScheduler(store, workerId, log),
    services,
    log,
    now,
    workerId,
    isWorker: config.worker,
    concurrency: CONCURRENCY,
    timeZone: config.timeZone,
    timing: engineTiming(config.leaseMs),
    retention: { eventsDays: config.keep.runEventsDays, runsDays: config.keep.runsDays },
  });
  const adminKey = await ensureFirstAdminKey(db, now(), config.adminKey);
  const apiKeys = createApiKeys(db, now);
  const signInDesk = createSignInDesk({
    db,
    mediaServer: () => services.mediaServer(),
    sessionMs: config.sessionMs,
    now,
    log,
  });
  const stopping = new AbortController();
  lifecycle.onStop('the fetching of pictures', () => stopping.abort());
  const refresher = createPlaybackRefresher({ db, engine, services, log, now });
  const server = createApiServer({
    schema,
    buildContext: (principal, requestId, address) => ({
      db: apiDb,
      principal,
      requestId,
      now,
      address,
      apiKeys,
      signInDesk,
      jobs: engine,
      services,
    }),
    authenticate: (key) => apiKeys.findPrincipal(key),
    checkReady: () => db.ping(),
    webhooks: {
      isSecret: (given) => isWebhookSecret(db, given, config.webhookSecret),
      accept: (event) => refresher.accept(event),
    },
    config: config.server,
    limits: config.limits,
    operations,
    log,
    images: createImageRoute({
      db,
      source: () => services.mediaServer(),
      authenticate: async (key) => {
        const principal = await apiKeys.findPrincipal(key);
        return hasScope(principal, 'READ') ? principal : null;
      },
      corsOrigins: config.server.corsOrigins,
      signal: stopping.signal,
    }),
    pageFolder: PAGE_FOLDER,
  });
  lifecycle.onStop('the follow-up of webhooks', () => refresher.stop());
  lifecycle.onStop('the API server', () => server.close(CLIENTS_DEADLINE_MS));
  await engine.start();
  lifecycle.onStop('the job engine', () => engine.stop(RUNS_DEADLINE_MS), RUNS_DEADLINE_MS + 10_000);
  const { url } = await server.listen();
  lifecycle.onStop('new operations', () => server.refuseNew());
  return { url, adminKey, apiKeys };
}

/**
 * Opens the catalog database the configuration names, and tells where schedules are kept: in MongoDB when it is
 * configured, else in the same database.
 */
export async function openStores(
  config: Config,
  lifecycle: Lifecycle,
): Promise<{ db: Database; store: SchedulerStore }> {
  if (config.databaseUrl !== null) {
    const url = config.databaseUrl;
    const db = await openPostgresDatabase({ url, idleTransactionMs: config.leaseMs });
    lifecycle.onStop('the database', () => db.close());
    const store: SchedulerStore = config.mongoUri
      ? { kind: 'mongodb', uri: config.mongoUri }
      : { kind: 'postgres', url };
    return { db, store };
  }
  await makeFolder(config.dataFolder, 'SHOWRUNNER_DATA');
  const lock = await lockDataFolder(config.dataFolder);
  lifecycle.onStop('the lock of the data folder', () => lock.release());
  const db = await openEmbeddedDatabase(join(config.dataFolder, 'database'));
  lifecycle.onStop('the database', () => db.close());
  const store: SchedulerStore = config.mongoUri
    ? { kind: 'mongodb', uri: config.mongoUri }
    : { kind: 'embedded', pool: createPglitePool(db.pglite) };
  return { db, store };
}

/**
 * The catalog database as API operations use it: on PostgreSQL over connections of their own, whose statements the server
 * cancels when they take longer than an operation may, and which do not wait for those of jobs. The embedded database
 * runs one statement at a time and cannot cancel any, so that there it is the same.
 */
async function openApiDatabase(config: Config, db: Database, lifecycle: Lifecycle): Promise<Database> {
  const { operationMs } = config.limits;
  if (config.databaseUrl === null || !Number.isFinite(operationMs)) return db;
  const apiDb = await openPostgresDatabase({
    url: config.databaseUrl,
    idleTransactionMs: config.leaseMs,
    statementMs: operationMs,
  });
  lifecycle.onStop('the database of the API', () => apiDb.close());
  return apiDb;
}

function createServices(config: Config, log: Logger, now: () => Date): JobServices {
  const { mediaServer: target, libraries } = config;
  const mediaServer =
    target &&
    createMediaServer({
      url: target.url,
      apiKey: target.apiKey,
      ...(target.type !== 'auto' && { dialect: target.type }),
      log,
      random: Math.random,
      now,
    });
  return {
    mediaServer: () => {
      if (mediaServer) return mediaServer;
      throw new ShowrunnerError('BAD_CONFIGURATION', 'No media server is configured.', {
        field: 'MEDIA_SERVER_URL',
        remedy: 'Set MEDIA_SERVER_URL and MEDIA_SERVER_API_KEY and start again.',
      });
    },
    embedder: createEmbedder(config),
    metadata: {
      maxAgeDays: config.metadata.maxAgeDays,
      requestsPerRun: config.metadata.requestsPerRun,
      sources: createMetadataSources({
        enabled: config.metadata.sources,
        tmdbApiKey: config.metadata.tmdbApiKey,
        random: Math.random,
        now,
      }),
    },
    explainer: createExplainer(config),
    libraries: {
      root: libraries.folder,
      mode: libraries.mode === 'auto' ? null : libraries.mode,
      pathMappings: libraries.pathMap,
      ...(libraries.serverPath && { serverRoot: libraries.serverPath }),
    },
    newUsers: config.newUsersEnabled ? 'enabled' : 'disabled',
    seriesStates: config.seriesStates,
    recommendations: config.recommendations,
    pickThreads: config.pickThreads ?? undefined,
  };
}

function createEmbedder({ embeddings }: Config): Embedder {
  if (!embeddings) return createOfflineEmbedder();
  return createOpenAiEmbedder({
    // Endpoints on one's own machine want no key, but the client library wants one to be there.
    apiKey: embeddings.apiKey ?? 'none',
    baseUrl: embeddings.baseUrl ?? undefined,
    model: embeddings.model ?? undefined,
    dimensions: embeddings.dimensions ?? undefined,
    pricePerMillionTokens: embeddings.pricePerMillionTokens ?? undefined,
  });
}

function createExplainer({ explanations }: Config): Explainer | undefined {
  if (!explanations) return undefined;
  const { apiKey, baseUrl, model, tokensPerRun } = explanations;
  return createOpenAiExplainer({
    apiKey: apiKey ?? 'none',
    baseUrl: baseUrl ?? undefined,
    model,
    tokensPerRun,
  });
}

async function makeFolder(folder: string, variable: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new ShowrunnerError('BAD_CONFIGURATION', `The folder ${folder} cannot be made.`, {
      field: variable,
      value: folder,
      remedy: 'Name a folder that this user may write to.',
      cause,
    });
  }
}
