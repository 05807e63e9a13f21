import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { VerbContext } from '../../src/platform/context.ts';
import { createLogger } from '../../src/platform/log.ts';
import { generateSeriesRecommendations } from '../../src/recommendations/generate-series-recommendations.ts';
import { type BenchStore, embeddedStore, postgresStore } from '../sync/stores.ts';
import { storeGeneratedServer } from './generated-server.ts';

const USAGE = `Usage: bench:recommend:speed [options]
Measures generate-series-recommendations, from stored vectors to stored picks, on PostgreSQL when DATABASE_URL is set and
on the embedded database otherwise. Titles, vectors and viewers are made up, the same each time.
  --viewers N,N  numbers of viewers (default 10,50,200)
  --titles N     titles in the library (default 5000)
  --rounds N     rounds after a first one that warms up, of which the middle one is told (default 3)
  --threads N    worker threads at most (default: one less than the machine runs at once, four at most)
  --large        1,000 viewers and 20,000 titles, one round
`;

/** One run of the verb. */
interface Round {
  readonly ms: number;
  /** Of all threads. */
  readonly cpuMs: number;
  /** The longest that this thread's event loop was held, in ms. */
  readonly heldMs: number;
  /** The most memory that the process had at one time, in MB. */
  readonly memoryMb: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      viewers: { type: 'string', default: '10,50,200' },
      titles: { type: 'string', default: '5000' },
      rounds: { type: 'string', default: '3' },
      threads: { type: 'string' },
      large: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const threads = values.threads === undefined ? undefined : Number(values.threads);
  const sizes = values.large ? [1_000] : values.viewers.split(',').map(Number);
  const titles = values.large ? 20_000 : Number(values.titles);
  for (const viewers of sizes) {
    const store = await openStore();
    try {
      await storeGeneratedServer(store.db, titles, viewers);
      const rounds: Round[] = [];
      if (!values.large) await measure(store, threads);
      for (let round = 0; round < (values.large ? 1 : Number(values.rounds)); round += 1)
        rounds.push(await measure(store, threads));
      report(store, viewers, titles, rounds.toSorted((a, b) => a.ms - b.ms)[Math.floor(rounds.length / 2)]);
    } finally {
      await store.drop();
    }
  }
}

function openStore(): Promise<BenchStore> {
  const { DATABASE_URL: url } = process.env;
  return url ? postgresStore(url) : embeddedStore();
}

async function measure({ db }: BenchStore, pickThreads: number | undefined): Promise<Round> {
  const context: VerbContext & { pickThreads: number | undefined } = {
    db,
    pickThreads,
    signal: new AbortController().signal,
    log: createLogger('silent'),
    now: () => new Date('2026-11-20T12:00:00Z'),
    progress: { step: () => {}, advance: () => {}, log: () => {}, fail: (_, error) => console.error(error) },
  };
  let memory = 0;
  const watch = setInterval(() => {
    memory = Math.max(memory, process.memoryUsage.rss());
  }, 20);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  const cpu = process.cpuUsage();
  await generateSeriesRecommendations(context, { force: true });
  const { user, system } = process.cpuUsage(cpu);
  const ms = performance.now() - started;
  delay.disable();
  clearInterval(watch);
  return { ms, cpuMs: (user + system) / 1_000, heldMs: delay.max / 1e6, memoryMb: memory / 1e6 };
}

function report({ db }: BenchStore, viewers: number, titles: number, round: Round | undefined): void {
  if (!round) return;
  const { ms, cpuMs, heldMs, memoryMb } = round;
  process.stdout.write(
    `${db.kind}: ${viewers} viewers x ${titles} titles in ${ms.toFixed(0)} ms (${(ms / viewers).toFixed(1)} a viewer), ` +
      `processor ${cpuMs.toFixed(0)} ms, event loop held ${heldMs.toFixed(0)} ms at most, memory ${memoryMb.toFixed(0)} MB\n`,
  );
}

await main();
