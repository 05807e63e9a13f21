import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { type BenchServers, FOLLOW, KEY, runJob } from './bench-process.ts';
import { monotonicMs, quantile } from './statistics.ts';

const WARM_UP = 30;

const Item = z.object({ jobRunEvents: z.object({ __typename: z.string(), state: z.string().optional() }) });

/**
 * Time from a client's `runJob` to the event that says RUNNING at the same client, which subscribes as soon as it has
 * the run's id; ms, over `runs` runs one after the other.
 */
export async function measurePickUp(
  servers: BenchServers,
  runs: number,
): Promise<{ p50: number; p99: number }> {
  const client = createClient({
    url: servers.webSocketUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${KEY}` },
    lazy: false,
    retryAttempts: 0,
  });
  const times: number[] = [];
  for (let run = 0; run < WARM_UP + runs; run += 1) {
    const askedAt = monotonicMs();
    const runId = await runJob(servers, 'SYNC_USERS');
    for await (const { data } of client.iterate({ query: FOLLOW, variables: { runId } })) {
      const { jobRunEvents: event } = Item.parse(data);
      if (event.__typename === 'JobStateChanged' && event.state === 'RUNNING' && run >= WARM_UP)
        times.push(monotonicMs() - askedAt);
    }
  }
  await client.dispose();
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}
