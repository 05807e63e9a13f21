import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { openPostgresDatabase } from '../../src/platform/postgres-database.ts';
import type { CuttableProxy } from '../support/cuttable-proxy.ts';
import { type ShowrunnerProcess, startProcess } from '../support/showrunner-process.ts';
import { proxyStores, type StoreProxies } from '../support/store-proxies.ts';
import type { Round } from './plan.ts';
import { finalState, LEASE_SECONDS, startRun } from './world.ts';

const SHORTEST_AWAY_MS = 300;
const LONGEST_AWAY_MS = 8_000;

/** What a disturbed run came to. */
interface Told {
  readonly state: string;
  /** What was done to it and when, in words. */
  readonly what: string;
}

/** Where the run happens, how long it takes when nothing disturbs it, and what decides on the moments. */
interface Circumstances {
  readonly settings: Record<string, string>;
  readonly tookMs: number;
  readonly random: () => number;
}

/**
 * Starts the round's job in a process of its own, disturbs it at a moment between the request and what would be its
 * end, and waits until the run is final. All processes have stopped then.
 */
export async function disturb(round: Round, circumstances: Circumstances): Promise<Told> {
  const proxies = await proxyStores(circumstances.settings);
  const processes: ShowrunnerProcess[] = [];
  const start = async () => {
    const server = await startProcess(proxies.settings);
    processes.push(server);
    return server;
  };
  try {
    const told = await inflict(round, circumstances, proxies, start);
    // Whatever was done to a process, one that lives can still stop in good order.
    for (const server of processes.splice(0)) {
      if (server.child.signalCode !== null) continue;
      const code = await server.stop();
      if (code !== 0) throw new Error(`A server ended with exit code ${code} after ${told.what}`);
    }
    return told;
  } finally {
    for (const { child } of processes) child.kill('SIGKILL');
    await proxies.close();
  }
}

async function inflict(
  round: Round,
  { settings, tookMs, random }: Circumstances,
  proxies: StoreProxies,
  start: () => Promise<ShowrunnerProcess>,
): Promise<Told> {
  const server = await start();
  const other = round.fault === 'freeze' && settings.DATABASE_URL ? await start() : undefined;
  const run = await startRun(server, round.job);
  const moment = Math.round(random() * tookMs);
  await sleep(moment);
  if (round.fault === 'kill') {
    await server.kill();
    return { state: await untilFinal(await start(), run), what: `killed after ${moment} ms` };
  }
  if (round.fault === 'freeze') {
    const frozen = other ? await freezeOwner([server, other], settings.DATABASE_URL ?? '') : server;
    const survivor = frozen === server ? other : server;
    if (survivor) await untilFinal(survivor, run);
    else {
      frozen.child.kill('SIGSTOP');
      await sleep(1000 * LEASE_SECONDS * (1 + random()));
    }
    frozen.child.kill('SIGCONT');
    return {
      state: await untilFinal(frozen, run),
      what: `frozen after ${moment} ms${survivor ? ' until another process was done' : ''}`,
    };
  }
  const away = Math.round(SHORTEST_AWAY_MS + random() * (LONGEST_AWAY_MS - SHORTEST_AWAY_MS));
  await takeAway(round.fault === 'cut-database' ? proxies.postgres : proxies.mongo, away);
  return {
    state: await untilFinal(server, run),
    what: `without the store for ${away} ms after ${moment} ms`,
  };
}

async function takeAway(store: CuttableProxy | undefined, forMs: number): Promise<void> {
  if (!store) throw new Error('There is no such store to take away.');
  store.block();
  await sleep(forMs);
  store.unblock();
}

/** Freezes the process that executes a run, or the first one when none does. */
async function freezeOwner(
  processes: readonly [ShowrunnerProcess, ShowrunnerProcess],
  url: string,
): Promise<ShowrunnerProcess> {
  const db = await openPostgresDatabase({ url, max: 1 });
  try {
    const [row] = await db.rows<{ worker: string }>(
      sql`select worker_id as worker from job_runs where state = 'RUNNING'`,
    );
    const owner = processes.find(({ child }) => row?.worker.startsWith(`worker-${child.pid}-`));
    const frozen = owner ?? processes[0];
    frozen.child.kill('SIGSTOP');
    return frozen;
  } finally {
    await db.close();
  }
}

async function untilFinal(server: ShowrunnerProcess, run: string): Promise<string> {
  for (;;) {
    const state = await finalState(server, run);
    if (state) return state;
    if (server.child.exitCode !== null) throw new Error(`The server ended with ${server.child.exitCode}.`);
    await sleep(50);
  }
}
