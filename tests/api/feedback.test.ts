import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobEngine } from '../../src/jobs/job-engine.ts';
import { JOBS } from '../../src/jobs/job-list.ts';
import { at, caller, createApi, gid } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { noServices, startEngine } from '../support/engine.ts';
import { seedCatalog } from '../support/seed-catalog.ts';

const FEEDBACK = 'feedback(userId: $userId) { rating dismissedAt snoozedUntil updatedAt series { name } }';
const RESULT = `__typename ... on FeedbackTaken { newPicksAsked series { name } } ... on Failure { code message path remedy }`;
const RATE = `mutation ($userId: ID, $seriesId: ID!, $rating: Int) {
  rateSeries(userId: $userId, seriesId: $seriesId, rating: $rating) { ${RESULT} } }`;
const SNOOZE = `mutation ($userId: ID, $seriesId: ID!, $until: DateTime!) {
  snoozeSeries(userId: $userId, seriesId: $seriesId, until: $until) { ${RESULT} } }`;
const simple = (name: string) =>
  `mutation ($userId: ID, $seriesId: ID!) { ${name}(userId: $userId, seriesId: $seriesId) { ${RESULT} } }`;
const READ = `query ($seriesId: ID!, $userId: ID!) { node(id: $seriesId) { ... on Series { ${FEEDBACK} } } }`;

const anna = gid('User', 1);
const ben = gid('User', 2);
const seriesId = gid('Series', 3);
const [own, foreign, unbound] = [caller('VIEWER', 1), caller('VIEWER', 2), caller('VIEWER')];

let db: TestDatabase;
let engine: JobEngine;
let api: ReturnType<typeof createApi>;
/** The job without its prerequisites, which a seeded catalog cannot show. */
const ready = JOBS.map((job) =>
  job.name === 'generate-series-recommendations' ? { ...job, prerequisites: [], outdatedBy: {} } : job,
);

beforeAll(async () => {
  db = await createTestDatabase();
  await seedCatalog(db);
  // The seed names its own ids.
  await db.rows(sql`alter table recommendation_sets alter column id restart with 100`);
  engine = await startEngine(db, ready, { isWorker: false });
  api = createApi(db, engine, noServices);
});
beforeEach(() => db.rows(sql`truncate workflow_runs, job_runs cascade`));
afterEach(() => db.rows(sql`truncate feedback`));
afterAll(async () => {
  await engine.stop(0);
  await db.close();
});

const runs = () =>
  db.rows<{ params: unknown; state: string }>(
    sql`select params, state from job_runs where job = 'generate-series-recommendations' order by queued_at, id`,
  );

