import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type DemoServer, startDemoServer } from '../../src/demo/server.ts';
import { openEmbeddedDatabase } from '../../src/platform/embedded-database.ts';
import { catalogContent } from '../support/catalog-state.ts';
import { smallHousehold } from '../support/household.ts';
import { type ShowrunnerProcess, startProcess } from '../support/showrunner-process.ts';

const JOBS = [
  'SYNC_SERIES',
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
  async content(): Promise<Record<string, unknown>> {
    expect(await this.#process?.stop()).toBe(0);
    this.#process = undefined;
    const db = await openEmbeddedDatabase(join(this.folder, 'database'));
    const content = {
      catalog: await catalogContent(db),
      plays: await db.rows(sql`
        select u.name as user, t.name as title, e.slot, p.played, p.position_ms, p.percentage, p.play_count, p.last_played_at
        from play_states p join media_users u on u.id = p.user_id join episodes e on e.id = p.episode_id
          join titles t on t.id = e.title_id order by 1, 2, 3`),
      states: await db.rows(sql`
        select u.name as user, t.name as title, s.state, s.watched_count, s.aired_count from series_states s
          join media_users u on u.id = s.user_id join titles t on t.id = s.title_id order by 1, 2`),
      vectors: await db.rows(sql`
        select t.name as title, e.model, e.vector::text, e.text_hash from embeddings e
          join titles t on t.id = e.title_id order by 1, 2`),
      picks: await db.rows(sql`
        select u.name as user, p.rank, t.name as title, round(p.score::numeric, 9) as score, p.explanation, p.is_rewatch
        from picks p join recommendation_sets s on s.id = p.set_id and s.is_current
          join media_users u on u.id = s.user_id join titles t on t.id = p.title_id order by 1, 2`),
      files: await files(join(this.folder, 'libraries')),
    };
    await db.close();
    return content;
  }
}

async function files(root: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length);
    if (entry.isSymbolicLink()) found[name] = `-> ${await readlink(path)}`;
    else if (entry.isFile() && !entry.name.startsWith('.')) found[name] = await readFile(path, 'utf8');
  }
  return found;
}

describe('a server that is killed in the middle of a job', () => {
  const open: Installation[] = [];
  const now = () => new Date('2026-11-20T12:00:00Z');

  async function install(latencyMs: number): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'showrunner-kill-'));
    const media = await startDemoServer({ catalog: await smallHousehold(30), faults: { latencyMs }, now });
    const installation = new Installation(folder, media);
    open.push(installation);
    return installation;
  }

  let undisturbed: Record<string, unknown>;

  beforeAll(async () => {
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
      expect(cursors).toEqual(cursors.map((_, index) => String(index + 1)));
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
