import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { cleanEnvironment } from '../../tests/support/showrunner-process.ts';
import { createStores, type TestStores } from '../../tests/support/stores.ts';
import { type Child, startChild } from './child.ts';

/** The admin key of the servers. */
export const KEY = 'bench-admin-key-of-24-characters';

/** Stores that the program can run on. */
export const STORES = ['PGlite', 'PGlite + MongoDB', 'PostgreSQL', 'PostgreSQL + MongoDB'] as const;
export type StoreName = (typeof STORES)[number];

/** Servers on new, empty stores. */
export interface BenchServers {
  /** The process with the API. */
  readonly server: Child;
  readonly url: string;
  readonly webSocketUrl: string;
  /** Runs a document and gives its `data`. */
  query<Data>(document: string, variables: Record<string, unknown>, data: z.ZodType<Data>): Promise<Data>;
  stop(): Promise<void>;
}

/** Starts the API and the worker in one process, or in one each. */
export async function startServers(name: StoreName, processes: 1 | 2): Promise<BenchServers> {
  const folder = await mkdtemp(join(tmpdir(), 'showrunner-bench-'));
  const stores: TestStores = await createStores();
  const { DATABASE_URL, MONGODB_URI } = stores.settings;
  const environment = (isWorker: boolean) => ({
    ...cleanEnvironment(),
    SHOWRUNNER_DATA: join(folder, 'data'),
    SHOWRUNNER_PORT: '0',
    SHOWRUNNER_LOG_LEVEL: 'error',
    SHOWRUNNER_ADMIN_KEY: KEY,
    SHOWRUNNER_WORKER: isWorker ? 'on' : 'off',
    ...(name.startsWith('PostgreSQL') && { DATABASE_URL }),
    ...(name.endsWith('MongoDB') && { MONGODB_URI }),
  });
  const start = (isWorker: boolean) =>
    startChild('bench-server.ts', environment(isWorker), z.object({ url: z.string() }));
  const { child: server, said } = await start(processes === 1);
  const worker = processes === 2 ? await start(true) : undefined;
  const { url } = said;
  return {
    server,
    url,
    webSocketUrl: `${url.replace('http', 'ws')}/graphql`,
    query: async (query, variables, data) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
        body: JSON.stringify({ query, variables }),
      });
      return data.parse(z.object({ data: z.unknown() }).parse(await response.json()).data);
    },
    stop: async () => {
      await Promise.all([server.stop(), worker?.child.stop()]);
      await stores.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const RunJob = z.object({ runJob: z.object({ run: z.object({ id: z.string() }) }) });

/** Queues a run and gives its id. */
export async function runJob(servers: BenchServers, job: string): Promise<string> {
  const { runJob: started } = await servers.query(
    `mutation($job: JobName!) { runJob(input: { job: $job, force: true }) { ... on StartedRun { run { id } } } }`,
    { job },
    RunJob,
  );
  return started.run.id;
}

/** What a client that shows a run asks for. */
export const FOLLOW = `subscription Follow($runId: ID!, $after: String) {
  jobRunEvents(runId: $runId, after: $after) {
    __typename
    at
    cursor
    ... on JobRunSnapshot { run { id job state } }
    ... on JobStateChanged { state reason }
    ... on JobProgress { step { name done total fraction timeLeftMs } }
    ... on JobLogLine { level message }
  }
}`;