describe('feedback', () => {
  it('is given, read and taken back', async () => {
    const until = '2026-12-24T00:00:00.000Z';
    expect((await api.query(RATE, { userId: anna, seriesId, rating: 8 })).data?.rateSeries).toEqual({
      __typename: 'FeedbackTaken',
      newPicksAsked: true,
      series: { name: 'Show 03' },
    });
    await api.query(simple('dismissSeries'), { userId: anna, seriesId });
    await api.query(SNOOZE, { userId: anna, seriesId, until });
    expect((await api.query(READ, { userId: anna, seriesId })).data?.node).toEqual({
      feedback: {
        rating: 8,
        dismissedAt: '2026-11-20T12:00:00.000Z',
        snoozedUntil: until,
        updatedAt: '2026-11-20T12:00:00.000Z',
        series: { name: 'Show 03' },
      },
    });
    await api.query(simple('undismissSeries'), { userId: anna, seriesId });
    await api.query(simple('unsnoozeSeries'), { userId: anna, seriesId });
    await api.query(RATE, { userId: anna, seriesId });
    expect((await api.query(READ, { userId: anna, seriesId })).data?.node).toEqual({ feedback: null });
  });

  it('is the caller’s own where no user is named, and needs one for a key of nobody', async () => {
    await api.query(RATE, { seriesId, rating: 3 }, own);
    expect(
      at((await api.query(READ, { userId: anna, seriesId }, own)).data, 'node', 'feedback', 'rating'),
    ).toBe(3);
    expect((await api.query(RATE, { seriesId, rating: 3 })).data?.rateSeries).toMatchObject({
      __typename: 'BadInputError',
      path: ['userId'],
    });
    expect((await api.query(RATE, { seriesId, rating: 3 }, unbound)).data?.rateSeries).toMatchObject({
      __typename: 'BadInputError',
    });
  });

  it('of others is closed to a VIEWER, to read and to give', async () => {
    await api.query(RATE, { userId: anna, seriesId, rating: 8 });
    const asked = [
      api.query(READ, { userId: anna, seriesId }, foreign),
      api.query(RATE, { userId: anna, seriesId, rating: 1 }, foreign),
      api.query(simple('dismissSeries'), { userId: anna, seriesId }, foreign),
      api.query(simple('undismissSeries'), { userId: anna, seriesId }, unbound),
      api.query(SNOOZE, { userId: anna, seriesId, until: '2027-01-01T00:00:00Z' }, foreign),
      api.query(simple('unsnoozeSeries'), { userId: anna, seriesId }, foreign),
      api.query(
        'mutation ($userId: ID) { setHistorySharing(userId: $userId, shared: false) { __typename } }',
        { userId: anna },
        foreign,
      ),
    ];
    for (const { errors } of await Promise.all(asked))
      expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    expect(await db.rows(sql`select user_id, rating from feedback`)).toEqual([{ user_id: 1, rating: 8 }]);
    const operator = await api.query(RATE, { userId: ben, seriesId, rating: 2 }, caller('OPERATOR'));
    expect(operator.data?.rateSeries).toMatchObject({ __typename: 'FeedbackTaken' });
  });

  it('is listed with its user, the latest first, a page at a time', async () => {
    for (const id of [1, 2, 3, 4, 5])
      await db.rows(sql`
        insert into feedback (user_id, title_id, rating, updated_at)
        values (1, ${id}, ${id}, '2026-01-01Z'::timestamptz + make_interval(days => ${id === 5 ? 4 : id}))`);
    const PAGE = `query ($id: ID!, $after: String) { user(id: $id) { feedback(first: 3, after: $after) {
      totalCount nodes { rating series { name } } pageInfo { hasNextPage endCursor } } } }`;
    const first = await api.query(PAGE, { id: anna });
    expect(at(first.data, 'user', 'feedback', 'totalCount')).toBe(5);
    expect(at(first.data, 'user', 'feedback', 'nodes')).toMatchObject([
      { rating: 5 },
      { rating: 4 },
      { rating: 3 },
    ]);
    const after = at(first.data, 'user', 'feedback', 'pageInfo', 'endCursor');
    const second = await api.query(PAGE, { id: anna, after });
    expect(at(second.data, 'user', 'feedback', 'nodes')).toMatchObject([{ rating: 2 }, { rating: 1 }]);
    expect(first.statements).toBe(1);
  });

  it.each([
    [RATE, { rating: 0 }, 'BadInputError', ['rating']],
    [RATE, { rating: 11 }, 'BadInputError', ['rating']],
    [RATE, { rating: 5, seriesId: gid('Series', 9_999) }, 'NotFoundError', ['seriesId']],
    [RATE, { rating: 5, userId: gid('User', 9_999) }, 'NotFoundError', ['userId']],
    [RATE, { rating: 5, seriesId: 'nonsense' }, 'BadInputError', ['seriesId']],
    [RATE, { rating: 5, seriesId: gid('User', 1) }, 'BadInputError', ['seriesId']],
    [SNOOZE, { until: '2020-01-01T00:00:00Z' }, 'BadInputError', ['until']],
    [SNOOZE, { until: '2099-01-01T00:00:00Z' }, 'BadInputError', ['until']],
  ])('refuses what cannot be: %#', async (mutation, bad, type, path) => {
    const { data } = await api.query(mutation, { userId: anna, seriesId, ...bad });
    expect(Object.values(data ?? {})[0]).toMatchObject({
      __typename: type,
      path,
      remedy: expect.any(String),
    });
    expect(await runs()).toEqual([]);
  });
});

