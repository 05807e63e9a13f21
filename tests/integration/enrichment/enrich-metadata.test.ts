import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EnrichMetadataInput, enrichMetadata } from '../../../src/enrichment/enrich-metadata.ts';
import { enrichedTitles } from '../../../src/enrichment/enriched-titles.repo.ts';
import type { MetadataSource } from '../../../src/enrichment/metadata-source.ts';
import { createTmdbSource } from '../../../src/enrichment/tmdb.ts';
import { createTvmazeSource } from '../../../src/enrichment/tvmaze.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { domainWrites } from '../../support/domain-writes.ts';
import { malformed } from '../../support/malformed-answers.ts';
import {
  type MetadataServer,
  type PublicSeries,
  startMetadataServer,
  TEST_HTTP,
  TMDB_KEY,
  tmdbError,
  tmdbSeries,
  tvmazeShow,
  wideBucket,
} from '../../support/metadata-server.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const START = new Date('2026-11-20T12:00:00Z');
const DAY_MS = 86_400_000;
const CATALOG: readonly PublicSeries[] = [
  { id: 1, name: 'Alpha', year: 2001, keywords: ['desert', 'Tagged'], networks: ['AMC'], votes: 900 },
  { id: 2, name: 'Beta', year: 2002, tvdbId: 22, networks: [], votes: 50 },
  { id: 3, name: 'Gamma', year: 2003, imdbId: 'tt0000003' },
];

let db: TestDatabase;
let server: MetadataServer;

beforeEach(async () => {
  db = await createTestDatabase();
  server = await startMetadataServer(CATALOG);
  await db.rows(sql`
    insert into titles (id, name, sort_name, match_name, year, tvdb_id, tmdb_id, imdb_id, keywords, content_hash)
    overriding system value values
      (1, 'Alpha', 'alpha', 'alpha', 2001, null, '1', null, '{tagged}', 'h'),
      (2, 'Beta', 'beta', 'beta', 2002, '22', null, null, '{}', 'h'),
      (3, 'Gamma', 'gamma', 'gamma', 2003, null, null, 'tt0000003', '{}', 'h'),
      (4, 'Nobody knows it', 'nobody', 'nobody', 2004, null, null, null, '{}', 'h')`);
  await db.rows(sql`select setval(pg_get_serial_sequence('titles', 'id'), 10)`);
});
afterEach(async () => {
  await db.close();
  await server.close();
});

const bounds = () => ({ bucket: wideBucket(), http: TEST_HTTP });
const tmdb = () => createTmdbSource({ apiKey: TMDB_KEY, baseUrl: `${server.url}/3`, ...bounds() });
const tvmaze = () => createTvmazeSource({ baseUrl: server.url, ...bounds() });

function prepared(
  sources: readonly MetadataSource[],
  { days = 0, requestsPerRun = 1_000, signal = new AbortController().signal } = {},
) {
  const now = new Date(START.getTime() + days * DAY_MS);
  return testContext(db, { metadata: { sources, maxAgeDays: 30, requestsPerRun }, signal }, () => now);
}

const run = (context: ReturnType<typeof prepared>, input: EnrichMetadataInput = {}) =>
  enrichMetadata(context, input);
const stored = () =>
  db.rows<Record<string, unknown>>(sql`
    select title_id as id, source, outcome, source_id, matched_by, confidence, failures, keywords, networks,
      vote_count as votes, fetched_at is not null as fetched
    from title_metadata order by title_id, source desc`);

