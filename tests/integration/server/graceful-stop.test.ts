import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import { smallHousehold } from '../../support/household.ts';
import { ADMIN_KEY, type ShowrunnerProcess, startProcess } from '../../support/showrunner-process.ts';
import { createStores, type TestStores } from '../../support/stores.ts';
import { bareWebSocket, overSse } from '../../support/subscribe.ts';

const started = z.object({ runJob: z.object({ run: z.object({ id: z.string() }) }) });
const event = z.object({
  jobRunEvents: z.object({
    __typename: z.string(),
    cursor: z.string().nullable(),
    state: z.string().optional(),
  }),
});
type Event = z.infer<typeof event>['jobRunEvents'];

describe('a server that is told to stop while a job runs', () => {
  let folder: string;
  let media: DemoServer;
  let stores: TestStores;
  let server: ShowrunnerProcess;

  const start = () =>
    startProcess({
      ...stores.settings,
      SHOWRUNNER_DATA: folder,
      MEDIA_SERVER_URL: media.url,
      MEDIA_SERVER_API_KEY: media.apiKey,
    });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'showrunner-stop-'));
    stores = await createStores();
    media = await startDemoServer({ catalog: await smallHousehold(12), mediaFolder: join(folder, 'media') });
    await takes(60_000);
    server = await start();
  });

  afterEach(async () => {
    if (server.child.exitCode === null) await server.kill();
    await media.close();
    await stores.drop();
    await rm(folder, { recursive: true, force: true });
  });

  /** How long the media server takes for each answer. */
  const takes = (latencyMs: number) =>
    fetch(`${media.url}/demo/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ latencyMs }),
    });

  const query = (id: string, after: string | null) =>
    `subscription { jobRunEvents(runId: "${id}", after: ${JSON.stringify(after)}) {
      __typename cursor ... on JobStateChanged { state } } }`;

  it('tells all subscribers the last event, closes with 1001 and exit code 0, and a restart continues the stream', async () => {
    const { data } = await server.request(
      'mutation { runJob(input: { job: SYNC_SERIES }) { ... on StartedRun { run { id } } } }',
    );
    const { id } = started.parse(data).runJob.run;
    const socket = await bareWebSocket(server.url, { authorization: `Bearer ${ADMIN_KEY}` });
    socket.send({ type: 'connection_init' });
    await socket.waitFor('connection_ack');
    socket.send({ type: 'subscribe', id: '1', payload: { query: query(id, null) } });
    const lazy = await bareWebSocket(server.url, { authorization: `Bearer ${ADMIN_KEY}` });
    lazy.send({ type: 'connection_init' });
    await lazy.waitFor('connection_ack');
    lazy.send({ type: 'subscribe', id: '1', payload: { query: query(id, null) } });
    await lazy.waitFor('next');
    lazy.socket.pause();

    const streamed: Event[] = [];
    const exited = once(server.child, 'exit');
    const reading = async () => {
      for await (const item of overSse(server.url, ADMIN_KEY, query(id, null))) {
        const told = event.parse(item.data).jobRunEvents;
        streamed.push(told);
        if (told.state === 'RUNNING') server.child.kill('SIGTERM');
      }
    };
    await expect(reading()).rejects.toThrow('The stream ended without completing.');
    expect((await socket.closed).code).toBe(1001);
    expect((await exited)[0]).toBe(0);
    lazy.socket.terminate();

    expect(socket.messages.filter(({ type }) => type === 'complete')).toEqual([]);
    const overSocket = socket.messages.flatMap(({ type, payload }) =>
      type === 'next' ? [event.parse(Object(payload).data).jobRunEvents] : [],
    );
    const before = storedIn(streamed);
    expect(storedIn(overSocket)).toEqual(before);
    expect(before.at(-1)).toMatchObject({ __typename: 'JobStateChanged', state: 'QUEUED' });

    await takes(0);
    server = await start();
    const rest: Event[] = [];
    for await (const item of overSse(server.url, ADMIN_KEY, query(id, before.at(-1)?.cursor ?? null)))
      rest.push(event.parse(item.data).jobRunEvents);
    const whole: Event[] = [];
    for await (const item of overSse(server.url, ADMIN_KEY, query(id, null)))
      whole.push(event.parse(item.data).jobRunEvents);
    expect([...before, ...storedIn(rest)]).toEqual(storedIn(whole));
    expect(storedIn(whole).at(-1)).toMatchObject({ state: 'SUCCEEDED' });
  }, 120_000);
});

function storedIn(events: readonly Event[]): Event[] {
  return events.filter(({ cursor }) => cursor !== null);
}
