import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { candidateTitles } from '../../../src/catalog/catalog-snapshot.repo.ts';
import { syncSeries } from '../../../src/catalog/sync-series.ts';
import { catalogSeriesSchema } from '../../../src/demo/catalog.ts';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import { createMediaServer } from '../../../src/media-server/connect.ts';
import type { Dialect } from '../../../src/media-server/media-server.ts';
import type { Database } from '../../../src/platform/database.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { rowVersions } from '../../support/catalog-state.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';

const EPISODES = 40;
const CATALOG = Array.from({ length: 30 }, (_, index) =>
  catalogSeriesSchema.parse({
    title: `Show ${index}`,
    year: 2000,
    seasons: Array.from({ length: 4 }, () => EPISODES / 4),
    tvdb: 1_000 + index,
    overview: 'First.',
  }),
);
const DAY_MS = 86_400_000;

let db: Database;
let demo: DemoServer;
let now: Date;
beforeEach(async () => {
  db = await createTestDatabase();
  now = new Date('2026-11-20T12:00:00Z');
});
afterEach(async () => {
  await demo.close();
  await db.close();
});

/** Page size, so that the library has many pages of episodes but one of series. */
const PAGE_SIZE = 100;

async function start(dialect: Dialect, serverVersion: string) {
  const admin = { name: 'admin', isAdmin: true, plays: [] };
  demo = await startDemoServer({ dialect, serverVersion, catalog: { series: CATALOG, viewers: [admin] } });
  return testContext(db, { mediaServer: clientOf(demo) }, () => now);
}

function clientOf({ url, apiKey }: DemoServer) {
  const log = createLogger('silent');
  return createMediaServer({ url, apiKey, log, random: () => 0.5, now: () => now, pageSize: PAGE_SIZE });
}

async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${demo.url}/demo/${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  expect(response.ok).toBe(true);
  return response.status === 204 ? null : response.json();
}

const RequestsSchema = z.object({
  maxInFlight: z.number(),
  requests: z.array(z.object({ query: z.string() })),
});

/** The lists that were asked for since the last look, by type of item, and whether of the whole library. */
async function lists() {
  const log = RequestsSchema.parse(await control('GET', 'requests?match=IncludeItemTypes'));
  await control('DELETE', 'requests');
  expect(log.maxInFlight).toBeLessThanOrEqual(1);
  const [library] = await db.rows<{ id: string }>(sql`select provider_id as id from libraries`);
  return log.requests.map(({ query }) => {
    const parameters = new URLSearchParams(query);
    const below = parameters.get('ParentId') === library?.id ? 'library' : 'series';
    return `${parameters.get('IncludeItemTypes')} of ${below}`;
  });
}

async function everything() {
  return { ...(await rowVersions(db)), libraries: await libraryVersions(), statistics: await statistics() };
}

function libraryVersions() {
  return db.rows(sql`select id, xmin::text, ctid::text from libraries order by id`);
}

function statistics() {
  return db.rows(sql`
    select relname, reltuples::text, xmin::text from pg_class
    where relname in ('titles', 'title_copies', 'seasons', 'episodes', 'episode_copies') order by relname`);
}

const SERVERS: [Dialect, string][] = [
  ['jellyfin', '10.8.13'],
  ['jellyfin', '10.10.7'],
  ['jellyfin', '12.0.0'],
  ['emby', '4.8.11'],
];

