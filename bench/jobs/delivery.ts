import { z } from 'zod';
import { FAST_LINES, LONG_LINE, PACE_MS, PACED_LINES } from './bench-jobs.ts';
import { type BenchServers, FOLLOW, KEY, runJob } from './bench-process.ts';
import { type Child, startChild } from './child.ts';
import { median, quantile } from './statistics.ts';

const Done = z.object({});
const Memory = z.object({ rss: z.number() });
const Collected = z.object({ delays: z.array(z.number()), sample: z.string(), spanMs: z.number() });

/** Times from the moment a line is told to its arrival at a client, ms. */
export interface Delivery {
  readonly p50: number;
  readonly p99: number;
}

/** The process of the clients. */
export async function startSubscribers(): Promise<Child> {
  return (await startChild('subscribers.ts', process.env, Done)).child;
}

async function follow(
  servers: BenchServers,
  subscribers: Child,
  options: { job: string; count: number; pause?: boolean },
): Promise<string> {
  await servers.server.ask({ order: 'hold' }, Memory);
  const runId = await runJob(servers, options.job);
  await subscribers.ask(
    {
      order: 'subscribe',
      url: servers.webSocketUrl,
      key: KEY,
      count: options.count,
      query: FOLLOW,
      variables: { runId },
      pause: options.pause ?? false,
    },
    Done,
  );
  return runId;
}

/** How fast one subscriber is told what a job logs as fast as it can; lines a second. */
export async function measureThroughput(servers: BenchServers, subscribers: Child): Promise<number> {
  await follow(servers, subscribers, { job: 'SYNC_SERIES', count: 1 });
  await servers.server.ask({ order: 'begin' }, Memory);
  const { spanMs } = await subscribers.ask({ order: 'collect', lines: FAST_LINES - 1 }, Collected);
  await subscribers.ask({ order: 'leave' }, Done);
  return (FAST_LINES / spanMs) * 1_000;
}

/** Delivery of a paced job's lines to `count` subscribers, and one frame as they got it. */
export async function measureDelivery(
  servers: BenchServers,
  subscribers: Child,
  count: number,
): Promise<Delivery & { frame: string }> {
  await follow(servers, subscribers, { job: 'GENERATE_SERIES_EMBEDDINGS', count });
  await servers.server.ask({ order: 'begin' }, Memory);
  const { delays, sample } = await subscribers.ask({ order: 'collect', lines: PACED_LINES }, Collected);
  await subscribers.ask({ order: 'leave' }, Done);
  return { p50: quantile(delays, 0.5), p99: quantile(delays, 0.99), frame: sample };
}

/** The same frames at the same pace from a bare `ws` server in a process of its own. */
export async function measureBroadcast(
  broadcaster: { child: Child; url: string },
  subscribers: Child,
  count: number,
  frame: string,
): Promise<Delivery> {
  await subscribers.ask(
    {
      order: 'subscribe',
      url: broadcaster.url.replace('http', 'ws'),
      key: KEY,
      count,
      query: FOLLOW,
      variables: {},
      pause: false,
    },
    Done,
  );
  await broadcaster.child.ask({ frame, lines: PACED_LINES, everyMs: PACE_MS }, Done);
  const { delays } = await subscribers.ask({ order: 'collect', lines: PACED_LINES }, Collected);
  await subscribers.ask({ order: 'leave' }, Done);
  return { p50: quantile(delays, 0.5), p99: quantile(delays, 0.99) };
}

/** Starts the bare broadcast server. */
export async function startBroadcaster(): Promise<{ child: Child; url: string }> {
  const { child, said } = await startChild('broadcast-server.ts', process.env, z.object({ url: z.string() }));
  return { child, url: said.url };
}

/** The middle of several rounds. */
export function middle(rounds: readonly Delivery[]): Delivery {
  return { p50: median(rounds.map(({ p50 }) => p50)), p99: median(rounds.map(({ p99 }) => p99)) };
}

const MB = 1_000_000;
const STILL_FOR = 5;
const LOOK_EVERY_MS = 200;

/** Memory of the server around a run whose `count` subscribers stop reading, and what all of them miss; MB. */
export async function measureSlowSubscribers(
  servers: BenchServers,
  subscribers: Child,
  count: number,
): Promise<{ before: number; connected: number; after: number; missed: number }> {
  const memory = async () => (await servers.server.ask({ order: 'memory' }, Memory)).rss / MB;
  const before = await memory();
  const runId = await follow(servers, subscribers, { job: 'SYNC_SERIES_LIBRARIES', count, pause: true });
  const connected = await memory();
  await servers.server.ask({ order: 'begin' }, Memory);
  await untilDone(servers, runId);
  const after = await untilStill(memory);
  await subscribers.ask({ order: 'leave' }, Done);
  return { before, connected, after, missed: Math.round((FAST_LINES * LONG_LINE * count) / MB) };
}

const RunState = z.object({ node: z.object({ state: z.string() }) });

async function untilDone(servers: BenchServers, id: string): Promise<void> {
  const query = 'query ($id: ID!) { node(id: $id) { ... on JobRun { state } } }';
  while ((await servers.query(query, { id }, RunState)).node.state !== 'SUCCEEDED')
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
}

/** The largest of the figures until it has stayed the same for a while. */
async function untilStill(read: () => Promise<number>): Promise<number> {
  let largest = 0;
  for (let unchanged = 0; unchanged < STILL_FOR; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const now = await read();
    unchanged = now > largest * 1.01 ? 0 : unchanged + 1;
    largest = Math.max(largest, now);
  }
  return largest;
}
