import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { syncSeries } from '../../src/catalog/sync-series.ts';
import { createMediaServer } from '../../src/media-server/connect.ts';
import type { VerbContext } from '../../src/platform/context.ts';
import { createLogger } from '../../src/platform/log.ts';
import { type LibrarySize, writeCatalog } from './catalog-folder.ts';
import { type DemoProcess, startDemoProcess } from './demo-process.ts';
import { dumpRows, fetchAndCopy } from './fetch-and-copy.ts';
import { type BenchStore, embeddedStore, postgresStore } from './stores.ts';

const USAGE = `Usage: bench:sync [options]
Measures sync-series against the demo server in a process of its own, on the embedded database and, when DATABASE_URL
is set, on PostgreSQL.
  --series N    series in the library (default 500)
  --episodes N  episodes of each series (default 50)
  --rounds N    times to measure it, of which the middle one by its ratio is told (default 3)
`;

const log = createLogger('silent');

/** One line a store: the middle round's full sync, the least it could take, and a run in which nothing changed. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      series: { type: 'string' },
      episodes: { type: 'string' },
      rounds: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const size = { series: Number(values.series ?? 500), episodesOfSeries: Number(values.episodes ?? 50) };
  const rounds = Number(values.rounds ?? 3);
  const folder = await mkdtemp(join(tmpdir(), 'showrunner-bench-catalog-'));
  await writeCatalog(folder, size);
  const demo = await startDemoProcess(folder);
  try {
    const { DATABASE_URL: url } = process.env;
    if (url) report('postgres', size, await measureRounds(demo, () => postgresStore(url), rounds));
    report('embedded', size, await measureRounds(demo, embeddedStore, rounds));
  } finally {
    await demo.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

type Round = Awaited<ReturnType<typeof measure>>;

/** The rounds by how many times the least the full sync took; the first one is the process's first, with cold code. */
async function measureRounds(demo: DemoProcess, open: () => Promise<BenchStore>, count: number) {
  const rounds: Round[] = [];
  for (let round = 0; round < count; round++) rounds.push(await measure(demo, open));
  return rounds.toSorted((one, other) => ratioOf(one) - ratioOf(other));
}

function ratioOf({ full, least }: Round): number {
  return full.ms / (least.fetchMs + least.copyMs);
}

async function measure(demo: DemoProcess, open: () => Promise<BenchStore>) {
  const store = await open();
  const memory = watchMemory();
  const full = await sync(demo, store);
  const peakMb = memory.stop();
  const nothing = await sync(demo, store);
  const rows = await dumpRows(store);
  await store.drop();

  const bare = await open();
  const least = await fetchAndCopy(demo, bare, rows);
  await bare.drop();
  return { full, nothing, least, peakMb };
}

async function sync(demo: DemoProcess, store: BenchStore) {
  const mediaServer = createMediaServer({
    url: demo.url,
    apiKey: demo.apiKey,
    log,
    random: Math.random,
    now: () => new Date(),
  });
  const context: VerbContext = {
    db: store.db,
    signal: new AbortController().signal,
    log,
    now: () => new Date(),
    progress: {
      step: () => {},
      advance: () => {},
      log: () => {},
      fail: (item, error) => {
        throw new Error(`${item} failed.`, { cause: error });
      },
    },
  };
  const start = performance.now();
  const counts = await syncSeries({ ...context, mediaServer }, {});
  return { ms: performance.now() - start, counts };
}

/** Samples the resident memory; `stop` tells by how many MB it rose above the start at most. */
function watchMemory(): { stop(): number } {
  const idle = process.memoryUsage.rss();
  let peak = idle;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 50);
  return {
    stop: () => {
      clearInterval(timer);
      return Math.round((Math.max(peak, process.memoryUsage.rss()) - idle) / 2 ** 20);
    },
  };
}

function report(store: string, size: LibrarySize, rounds: readonly Round[]): void {
  const seconds = (ms: number) => Math.round(ms) / 1000;
  const middle = rounds[Math.floor(rounds.length / 2)];
  if (!middle) return;
  const { full, nothing, least } = middle;
  process.stdout.write(
    `${JSON.stringify({
      store,
      series: size.series,
      episodes: full.counts.episodesAdded,
      fullSeconds: seconds(full.ms),
      leastSeconds: seconds(least.fetchMs + least.copyMs),
      fetchSeconds: seconds(least.fetchMs),
      timesTheLeast: rounded(ratioOf(middle)),
      timesTheLeastOfRounds: rounds.map((round) => rounded(ratioOf(round))),
      unchangedSeconds: seconds(nothing.ms),
      unchangedShare: Math.round((nothing.ms / full.ms) * 1000) / 1000,
      memoryMb: Math.max(...rounds.map((round) => round.peakMb)),
    })}\n`,
  );
}

function rounded(ratio: number): number {
  return Math.round(ratio * 100) / 100;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
