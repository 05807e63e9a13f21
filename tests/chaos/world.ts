import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { readConfig } from '../../src/platform/config.ts';
import type { Database } from '../../src/platform/database.ts';
import { createLifecycle } from '../../src/platform/lifecycle.ts';
import { createLogger } from '../../src/platform/log.ts';
import { openStores, startShowrunner } from '../../src/server/start-showrunner.ts';
import { type InstallationContent, installationContent } from '../support/installation-content.ts';
import { ADMIN_KEY, requester, type ShowrunnerProcess } from '../support/showrunner-process.ts';
import { createStores, type StoreServers, type TestStores } from '../support/stores.ts';
import { Household } from './household.ts';
import { JOBS, type Job, type Stores } from './plan.ts';

/** How an installation stands before a job, and what an undisturbed run of it leads to. */
interface Undisturbed {
  /** Database that stands so; undefined for the embedded one, which is in the folder. */
  readonly before: TestStores;
  readonly folder: string;
  readonly after: InstallationContent;
  /** From the request to the end, in ms. */
  readonly tookMs: number;
}

/** What a request can be sent to. */
type Server = Pick<ShowrunnerProcess, 'request'>;

const asked = z.object({
  runJob: z.union([
    z.object({ run: z.object({ id: z.string() }) }),
    z.object({ code: z.string(), message: z.string() }),
  ]),
});
const looked = z.object({ jobRun: z.object({ state: z.string() }) });
const FINAL = ['SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED'];
/** The media server is slow enough that a run lasts, and a lease as short as can be configured. */
const LATENCY_MS = 40;
const RETRY_MS = 200;
export const LEASE_SECONDS = 5;

/** Asks for a run of the job, again while the scheduler cannot be reached; resolves with its id. */
export async function startRun(server: Server, job: Job): Promise<string> {
  for (;;) {
    const answer = await server.request(
      `mutation($job: JobName!) { runJob(input: { job: $job, force: true }) {
        ... on StartedRun { run { id } } ... on Failure { code message } } }`,
      { job: job.toUpperCase().replaceAll('-', '_') },
    );
    const { runJob } = asked.parse(answer.data, { reportInput: true });
    if ('run' in runJob) return runJob.run.id;
    if (runJob.code !== 'SCHEDULER_UNAVAILABLE') throw new Error(`The run was refused: ${runJob.message}`);
    await sleep(RETRY_MS);
  }
}

/** The run's state if it is final; undefined if not, or when the server cannot tell. */
export async function finalState(server: Server, run: string): Promise<string | undefined> {
  const answer = await server
    .request(`query($run: ID!) { jobRun(id: $run) { state } }`, { run })
    .catch(() => undefined);
  const state = looked.safeParse(answer?.data).data?.jobRun.state;
  return state && FINAL.includes(state) ? state : undefined;
}

/** All rounds happen here, one after the other. */
export class World {
  readonly #household: Household;
  readonly #undisturbed = new Map<string, Undisturbed>();
  readonly #open: TestStores[] = [];

  private constructor(household: Household) {
    this.#household = household;
  }

  static async create(): Promise<World> {
    return new World(await Household.create());
  }

  /** Puts everything as it is before the job; the settings lead a Showrunner to it. */
  async reset(stores: Stores, job: Job): Promise<{ stores: TestStores; settings: Record<string, string> }> {
    const undisturbed = await this.undisturbed(stores, job);
    await this.#household.restore(undisturbed.folder);
    const template = undisturbed.before.settings.DATABASE_URL;
    const fresh = await createStores(serversOf(stores), template);
    return { stores: fresh, settings: { ...(await this.#openHousehold()), ...fresh.settings } };
  }

  /** Closes what `reset` opened and gives everything that the jobs wrote; `check` may look at the database before. */
  async content(
    settings: Record<string, string>,
    check: (db: Database) => Promise<void>,
  ): Promise<InstallationContent> {
    await this.#household.close();
    const lifecycle = createLifecycle(createLogger('silent'));
    try {
      const { db } = await openStores(readConfig({ ...settings, MONGODB_URI: '' }), lifecycle);
      await check(db);
      return await installationContent(db, this.#household.librariesFolder);
    } finally {
      await lifecycle.stop();
    }
  }

  /** What the job does when nothing disturbs it, on PostgreSQL or the embedded database. */
  async undisturbed(stores: Stores, job: Job): Promise<Undisturbed> {
    const kind = (name: Job) => `${stores.postgres ? 'postgres' : 'embedded'}-${name}`;
    if (!this.#undisturbed.has(kind(job))) await this.#runAll({ ...stores, mongodb: false }, kind);
    const found = this.#undisturbed.get(kind(job));
    if (!found) throw new Error(`There is no undisturbed ${job}.`);
    return found;
  }

  /** Closes what `reset` opened. */
  close(): Promise<void> {
    return this.#household.close();
  }

  async remove(): Promise<void> {
    await this.#household.remove();
    for (const stores of this.#open) await stores.drop();
  }

  async #openHousehold(): Promise<Record<string, string>> {
    return {
      ...(await this.#household.open(LATENCY_MS)),
      SHOWRUNNER_LEASE_SECONDS: String(LEASE_SECONDS),
    };
  }

  async #runAll(stores: Stores, kind: (job: Job) => string): Promise<void> {
    await this.#household.restore(null);
    let current = await createStores(serversOf(stores));
    this.#open.push(current);
    for (const job of JOBS) {
      const before = current;
      const settings = { ...(await this.#openHousehold()), ...before.settings };
      await this.#household.keep(kind(job));
      current = await createStores(serversOf(stores), before.settings.DATABASE_URL);
      this.#open.push(current);
      const running = { ...settings, ...current.settings };
      const tookMs = await runUndisturbed(running, job);
      const after = await this.content(running, async () => {});
      this.#undisturbed.set(kind(job), { before, folder: kind(job), after, tookMs });
    }
  }
}

/** Runs the job in this process: a process of its own for each would take longer than all the jobs. */
async function runUndisturbed(settings: Record<string, string>, job: Job): Promise<number> {
  const log = createLogger('silent');
  const lifecycle = createLifecycle(log);
  try {
    const config = readConfig({ ...settings, SHOWRUNNER_PORT: '0', SHOWRUNNER_ADMIN_KEY: ADMIN_KEY });
    const { url } = await startShowrunner({ config, log, lifecycle });
    const server = { request: requester(url) };
    const began = performance.now();
    const run = await startRun(server, job);
    let state: string | undefined;
    for (; !state; await sleep(10)) state = await finalState(server, run);
    if (state !== 'SUCCEEDED')
      throw new Error(`An undisturbed ${job} ended as ${state}: ${await failures(server, run)}`);
    return performance.now() - began;
  } finally {
    await lifecycle.stop();
  }
}

async function failures(server: Server, run: string): Promise<string> {
  const document = `query($run: ID!) { jobRun(id: $run) { error { message } failureCount } jobRunFailures(runId: $run, first: 3) { nodes { item error { message } } } }`;
  return JSON.stringify(await server.request(document, { run }));
}

function serversOf({ postgres, mongodb }: Stores): StoreServers {
  const { DATABASE_URL, MONGODB_URI } = process.env;
  return { ...(postgres && { DATABASE_URL }), ...(mongodb && { MONGODB_URI }) };
}
