import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type DemoServer, startDemoServer } from '../../src/demo/server.ts';
import { openEmbeddedDatabase } from '../../src/platform/embedded-database.ts';
import { smallHousehold } from '../support/household.ts';
import { type InstallationContent, installationContent } from '../support/installation-content.ts';
import { type ShowrunnerProcess, startProcess } from '../support/showrunner-process.ts';

const JOBS = [
  'SYNC_SERIES',
  'ENRICH_METADATA',
  'GENERATE_SERIES_EMBEDDINGS',
  'SYNC_SERIES_WATCH_HISTORY',
  'GENERATE_SERIES_RECOMMENDATIONS',
  'SYNC_SERIES_LIBRARIES',
];
const started = z.object({ runJob: z.object({ run: z.object({ id: z.string() }) }) });
const told = z.object({
  jobRunEvents: z.object({
    __typename: z.string(),
    cursor: z.string().nullish(),
    state: z.string().optional(),
  }),
});

const RUN = `mutation($job: JobName!) { runJob(input: { job: $job, force: true }) { ... on StartedRun { run { id } } } }`;
const FOLLOW = `subscription($id: ID!) { jobRunEvents(runId: $id) { __typename cursor ... on JobStateChanged { state } } }`;

/** A household with its own media server, data folder and process, which may be killed and started again. */
class Installation {
  readonly folder: string;
  readonly media: DemoServer;
  #process: ShowrunnerProcess | undefined;

  constructor(folder: string, media: DemoServer) {
    this.folder = folder;
    this.media = media;
  }

  async process(): Promise<ShowrunnerProcess> {
    this.#process ??= await startProcess({
      SHOWRUNNER_DATA: this.folder,
      SHOWRUNNER_NEW_USERS: 'enabled',
      MEDIA_SERVER_URL: this.media.url,
      MEDIA_SERVER_API_KEY: this.media.apiKey,
    });
    return this.#process;
  }

  async start(job: string): Promise<string> {
    const { data } = await (await this.process()).request(RUN, { job });
    return started.parse(data).runJob.run.id;
  }

  async *follow(id: string) {
    for await (const { data } of (await this.process()).subscribe(FOLLOW, { id }))
      yield told.parse(data).jobRunEvents;
  }

  /** Runs a job to its end and gives the states it went through, with the cursors of all its events. */
  async finish(id: string): Promise<{ states: string[]; cursors: string[] }> {
    const states: string[] = [];
    const cursors: string[] = [];
    for await (const { cursor, state } of this.follow(id)) {
      if (cursor) cursors.push(cursor);
      if (state) states.push(state);
    }
    return { states, cursors };
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
    this.#process = undefined;
  }

  /** Stops the process and reads everything that the jobs wrote, without ids and times. */
  async content(): Promise<InstallationContent> {
    expect(await this.#process?.stop()).toBe(0);
    this.#process = undefined;
    const db = await openEmbeddedDatabase(join(this.folder, 'database'));
    const content = await installationContent(db, join(this.folder, 'libraries'));
    await db.close();
    return content;
  }
}

describe('a server that is killed in the middle of a job', () => {
  const open: Installation[] = [];
  const now = () => new Date('2026-11-20T12:00:00Z');

  async function install(latencyMs: number): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'showrunner-kill-'));
    const catalog = await smallHousehold(30);
    const media = await startDemoServer({ catalog, mediaFolder, faults: { latencyMs }, now });
    const installation = new Installation(folder, media);
    open.push(installation);
    return installation;
  }

  let undisturbed: InstallationContent;
  let mediaFolder: string;

  beforeAll(async () => {
    mediaFolder = await mkdtemp(join(tmpdir(), 'showrunner-kill-media-'));
    const installation = await install(0);
    for (const job of JOBS) await installation.finish(await installation.start(job));
    undisturbed = await installation.content();
  }, 180_000);

  afterAll(async () => {
    for (const { folder, media, ...installation } of open) {
      await media.close();
      await rm(folder, { recursive: true, force: true });
      void installation;
    }
    await rm(mediaFolder, { recursive: true, force: true });
  });

  it('shows each killed run as interrupted, continues it, and ends with the rows of an undisturbed one', async () => {
    const installation = await install(15);
    for (const job of JOBS) {
      const id = await installation.start(job);
      // Killed somewhere behind the beginning of its first step.
      let left = 1 + Math.floor(Math.random() * 3);
      for await (const { __typename } of installation.follow(id)) {
        if (__typename.startsWith('JobStep') || __typename === 'JobProgress') left -= 1;
        if (left === 0) break;
      }
      await installation.kill();
      const { states, cursors } = await installation.finish(id);
      expect(states.at(-1), `${job}: ${states.join(', ')}`).toBe('SUCCEEDED');
      // A run that was quicker than the kill has nothing to be interrupted in.
      if (states.length > 3)
        expect(states).toEqual(['QUEUED', 'RUNNING', 'INTERRUPTED', 'QUEUED', 'RUNNING', 'SUCCEEDED']);
      expect(cursors.map((cursor) => Number(cursor.split(':').at(-1)))).toEqual(
        cursors.map((_, index) => index + 1),
      );
    }
    const content = await installation.content();
    for (const [part, expected] of Object.entries(undisturbed))
      expect(content[part], part).toEqual(plain(expected, installation));
  }, 300_000);

  /** Folders differ between installations: links and NFOs name them. */
  function plain(expected: unknown, installation: Installation): unknown {
    const other = open[0]?.folder ?? '';
    return JSON.parse(JSON.stringify(expected).replaceAll(other, installation.folder));
  }
});