describe.each(SERVERS)('an incremental sync with %s %s', (dialect, version) => {
  it('of an unchanged library asks for one list and writes no row', async () => {
    const context = await start(dialect, version);
    expect(await syncSeries(context, {})).toMatchObject({ seriesAdded: 30, episodesAdded: 30 * EPISODES });
    expect((await lists()).length).toBeGreaterThan(10);
    const before = await everything();
    expect(await syncSeries(context, {})).toMatchObject({
      libraries: 1,
      seriesSeen: 30,
      seriesUpdated: 0,
      episodesSeen: 0,
      seriesRemoved: 0,
    });
    expect(await lists()).toEqual(['Series of library']);
    expect(await everything()).toEqual(before);
  });

  it('reads the episodes of a changed series alone, for what was added, changed and removed', async () => {
    const context = await start(dialect, version);
    await syncSeries(context, {});
    await control('POST', 'catalog', {
      change: [
        { title: 'Show 3', set: { overview: 'Second.', seasons: [10, 10, 10, 12] } },
        { title: 'Show 4', set: { seasons: [10, 10, 10, 8] } },
      ],
    });
    await lists();
    expect(await syncSeries(context, {})).toMatchObject({
      seriesSeen: 30,
      seriesUpdated: 1,
      episodesSeen: 2 * EPISODES,
      episodesAdded: 2,
      episodesRemoved: 2,
    });
    expect((await lists()).toSorted()).toEqual([
      'Episode of series',
      'Episode of series',
      'Season of series',
      'Season of series',
      'Series of library',
    ]);
    const before = await everything();
    await syncSeries(context, {});
    expect(await lists()).toEqual(['Series of library']);
    expect(await everything()).toEqual(before);
  });

  it('finds series that came and went without reading the others', async () => {
    const context = await start(dialect, version);
    await syncSeries(context, {});
    await control('POST', 'catalog', {
      remove: [{ title: 'Show 7' }],
      add: [{ title: 'New Show', year: 2026, seasons: [6] }],
    });
    await lists();
    expect(await syncSeries(context, {})).toMatchObject({
      seriesAdded: 1,
      seriesRemoved: 1,
      episodesAdded: 6,
      episodesRemoved: EPISODES,
      episodesSeen: 6,
    });
    expect(await lists()).toEqual(['Series of library', 'Episode of series', 'Season of series']);
  });

  it('keeps titles and episodes when a rescan gives them new ids', async () => {
    const context = await start(dialect, version);
    await syncSeries(context, {});
    const ids = () => db.rows(sql`select id, title_id, slot, removed_at from episodes order by id`);
    const before = await ids();
    const change = CATALOG.map(({ title }) => ({ title, set: { path: `/moved/${title}` } }));
    await control('POST', 'catalog', { change });
    expect(await syncSeries(context, {})).toMatchObject({
      seriesAdded: 0,
      seriesRemoved: 0,
      episodesAdded: 0,
      episodesRemoved: 0,
    });
    expect(await ids()).toEqual(before);
  });
});

describe('everything is read', () => {
  const hasReadAll = async () => (await lists()).filter((list) => list === 'Episode of library').length > 0;

  it('a week after it last was, and when it is asked for', async () => {
    const context = await start('jellyfin', '12.0.0');
    await syncSeries(context, {});
    await lists();
    now = new Date(now.getTime() + 6 * DAY_MS);
    await syncSeries(context, {});
    expect(await hasReadAll()).toBe(false);
    now = new Date(now.getTime() + DAY_MS);
    await syncSeries(context, {});
    expect(await hasReadAll()).toBe(true);
    await syncSeries(context, {});
    expect(await hasReadAll()).toBe(false);
    await syncSeries(context, { full: true });
    expect(await hasReadAll()).toBe(true);
  });

  it('when the server is of another version, whose lists cannot be compared', async () => {
    const context = await start('jellyfin', '10.10.7');
    await syncSeries(context, {});
    await demo.close();
    const updated = await start('jellyfin', '12.0.0');
    await syncSeries(updated, {});
    expect(await hasReadAll()).toBe(true);
    await syncSeries(updated, {});
    expect(await hasReadAll()).toBe(false);
    expect(context.record.failures).toEqual([]);
  });

  it('again after a pass that broke off', async () => {
    const context = await start('jellyfin', '12.0.0');
    await control('POST', 'faults', {
      rules: [
        {
          match: 'StartIndex=297.*IncludeItemTypes=Episode|IncludeItemTypes=Episode.*StartIndex=297',
          kind: 'status',
          status: 400,
        },
      ],
    });
    await expect(syncSeries(context, {})).rejects.toMatchObject({ code: 'MEDIA_SERVER_BAD_ANSWER' });
    expect(context.record.failures).toHaveLength(1);
    await control('POST', 'faults', {});
    await lists();
    expect(await syncSeries(context, {})).toMatchObject({ seriesAdded: 0 });
    expect(await hasReadAll()).toBe(true);
    expect(await db.rows(sql`select count(*)::int as n from episodes`)).toEqual([{ n: 30 * EPISODES }]);
  });
});

