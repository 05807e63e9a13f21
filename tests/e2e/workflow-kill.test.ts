import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type DemoServer, startDemoServer } from '../../src/demo/server.ts';
import { smallHousehold } from '../support/household.ts';
import { type ShowrunnerProcess, startProcess } from '../support/showrunner-process.ts';
import { createStores, type TestStores } from '../support/stores.ts';

const START =
  'mutation { runWorkflow(workflow: INITIAL_SETUP) { ... on StartedWorkflow { workflow { id } } } }';
const FOLLOW = `subscription($id: ID!, $after: String) { workflowRunEvents(id: $id, after: $after) {
  __typename cursor runId ... on JobStateChanged { state } ... on JobItemFailed { item failure: error { message } }
  ... on WorkflowSnapshot { workflow { state position error { message } runs { job state } } } } }`;

const Started = z.object({ runWorkflow: z.object({ workflow: z.object({ id: z.string() }) }) });
const Told = z.object({
  workflowRunEvents: z.object({
    __typename: z.string(),
    cursor: z.string().nullable(),
    runId: z.string().nullable(),
    state: z.string().optional(),
    item: z.string().optional(),
    failure: z.object({ message: z.string() }).nullish(),
    workflow: z
      .object({
        state: z.string(),
        position: z.number(),
        error: z.object({ message: z.string() }).nullable(),
        runs: z.array(z.object({ job: z.string(), state: z.string() })),
      })
      .optional(),
  }),
});
type Event = z.infer<typeof Told>['workflowRunEvents'];

/**
 * When the process is killed, by the step and what is told of it: right behind a step's end and in the middle of one.
 * No step is met more than twice, because a run that was killed three times is given up.
 */
const KILLS = [
  { step: 1, when: ({ state }: Event) => state === 'SUCCEEDED' },
  { step: 4, when: ({ __typename }: Event) => __typename === 'JobStepStarted' },
  { step: 4, when: ({ state }: Event) => state === 'SUCCEEDED' },
  { step: 6, when: ({ __typename }: Event) => __typename === 'JobStepStarted' },
];

let stores: TestStores;
let folder: string;
let media: DemoServer;
let running: ShowrunnerProcess | undefined;

beforeAll(async () => {
  stores = await createStores();
  folder = await mkdtemp(join(tmpdir(), 'showrunner-workflow-'));
  media = await startDemoServer({
    catalog: await smallHousehold(30),
    // The links in the written libraries lead to these files.
    mediaFolder: join(folder, 'media'),
    faults: { latencyMs: 15 },
    now: () => new Date('2026-11-20T12:00:00Z'),
  });
}, 60_000);

afterAll(async () => {
  await running?.stop();
  await media.close();
  await rm(folder, { recursive: true, force: true });
  await stores.drop();
});

async function start(): Promise<ShowrunnerProcess> {
  running = await startProcess({
    SHOWRUNNER_DATA: folder,
    SHOWRUNNER_NEW_USERS: 'enabled',
    SHOWRUNNER_LEASE_SECONDS: '5',
    MEDIA_SERVER_URL: media.url,
    MEDIA_SERVER_API_KEY: media.apiKey,
    ...stores.settings,
  });
  return running;
}

it('survives kill -9 between and in its steps: one gapless stream, each step once, to its end', async () => {
  let process = await start();
  const started = Started.parse((await process.request(START)).data);
  const { id } = started.runWorkflow.workflow;
  const seen: string[] = [];
  const runs = new Set<string>();
  const failures: Pick<Event, 'item' | 'failure'>[] = [];
  const follow = async (isTime: (event: Event) => boolean): Promise<Event | undefined> => {
    let last: Event | undefined;
    for await (const { data } of process.subscribe(FOLLOW, { id, after: seen.at(-1) ?? null })) {
      last = Told.parse(data).workflowRunEvents;
      if (last.cursor) seen.push(last.cursor);
      if (last.item) failures.push({ item: last.item, failure: last.failure });
      if (last.runId) runs.add(last.runId);
      if (isTime(last)) break;
    }
    return last;
  };

  for (const { step, when } of KILLS) {
    const event = await follow((told) => [...runs].indexOf(told.runId ?? '') === step - 1 && when(told));
    expect(event?.workflow).toBeUndefined();
    await process.kill();
    process = await start();
  }
  const last = await follow(() => false);

  expect(failures).toEqual([]);
  expect(last?.workflow).toEqual({
    state: 'SUCCEEDED',
    position: 5,
    error: null,
    runs: [
      'SYNC_SERIES',
      'ENRICH_METADATA',
      'GENERATE_SERIES_EMBEDDINGS',
      'SYNC_SERIES_WATCH_HISTORY',
      'GENERATE_SERIES_RECOMMENDATIONS',
      'SYNC_SERIES_LIBRARIES',
    ].map((job) => ({ job, state: 'SUCCEEDED' })),
  });
  const held = [...seen];
  seen.length = 0;
  await follow(() => false);
  expect(held).toEqual(seen);
}, 400_000);