describe('enrich-metadata', () => {
  it('stores what a source knows of each title, and that it knows nothing', async () => {
    const context = prepared([tmdb()]);
    expect(await run(context)).toEqual({
      titles: 4,
      found: 3,
      notFound: 1,
      failed: 0,
      changed: 3,
      textsChanged: 3,
      expired: 0,
      requests: server.requests.length,
      remaining: 0,
    });
    expect(await stored()).toMatchObject([
      {
        id: 1,
        outcome: 'FOUND',
        source_id: '1',
        matched_by: 'TMDB_ID',
        confidence: 1,
        votes: 900,
        fetched: true,
      },
      { id: 2, matched_by: 'TVDB_ID', networks: [] },
      { id: 3, matched_by: 'IMDB_ID', keywords: ['desert'] },
      { id: 4, outcome: 'NOT_FOUND', source_id: null, confidence: null, fetched: false },
    ]);
    expect(context.record.failures).toEqual([]);
    expect(context.record.steps.at(-1)).toMatchObject({ name: 'Look up', total: 4, done: 4 });
  });

  it('asks nothing again before its time, then finds nothing changed', async () => {
    await run(prepared([tmdb()]));
    const asked = server.requests.length;
    expect(await run(prepared([tmdb()], { days: 29 }))).toMatchObject({
      found: 0,
      requests: 0,
      remaining: 0,
    });
    expect(server.requests.length).toBe(asked);
    expect(await run(prepared([tmdb()], { days: 30 }))).toMatchObject({
      found: 3,
      notFound: 1,
      changed: 0,
      textsChanged: 0,
    });
    expect(await run(prepared([tmdb()], { days: 30 }), { force: true })).toMatchObject({ found: 3 });
  });

  it('looks a title up again at once when its name, year or ids change', async () => {
    await run(prepared([tmdb()]));
    await db.rows(sql`update titles set name = 'Alpha', year = 2001 where id = 4`);
    expect(await run(prepared([tmdb()], { days: 1 }))).toMatchObject({ found: 1, notFound: 0, changed: 1 });
    expect((await stored())[3]).toMatchObject({ id: 4, matched_by: 'TITLE_AND_YEAR', confidence: 1 });
  });

  it('tells votes that moved from texts that have to be embedded again', async () => {
    await run(prepared([tmdb()]));
    const [alpha] = CATALOG;
    if (!alpha) throw new Error('The catalog is empty.');
    server.instead(({ path }) =>
      path === '/3/tv/1' ? { body: tmdbSeries({ ...alpha, votes: 950 }) } : undefined,
    );
    expect(await run(prepared([tmdb()], { days: 31 }))).toMatchObject({ changed: 1, textsChanged: 0 });
    server.instead(({ path }) =>
      path === '/3/tv/1' ? { body: tmdbSeries({ ...alpha, votes: 950, keywords: ['sea'] }) } : undefined,
    );
    expect(await run(prepared([tmdb()], { days: 62 }))).toMatchObject({ changed: 1, textsChanged: 1 });
  });

  it('asks TVmaze where TMDb knows nothing or not all, and nothing else', async () => {
    expect(await run(prepared([tmdb(), tvmaze()]))).toMatchObject({ found: 3, notFound: 1 });
    const rows = await stored();
    expect(rows.filter(({ source }) => source === 'TVMAZE')).toMatchObject([
      { id: 2, outcome: 'FOUND' },
      { id: 4, outcome: 'NOT_FOUND' },
    ]);
    const asked = server.requests.length;
    expect(await run(prepared([tmdb(), tvmaze()], { days: 1 }))).toMatchObject({ requests: 0 });
    expect(server.requests.length).toBe(asked);
  });

  it('works with TVmaze alone', async () => {
    expect(await run(prepared([tvmaze()]))).toMatchObject({ found: 3, notFound: 1 });
    expect((await stored())[0]).toMatchObject({ source: 'TVMAZE', votes: null, networks: ['AMC'] });
  });

  it('does nothing, asks nobody and says so when no source is enabled', async () => {
    const context = prepared([]);
    expect(Object.values(await run(context)).every((count) => count === 0)).toBe(true);
    expect(context.record.lines).toMatchObject([
      { level: 'info', message: expect.stringMatching(/^No public catalog is enabled.*TMDB_API_KEY/) },
    ]);
    expect(server.requests).toEqual([]);
  });

  it('stores nothing in a dry run and counts what a run would', async () => {
    const before = await domainWrites(db);
    const dry = prepared([tmdb(), tvmaze()]);
    const planned = await run(dry, { dryRun: true });
    expect(await domainWrites(db)).toEqual(before);
    expect(dry.record.lines.map(({ message }) => message)).toContain(
      'Would store what is told of Alpha: TMDB 1 (confidence 1.00).',
    );
    expect(planned).toEqual(await run(prepared([tmdb(), tvmaze()])));
  });

  it('takes only the titles or as many as it is told, due or not', async () => {
    expect(await run(prepared([tmdb()]), { limit: 1 })).toMatchObject({ titles: 4, found: 1, remaining: 3 });
    expect(await run(prepared([tmdb()]), { titleIds: [1, 3, 1] })).toMatchObject({ titles: 2, found: 2 });
    await expect(run(prepared([tmdb()]), { titleIds: [99] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'titleIds',
      value: '99',
    });
  });

  it('begins no further title when the requests of a run are spent, and goes on in the next run', async () => {
    await db.rows(sql`
      insert into titles (name, sort_name, match_name, content_hash)
      select 'More ' || i, 'more', 'more', 'h' from generate_series(1, 30) i`);
    const first = prepared([tmdb()], { requestsPerRun: 5 });
    const counts = await run(first);
    expect(counts.remaining).toBe(26);
    expect(first.record.lines.at(-1)?.message).toMatch(/requests of a run are spent; the next one goes on/);
    expect(await run(prepared([tmdb()]))).toMatchObject({ remaining: 0, notFound: 26 });
  });

  it('leaves a source alone at once that refuses the key, says once what to do, and begins with it next time', async () => {
    server.instead(() => tmdbError(401, 7, 'Invalid API key: You must be granted a valid key.'));
    const context = prepared([tmdb()]);
    const counts = await run(context);
    expect(counts).toMatchObject({ found: 0, notFound: 0, failed: 0, remaining: 4 });
    expect(counts.requests).toBeLessThanOrEqual(4);
    expect(context.record.failures).toMatchObject([
      { item: 'TMDb', error: { code: 'PROVIDER_REFUSED', field: 'TMDB_API_KEY' } },
    ]);
    expect(await stored()).toEqual([]);
    server.instead(() => undefined);
    expect(await run(prepared([tmdb()]))).toMatchObject({ found: 3, remaining: 0 });
  });

  it('asks the other source where one refuses its key', async () => {
    server.instead(({ path }) => (path.startsWith('/3/') ? tmdbError(401, 7, 'Invalid key.') : undefined));
    const context = prepared([tmdb(), tvmaze()]);
    expect((await run(context)).found).toBe(3);
    expect(new Set((await stored()).map(({ source }) => source))).toEqual(new Set(['TVMAZE']));
    expect(context.record.failures).toHaveLength(1);
  });

  it('lets one title fail alone, and tries it again later and later', async () => {
    server.instead(({ path }) => (path === '/3/tv/1' ? { body: '<html>' } : undefined));
    const context = prepared([tmdb()]);
    expect(await run(context)).toMatchObject({ found: 2, notFound: 1, failed: 1, remaining: 0 });
    expect(context.record.failures).toMatchObject([
      { item: 'Alpha', error: { code: 'PROVIDER_BAD_ANSWER' }, target: { kind: 'title', id: 1 } },
    ]);
    expect((await stored())[0]).toMatchObject({ outcome: 'FAILED', failures: 1, fetched: false });
    expect(await run(prepared([tmdb()], { days: 0.2 }))).toMatchObject({ failed: 0, requests: 0 });
    expect(await run(prepared([tmdb()], { days: 0.25 }))).toMatchObject({ failed: 1 });
    expect((await stored())[0]).toMatchObject({ failures: 2 });
    expect(await run(prepared([tmdb()], { days: 0.5 }))).toMatchObject({ failed: 0, requests: 0 });
    server.instead(() => undefined);
    expect(await run(prepared([tmdb()], { days: 0.8 }))).toMatchObject({ found: 1, failed: 0 });
    expect((await stored())[0]).toMatchObject({ outcome: 'FOUND', failures: 0 });
  });

  it('keeps what it knows of a title while its look-up fails, and clears it when the title is gone there', async () => {
    await run(prepared([tmdb()]));
    server.instead(() => ({ status: 500, body: '' }));
    expect(await run(prepared([tmdb()], { days: 31 }))).toMatchObject({ failed: 4, changed: 0 });
    expect((await stored())[0]).toMatchObject({ outcome: 'FAILED', votes: 900, fetched: true });
    server.instead(({ path }) =>
      path.startsWith('/3/tv/') ? { status: 404 } : { body: { results: [], tv_results: [] } },
    );
    expect(await run(prepared([tmdb()], { days: 40 }))).toMatchObject({ notFound: 4, changed: 3 });
    expect((await stored())[0]).toMatchObject({
      outcome: 'NOT_FOUND',
      votes: null,
      keywords: [],
      fetched: false,
    });
  });

  it('keeps nothing for longer than 180 days, also when the source is no longer asked', async () => {
    await run(prepared([tmdb()]));
    expect(await run(prepared([], { days: 179 }))).toMatchObject({ expired: 0 });
    expect(await run(prepared([], { days: 181 }), { dryRun: true })).toMatchObject({ expired: 3 });
    expect((await enrichedTitles(db))[0]?.votes).toBe(900);
    expect(await run(prepared([], { days: 181 }))).toMatchObject({ expired: 3 });
    expect((await enrichedTitles(db))[0]?.votes).toBeNull();
    expect(await run(prepared([tmdb()], { days: 181 }))).toMatchObject({ found: 3, changed: 3, expired: 0 });
  });

  it('leaves a source alone that has stopped answering, and goes on with the other one', async () => {
    await db.rows(sql`
      insert into titles (name, year, sort_name, match_name, content_hash)
      select 'Gamma', 2003, 'more', 'more', 'h' from generate_series(1, 40) i`);
    server.instead(({ path }) => (path.startsWith('/3/') ? { status: 503, body: '' } : undefined));
    const context = prepared([tmdb(), tvmaze()]);
    const counts = await run(context);
    expect(counts.found).toBe(43);
    expect(counts.failed).toBeGreaterThanOrEqual(5);
    expect(counts.failed).toBeLessThanOrEqual(12);
    expect(counts.remaining).toBe(44 - (counts.failed ?? 0));
    expect(context.record.lines).toMatchObject([
      {
        level: 'error',
        message: expect.stringMatching(/^TMDb is left alone for the rest of this run: TMDb did not/),
      },
    ]);
    const alone = prepared([tmdb()], { days: 1 });
    expect((await run(alone)).remaining).toBeGreaterThan(20);
    server.instead(() => undefined);
    expect(await run(prepared([tmdb()], { days: 3 }))).toMatchObject({ remaining: 0, failed: 0 });
  });

  it('can be cancelled in the middle and goes on where it stopped', async () => {
    await db.rows(sql`
      insert into titles (name, year, sort_name, match_name, content_hash)
      select 'Gamma', 2003, 'more', 'more', 'h' from generate_series(1, 20) i`);
    const controller = new AbortController();
    server.instead((_request, count) => {
      if (count === 40) controller.abort(new Error('cancelled'));
      return undefined;
    });
    await expect(run(prepared([tmdb()], { signal: controller.signal }))).rejects.toThrow('cancelled');
    const kept = (await stored()).length;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(24);
    server.instead(() => undefined);
    const counts = await run(prepared([tmdb()]));
    expect((counts.found ?? 0) + (counts.notFound ?? 0)).toBe(24 - kept);
  });

  it('withstands answers that are malformed in any way', async () => {
    const random = seededRandom(20_261_121);
    const [series] = CATALOG;
    if (!series) throw new Error('The catalog is empty.');
    const whole = (path: string) => {
      if (path.startsWith('/3/tv/')) return tmdbSeries(series);
      if (path.startsWith('/3/')) return { results: [tmdbSeries(series)], tv_results: [tmdbSeries(series)] };
      return path === '/search/shows' ? [{ score: 1, show: tvmazeShow(series) }] : tvmazeShow(series);
    };
    server.instead(({ path }) => ({ body: malformed(random, whole(path)) ?? 'null' }));
    for (let round = 0; round < 60; round += 1) {
      const context = prepared([tmdb(), tvmaze()], { days: round });
      const counts = await run(context, { force: true });
      expect(counts.titles).toBe(4);
      for (const { error } of context.record.failures)
        expect(error).toMatchObject({ code: 'PROVIDER_BAD_ANSWER' });
    }
    expect(await enrichedTitles(db)).toHaveLength(4);
  });
});

describe('enriched titles', () => {
  it('are what the media server knows with what the sources add', async () => {
    await run(prepared([tmdb(), tvmaze()]));
    expect(await enrichedTitles(db)).toMatchObject([
      {
        id: 1,
        keywords: ['tagged', 'desert'],
        networks: ['AMC'],
        status: 'ENDED',
        votes: 900,
        voteAverage: 8.4,
      },
      { id: 2, genres: ['Drama'], votes: 50, popularity: 0 },
      { id: 3, votes: 100 },
      { id: 4, votes: null, voteAverage: null, popularity: null, status: null },
    ]);
  });

  it('rank popularity among the titles of one source, whose scale nobody else shares', async () => {
    await db.rows(sql`
      insert into title_metadata (title_id, source, outcome, attempted_at, identity_hash, fetched_at, popularity) values
        (1, 'TMDB', 'FOUND', now(), 'h', now(), 10), (2, 'TMDB', 'FOUND', now(), 'h', now(), 2000),
        (3, 'TMDB', 'FOUND', now(), 'h', now(), null), (3, 'TVMAZE', 'FOUND', now(), 'h', now(), 99),
        (4, 'TVMAZE', 'FOUND', now(), 'h', now(), 100)`);
    expect((await enrichedTitles(db)).map(({ popularity }) => popularity)).toEqual([0, 1, 0, 1]);
  });
});