describe('a limited sync', () => {
  it('saves at most that many series with their episodes and marks nothing removed', async () => {
    const context = await start('jellyfin', '12.0.0');
    expect(await syncSeries(context, { limit: 3 })).toMatchObject({
      seriesAdded: 3,
      episodesAdded: 3 * EPISODES,
      seriesRemoved: 0,
    });
    await syncSeries(context, {});
    const [before] = await db.rows(sql`select count(*)::int as n from titles where removed_at is null`);
    expect(before).toEqual({ n: 30 });
    await control('POST', 'catalog', {
      remove: [{ title: 'Show 7' }],
      change: [
        { title: 'Show 8', set: { seasons: [1] } },
        { title: 'Show 9', set: { overview: 'Second.' } },
      ],
    });
    expect(await syncSeries(context, { limit: 1 })).toMatchObject({ seriesRemoved: 0, episodesRemoved: 0 });
    expect(await syncSeries(context, {})).toMatchObject({
      seriesRemoved: 1,
      episodesRemoved: EPISODES + EPISODES - 1,
      seriesUpdated: 1,
    });
  });
});

describe('a dry run', () => {
  it('of a first sync writes no row and says what the real one then does', async () => {
    const context = await start('emby', '4.8.11');
    const said = await syncSeries(context, { dryRun: true });
    expect(await libraryVersions()).toEqual([]);
    expect(await db.rows(sql`select 1 from titles`)).toEqual([]);
    const lines = context.record.lines.map((line) => line.message);
    expect(lines).toContain('Would add: Show 0');
    expect(lines).toHaveLength(30);
    expect(await syncSeries(context, {})).toEqual(said);
  });

  it('says what would change and go, and takes nothing away from the real run', async () => {
    const context = await start('jellyfin', '12.0.0');
    await syncSeries(context, {});
    await control('POST', 'catalog', {
      remove: [{ title: 'Show 7' }],
      change: [{ title: 'Show 8', set: { overview: 'Second.', seasons: [12, 10, 10, 8] } }],
    });
    const before = await everything();
    const said = await syncSeries(context, { dryRun: true });
    expect(await everything()).toEqual(before);
    expect(context.record.lines.map((line) => line.message)).toEqual([
      'Would change: Show 8',
      'Would mark removed: Show 7',
    ]);
    expect(said).toMatchObject({ seriesUpdated: 1, seriesRemoved: 1, episodesAdded: 2, episodesRemoved: 42 });
    expect(await syncSeries(context, {})).toEqual(said);
  });

  it('refuses a large removal as the real run does', async () => {
    const context = await start('jellyfin', '12.0.0');
    await syncSeries(context, {});
    await control('POST', 'catalog', { remove: CATALOG.slice(0, 20).map(({ title }) => ({ title })) });
    expect(await syncSeries(context, { dryRun: true })).toMatchObject({ seriesRemoved: 0 });
    expect(context.record.failures).toMatchObject([{ item: 'Shows', error: { code: 'LARGE_REMOVAL' } }]);
    expect(await syncSeries(context, { dryRun: true, allowLargeRemoval: true })).toMatchObject({
      seriesRemoved: 20,
    });
    expect(await syncSeries(context, {})).toMatchObject({ seriesRemoved: 0 });
  });

  it('bounds its lines', async () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      catalogSeriesSchema.parse({ title: `Many ${index}`, seasons: [1] }),
    );
    const context = await start('jellyfin', '12.0.0');
    await control('POST', 'catalog', { add: many });
    expect(await syncSeries(context, { dryRun: true })).toMatchObject({ seriesAdded: 90 });
    expect(context.record.lines).toHaveLength(51);
    expect(context.record.lines.at(-1)?.message).toBe('Would add: more series, which are only counted.');
  });
});

describe('a disabled library', () => {
  it('has no candidates from that moment on, loses nothing, and comes back whole', async () => {
    const context = await start('jellyfin', '12.0.0');
    await syncSeries(context, {});
    const rows = () =>
      db.rows(sql`
        select t.id as title, e.id, e.slot, t.removed_at is null and e.removed_at is null as here
        from titles t join episodes e on e.title_id = t.id order by e.id`);
    const before = await rows();
    const enable = (enabled: boolean) => db.rows(sql`update libraries set enabled = ${enabled}`);

    await enable(false);
    expect(await candidateTitles(db)).toEqual([]);
    await enable(true);
    expect(await candidateTitles(db)).toHaveLength(30);

    await enable(false);
    expect(await syncSeries(context, {})).toMatchObject({ libraries: 0, seriesRemoved: 30 });
    expect((await rows()).map((row) => ({ ...row, here: true }))).toEqual(before);
    await enable(true);
    expect(await syncSeries(context, {})).toMatchObject({ seriesAdded: 0, episodesAdded: 0 });
    expect(await rows()).toEqual(before);
    expect(await candidateTitles(db)).toHaveLength(30);
  });
});
