/**
 * What job tracking costs: pick-up latency, events a second, delivery to many subscribers beside a bare `ws` broadcast,
 * and the memory that subscribers take who do not read. Prints a table and writes nothing.
 *
 * `npm run bench:jobs` measures the embedded database and, with DATABASE_URL and MONGODB_URI, the other stores;
 * `npm run bench:jobs -- --services` starts those itself. `--quick` does one short round of each.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type BenchServers, STORES, type StoreName, startServers } from './bench-process.ts';
import {
  type Delivery,
  measureBroadcast,
  measureDelivery,
  measureSlowSubscribers,
  measureThroughput,
  middle,
  startBroadcaster,
  startSubscribers,
} from './delivery.ts';
import { measurePickUp } from './pick-up.ts';
import { median } from './statistics.ts';

const isQuick = process.argv.includes('--quick');
const ROUNDS = isQuick ? 1 : 3;
const RUNS = isQuick ? 50 : 200;
const SUBSCRIBERS = [1, 100, 1_000];
const SLOW_SUBSCRIBERS = 1_000;

if (process.argv.includes('--services')) {
  for (const script of ['postgres', 'mongo']) startService(script);
}
const stores = STORES.filter(
  (name) =>
    (!name.startsWith('PostgreSQL') || process.env.DATABASE_URL) &&
    (!name.endsWith('MongoDB') || process.env.MONGODB_URI),
);
const leftOut = STORES.filter((name) => !stores.includes(name));
/** Delivery depends little on where schedules are kept: it is measured once for each database. */
const deliveryStores = stores.filter((name) => !name.endsWith('MongoDB'));

console.log(`${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}`);
if (leftOut.length > 0)
  console.log(`Left out: ${leftOut.join(', ')} (set DATABASE_URL and MONGODB_URI, or give --services).`);

const subscribers = await startSubscribers();
const broadcaster = await startBroadcaster();
const pickUps: Row[] = [];
const speeds: Row[] = [];
const deliveries: Row[] = [];
const memories: Row[] = [];
type Row = Record<string, string | number>;

for (const name of stores) {
  const servers = await startServers(name, 1);
  try {
    await pickUp(name, 1, servers);
    if (deliveryStores.includes(name)) {
      await speed(name, servers);
      for (const count of SUBSCRIBERS) await delivery(name, servers, count);
    }
    if (name === deliveryStores.at(-1)) await memory(name, servers);
  } finally {
    await servers.stop();
  }
  if (!name.startsWith('PostgreSQL')) continue;
  const two = await startServers(name, 2);
  try {
    await pickUp(name, 2, two);
  } finally {
    await two.stop();
  }
}
await subscribers.stop();
await broadcaster.child.stop();

print('Pick-up: from runJob to RUNNING at the subscriber, ms', pickUps);
print('A job that logs as fast as it can, one subscriber', speeds);
print(`Delivery: from the job's call to the client, ms; medians of ${ROUNDS} rounds`, deliveries);
print(`Memory of the server with ${SLOW_SUBSCRIBERS} subscribers that stop reading, MB`, memories);

async function pickUp(store: StoreName, processes: number, servers: BenchServers): Promise<void> {
  const { p50, p99 } = await measurePickUp(servers, RUNS);
  pickUps.push({ store, processes, runs: RUNS, p50: p50.toFixed(1), p99: p99.toFixed(1) });
}

async function speed(store: StoreName, servers: BenchServers): Promise<void> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measureThroughput(servers, subscribers));
  speeds.push({ store, 'events a second': Math.round(median(rounds)) });
}

/** Ours and the broadcast in turn, so that what else the machine does meets both. */
async function delivery(store: StoreName, servers: BenchServers, count: number): Promise<void> {
  const ours: Delivery[] = [];
  const bare: Delivery[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { frame, ...measured } = await measureDelivery(servers, subscribers, count);
    ours.push(measured);
    bare.push(await measureBroadcast(broadcaster, subscribers, count, frame));
  }
  const [one, other] = [middle(ours), middle(bare)];
  deliveries.push({
    store,
    subscribers: count,
    p50: one.p50.toFixed(1),
    p99: one.p99.toFixed(1),
    'bare ws p50': other.p50.toFixed(1),
    'bare ws p99': other.p99.toFixed(1),
    'p99 ratio': median(ours.map(({ p99 }, round) => p99 / (bare[round]?.p99 ?? Number.NaN))).toFixed(2),
  });
}

async function memory(store: StoreName, servers: BenchServers): Promise<void> {
  const measured = await measureSlowSubscribers(servers, subscribers, SLOW_SUBSCRIBERS);
  memories.push({
    store,
    before: Math.round(measured.before),
    connected: Math.round(measured.connected),
    'after the run': Math.round(measured.after),
    'not read by them': measured.missed,
  });
}

function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`);
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns, ...rows.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_name, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  for (const line of lines)
    console.log(`  ${line.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`);
}

/** Starts a service of the tests; its last line says how it is reached. */
function startService(script: string): void {
  const file = fileURLToPath(new URL(`../../tools/services/${script}.sh`, import.meta.url));
  const said = execFileSync('bash', [file, 'start'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [, name, value] = /^(\w+)=(.+)$/.exec(said.trim().split('\n').at(-1) ?? '') ?? [];
  if (name && value) process.env[name] = value;
}
