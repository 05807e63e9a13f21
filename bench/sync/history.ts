import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import { syncSeries } from '../../src/catalog/sync-series.ts';
import { createMediaServer } from '../../src/media-server/connect.ts';
import type { VerbContext } from '../../src/platform/context.ts';
import { createLogger } from '../../src/platform/log.ts';
import { syncSeriesWatchHistory } from '../../src/watch/sync-series-watch-history.ts';
import { writeCatalog } from './catalog-folder.ts';
import { type DemoProcess, startDemoProcess } from './demo-process.ts';
import { type BenchStore, embeddedStore, postgresStore } from './stores.ts';

const USAGE = `Usage: tsx bench/sync/history.ts [options]
Measures sync-series-watch-history against the demo server in a process of its own: everything, nothing changed, and
1 % of the watched episodes changed. On PostgreSQL when DATABASE_URL is set, else on the embedded database.
  --users N     users (default 100)
  --series N    series (default 5000)
  --episodes N  episodes of each series (default 40)
  --watched N   series that each user has watched half of (default 100)
`;

const log = createLogger('silent');
const RequestsShape = z.object({ total: z.number() });

async function main(): Promise<void> {
  const option = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { users: option, series: option, episodes: option, watched: option, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const size = {
    users: Number(values.users ?? 100),
    series: Number(values.series ?? 5_000),
    episodes: Number(values.episodes ?? 40),
    watched: Number(values.watched ?? 100),
  };
  const folder = await mkdtemp(join(tmpdir(), 'showrunner-bench-history-'));
  await writeCatalog(folder, { series: size.series, episodesOfSeries: size.episodes });
  await writeEvents(folder, size);
  const demo = await startDemoProcess(folder);
  const { DATABASE_URL: url } = process.env;
  const store = await (url ? postgresStore(url) : embeddedStore());
  try {
    await measure(demo, store, size);
  } finally {
    await demo.stop();
    await store.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

type Size = { users: number; series: number; episodes: number; watched: number };

/** Which series a user has watched: every user others, spread over the library. */
function seriesOf(user: number, nth: number, { series, watched }: Size): number {
  return ((user * 37 + nth * Math.floor(series / watched)) % series) + 1;
}

async function writeEvents(folder: string, size: Size): Promise<void> {
  const lines = ['user,series,episodeOrdinal,date,fold'];
  for (let user = 0; user < size.users; user++)
    for (let nth = 0; nth < size.watched; nth++)
      for (let ordinal = 1; ordinal <= size.episodes / 2; ordinal++)
        lines.push(
          `${user},${seriesOf(user, nth, size)},${ordinal},2026-01-${String(1 + (nth % 28)).padStart(2, '0')},0`,
        );
  await mkdir(join(folder, 'dev'), { recursive: true });
  await writeFile(join(folder, 'dev', 'events.csv.gz'), await promisify(gzip)(lines.join('\n')));
}

async function measure(demo: DemoProcess, store: BenchStore, size: Size): Promise<void> {
  const context = contextOf(demo, store);
  await syncSeries(context, {});
  const idleMb = memoryMb();
  const sync = async (label: string, full: boolean) => {
    await fetch(`${demo.url}/demo/requests`, { method: 'DELETE' });
    const began = performance.now();
    let peakMb = 0;
    const timer = setInterval(() => {
      peakMb = Math.max(peakMb, memoryMb());
    }, 50);
    const { users, playStatesChanged } = await syncSeriesWatchHistory(context, { newUsers: 'enabled', full });
    clearInterval(timer);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const answer = await fetch(`${demo.url}/demo/requests?match=nothing`);
    const { total } = RequestsShape.parse(await answer.json());
    console.log(
      `${label}: ${seconds} s, ${users} users, ${playStatesChanged} play states written, ${total} requests, ${Math.round(peakMb - idleMb)} MB above idle`,
    );
  };
  console.log(`${size.users} users, ${size.series * size.episodes} episodes, ${store.db.kind}`);
  await sync('everything', false);
  await sync('nothing changed', false);
  const changes = await change(demo, size);
  await sync(`${changes} episodes changed`, false);
  await sync('everything again', true);
}

/** Watches 1 % as many episodes as were watched, each user as many. */
async function change(demo: DemoProcess, size: Size): Promise<number> {
  const usersAnswer = await fetch(`${demo.url}/Users`, {
    headers: { authorization: `MediaBrowser Token="${demo.apiKey}"` },
  });
  const users = z.array(z.object({ Name: z.string() })).parse(await usersAnswer.json());
  const names = users.map((user) => user.Name).filter((name) => name !== 'admin');
  const each = Math.max(1, Math.round((size.watched * size.episodes) / 2 / 100));
  const titles = await titlesOf(demo);
  const plays = names.flatMap((user, index) =>
    Array.from({ length: each }, (_, nth) => ({
      user,
      title: titles[(index * 53 + nth * 7) % titles.length],
      season: 1,
      episode: Math.min(size.episodes, 10),
    })),
  );
  const answer = await fetch(`${demo.url}/demo/play`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(plays),
  });
  if (!answer.ok) throw new Error(`The demo server refused the plays: ${await answer.text()}`);
  return plays.length;
}

async function titlesOf(demo: DemoProcess): Promise<string[]> {
  const answer = await fetch(`${demo.url}/Items?IncludeItemTypes=Series&Recursive=true&Limit=1000`, {
    headers: { authorization: `MediaBrowser Token="${demo.apiKey}"` },
  });
  const { Items } = z.object({ Items: z.array(z.object({ Name: z.string() })) }).parse(await answer.json());
  return Items.map((item) => item.Name);
}

function contextOf(demo: DemoProcess, store: BenchStore) {
  const now = () => new Date();
  const { url, apiKey } = demo;
  const context: VerbContext = {
    db: store.db,
    signal: new AbortController().signal,
    log,
    now,
    progress: {
      step: () => {},
      advance: () => {},
      log: () => {},
      fail: (item, error) => {
        throw new Error(`${item} failed.`, { cause: error });
      },
    },
  };
  return { ...context, mediaServer: createMediaServer({ url, apiKey, log, random: Math.random, now }) };
}

function memoryMb(): number {
  return process.memoryUsage().rss / 1024 / 1024;
}

await main();