describe('new picks', () => {
  it('are asked for once by what changes something, and by nothing else', async () => {
    await api.query(RATE, { userId: anna, seriesId, rating: 8 });
    const again = await api.query(RATE, { userId: anna, seriesId, rating: 8 });
    expect(again.data?.rateSeries).toMatchObject({ newPicksAsked: false });
    await api.query(simple('dismissSeries'), { userId: anna, seriesId });
    expect(await runs()).toMatchObject([{ params: { userIds: [1] }, state: 'QUEUED' }]);
  });

  it('are asked for once more while a run that may have read the old state is under way', async () => {
    await api.query(RATE, { userId: anna, seriesId, rating: 8 });
    await db.rows(sql`update job_runs set state = 'RUNNING'`);
    for (const rating of [1, 2, 3]) await api.query(RATE, { userId: anna, seriesId, rating });
    expect(await runs()).toMatchObject([
      { state: 'RUNNING' },
      { params: { userIds: [1], force: true }, state: 'QUEUED' },
    ]);
  });

  it('wait for the next regular run where nothing can be picked yet', async () => {
    const real = await startEngine(db, JOBS, { isWorker: false });
    const { data } = await createApi(db, real, noServices).query(RATE, { userId: anna, seriesId, rating: 8 });
    await real.stop(0);
    expect(data?.rateSeries).toMatchObject({ __typename: 'FeedbackTaken', newPicksAsked: false });
    expect(await db.rows(sql`select rating from feedback`)).toEqual([{ rating: 8 }]);
  });

  it('no longer hold a series that was dismissed', async () => {
    const worker = await startEngine(db, ready);
    const working = createApi(db, worker, noServices);
    const PICKS = `query ($id: ID!) { user(id: $id) { recommendations { picks(first: 100) { series { id } } } } }`;
    const picks = async () => JSON.stringify((await working.query(PICKS, { id: anna })).data);
    try {
      await working.query(RATE, { userId: anna, seriesId: gid('Series', 1), rating: 9 });
      await vi.waitFor(async () => expect(await runs()).toMatchObject([{ state: 'SUCCEEDED' }]), 30_000);
      const [first] = await db.rows<{ id: number }>(sql`
        select p.title_id as id from picks p join recommendation_sets s on s.id = p.set_id
        where s.user_id = 1 and s.is_current order by p.rank limit 1`);
      const unwanted = gid('Series', first?.id ?? 0);
      expect(await picks()).toContain(unwanted);
      await working.query(simple('dismissSeries'), { userId: anna, seriesId: unwanted });
      await vi.waitFor(async () => expect(await picks()).not.toContain(unwanted), 30_000);
    } finally {
      await worker.stop(5_000);
    }
  });
});

describe('settings', () => {
  it('of a user tell whether the history is shared, which its owner decides', async () => {
    const SHARE = `mutation ($shared: Boolean!) { setHistorySharing(shared: $shared) {
      ... on HistorySharingSet { user { name historyShared } } } }`;
    expect((await api.query(SHARE, { shared: false }, own)).data?.setHistorySharing).toEqual({
      user: { name: 'anna', historyShared: false },
    });
    await api.query(SHARE, { shared: true }, own);
    expect(
      at((await api.query(`{ user(id: "${anna}") { historyShared } }`)).data, 'user', 'historyShared'),
    ).toBe(true);
  });

  it('of the selection are shown to operators', async () => {
    const document =
      '{ recommendationSettings { count diversity genreShare networkShare exposureHalfLifeWeeks rewatchAfterMonths rewatchPicks collaborative } }';
    expect((await api.query(document, {}, caller('OPERATOR'))).data?.recommendationSettings).toEqual({
      count: 20,
      diversity: 0.3,
      genreShare: 0.7,
      networkShare: 0.4,
      exposureHalfLifeWeeks: 4,
      rewatchAfterMonths: 12,
      rewatchPicks: 2,
      collaborative: true,
    });
    expect((await api.query(document, {}, own)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });
});
