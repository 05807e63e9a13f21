import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { encodeGlobalId } from '../../../schema/global-id.ts';
import { schema } from '../../../schema/schema.ts';
import type { JobEngine } from '../../../src/jobs/job-engine.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { type ApiServer, createApiServer } from '../../../src/server/http-server.ts';
import { caller } from '../../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startEngine } from '../../support/engine.ts';
import { chatter, hang, seededRandom, storedEvents, trigger } from '../../support/runs.ts';
import { type Item, overSse, overWebSocket } from '../../support/subscribe.ts';

const KEY = 'sr_test-key';
const told = z.object({
  jobRunEvents: z.looseObject({ __typename: z.string(), cursor: z.string().nullable() }),
});

/** Runs over a real server, whose runs are executed by another engine. */
describe('runs over the network', () => {
  let folder: string;
  let db: TestDatabase;
  let worker: JobEngine;
  let jobs: JobEngine;
  let api: ApiServer;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'showrunner-page-'));
    await writeFile(join(folder, 'index.html'), '');
    db = await createTestDatabase();
    worker = await startEngine(db, [chatter, hang]);
    jobs = await startEngine(db, [chatter, hang], { isWorker: false, subscriptionHeartbeatMs: 200 });
    const now = () => new Date();
    api = createApiServer({
      schema,
      buildContext: (principal, requestId) => ({ db, principal, requestId, now, jobs }),
      authenticate: async (key) => (key === KEY ? caller('ADMIN') : null),
      checkReady: async () => {},
      config: { host: '127.0.0.1', port: 0, corsOrigins: [] },
      log: createLogger('silent'),
      pageFolder: folder,
    });
    ({ url } = await api.listen());
  });

  afterAll(async () => {
    await api.close(1_000);
    for (const engine of [jobs, worker]) await engine.stop(0);
    await db.close();
    await rm(folder, { recursive: true });
  });

  const follow = (runId: string, after?: string) => `subscription {
    jobRunEvents(runId: "${encodeGlobalId('JobRun', runId)}"${after === undefined ? '' : `, after: "${after}"`}) {
      __typename at cursor runId
      ... on JobStateChanged { state attempt reason }
      ... on JobStepStarted { step { name done } }
      ... on JobStepFinished { step { name done } }
      ... on JobProgress { step { name done } }
      ... on JobLogLine { level message }
      ... on JobItemFailed { item error { message } }
    }
  }`;
  const transports = [
    ['WebSocket', overWebSocket],
    ['SSE', overSse],
  ] as const;

  async function stored(items: AsyncIterable<Item>) {
    const events: unknown[] = [];
    for await (const { data } of items) {
      const { jobRunEvents: event } = told.parse(data);
      if (event.cursor !== null) events.push(event);
    }
    return events;
  }

  it('are told the same over both transports, item by item', async () => {
    const { run } = await jobs.runJob({ job: 'chatter', params: { lines: 201 }, trigger });
    const [one, other] = await Promise.all(
      transports.map(([, over]) => stored(over(url, KEY, follow(run.id)))),
    );
    expect(one).toEqual(other);
    expect(one).toHaveLength((await storedEvents(db, run.id)).length);
  });

  it('are held whole by clients of both transports that drop and reconnect at random', async () => {
    const random = seededRandom(7);
    const { run } = await jobs.runJob({ job: 'chatter', params: { lines: 300 }, trigger });
    const client = async (over: typeof overSse | typeof overWebSocket) => {
      const held: string[] = [];
      let connections = 0;
      for (let isOver = false; !isOver; ) {
        let left = 1 + Math.floor(random() * 60);
        connections += 1;
        isOver = true;
        for await (const { data } of over(url, KEY, follow(run.id, held.at(-1)))) {
          const { cursor } = told.parse(data).jobRunEvents;
          if (cursor !== null) held.push(cursor);
          left -= 1;
          if (left > 0) continue;
          isOver = false;
          break;
        }
      }
      expect(connections).toBeGreaterThan(2);
      return held;
    };
    const all = await Promise.all(transports.map(([, over]) => client(over)));
    const cursors = (await storedEvents(db, run.id)).map(({ seq }) => `${run.id}:${seq}`);
    for (const held of all) expect(held).toEqual(cursors);
  });

  it.each(transports)('refuse cursors that are not theirs over %s, and say what to do', async (_, over) => {
    const { run } = await jobs.runJob({ job: 'chatter', params: { lines: 2 }, trigger });
    const { run: another } = await jobs.runJob({ job: 'chatter', params: { lines: 20 }, trigger });
    await Promise.all([run, another].map(({ id }) => stored(over(url, KEY, follow(id)))));
    const ofRun = (after: string) => over(url, KEY, follow(run.id, after));
    const ofList = over(url, KEY, 'subscription { jobRuns(after: "soon") { cursor } }');
    for (const items of [
      ofRun(`${another.id}:3`),
      ofRun(`${run.id}:999`),
      ofRun('999'),
      ofRun('nonsense'),
      ofList,
    ])
      expect(await refusalOf(items)).toMatchObject({
        extensions: { code: 'BAD_INPUT', field: 'after', remedy: expect.any(String) },
      });
    expect(await stored(ofRun('0'))).toHaveLength((await storedEvents(db, run.id)).length);
  });

  it.each(transports)('are followed as a list with heartbeats over %s', async (_, over) => {
    const seen = new Set<string>();
    const { run } = await jobs.runJob({ job: 'hang', params: { tag: _ }, trigger });
    const query = `subscription { jobRuns(filter: { states: [QUEUED, RUNNING, STOPPING] }) { __typename cursor
      ... on JobRunsSnapshot { runs { id } } ... on JobRunUpdated { run { state } } ... on JobRunRemoved { runId } } }`;
    for await (const { data } of over(url, KEY, query)) {
      const { __typename: type, runId } = z
        .object({ jobRuns: z.looseObject({ __typename: z.string(), runId: z.string().optional() }) })
        .parse(data).jobRuns;
      seen.add(type);
      if (type === 'JobHeartbeat') await jobs.cancelRun(run.id, 'tests').catch(() => {});
      if (runId === encodeGlobalId('JobRun', run.id)) break;
    }
    expect([...seen]).toEqual(expect.arrayContaining(['JobRunsSnapshot', 'JobHeartbeat', 'JobRunRemoved']));
  });
});

/** The error with which a subscription is refused, however the transport tells it. */
async function refusalOf(items: AsyncIterable<Item>): Promise<unknown> {
  try {
    for await (const { errors } of items) if (errors) return errors[0];
  } catch (error) {
    return Array.isArray(error) ? error[0] : error;
  }
  throw new Error('It was not refused.');
}
