import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateSeriesEmbeddings } from '../../../src/embeddings/generate-series-embeddings.ts';
import { createOfflineEmbedder } from '../../../src/embeddings/offline-embedder.ts';
import type { Database } from '../../../src/platform/database.ts';
import {
  type GenerateSeriesRecommendationsInput,
  generateSeriesRecommendations,
} from '../../../src/recommendations/generate-series-recommendations.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';

let db: Database;

beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.close());

/** Forty series: odd ones crime, even ones baking; the first ten have ended. */
async function addTitles(): Promise<void> {
  await db.rows(sql`
    insert into titles (id, name, sort_name, match_name, year, status, overview, genres, keywords, community_rating, content_hash)
    overriding system value
    select i, 'Series ' || i, 's' || i, 's' || i, 1990 + i, case when i <= 10 then 'ENDED' else 'CONTINUING' end,
      case when i % 2 = 1 then 'A detective hunts killer ' || i else 'Bakers bake cake ' || i end,
      case when i % 2 = 1 then array['Crime'] else array['Reality'] end,
      case when i % 2 = 1 then array['murder'] else array['baking'] end, 5 + i % 5, 'h'
    from generate_series(1, 40) i`);
}

async function addUsers(...names: string[]): Promise<void> {
  for (const [index, name] of names.entries()) {
    await db.rows(sql`
      insert into media_users (id, provider_id, name, recommendations_enabled, folder) overriding system value
      values (${index + 1}, ${`p-${name}`}, ${name}, true, ${name})`);
  }
}

async function addState(
  userId: number,
  titleId: number,
  state: string,
  lastPlayed = '2026-11-01',
): Promise<void> {
  await db.rows(sql`
    insert into series_states (user_id, title_id, state, watched_count, aired_count, last_played_at)
    values (${userId}, ${titleId}, ${state}, 5, 10, ${lastPlayed}::timestamptz)`);
}

function run(input: GenerateSeriesRecommendationsInput = {}) {
  const context = testContext(db, {});
  return { context, counts: generateSeriesRecommendations(context, input) };
}

async function picksOf(userId: number) {
  return db.rows<{
    rank: number;
    title_id: number;
    score: number;
    parts: { contribution: number }[];
    is_rewatch: boolean;
    explanation: string | null;
  }>(sql`
    select p.rank, p.title_id, p.score, p.parts, p.is_rewatch, p.explanation
    from picks p join recommendation_sets s on s.id = p.set_id
    where s.user_id = ${userId} and s.is_current order by p.rank`);
}

describe('generateSeriesRecommendations', () => {
  it('names picks in a dry run and stores none, with the counts of the real run', async () => {
    await addTitles();
    await addUsers('anna');
    await addState(1, 1, 'COMPLETED');
    const dry = run({ count: 5, dryRun: true });
    const told = await dry.counts;
    expect(await db.rows(sql`select 1 from recommendation_sets`)).toEqual([]);
    expect(dry.context.record.lines.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Would pick \d series for anna: Series /),
    ]);
    expect(await run({ count: 5 }).counts).toEqual(told);
  });

  it('stores ranked picks whose parts sum to their scores', async () => {
    await addTitles();
    await addUsers('anna', 'ben');
    await addState(1, 1, 'COMPLETED');
    await addState(1, 3, 'IN_PROGRESS');
    await addState(2, 2, 'CAUGHT_UP');
    const { context, counts } = run({ count: 5 });
    expect(await counts).toMatchObject({
      users: 2,
      sets: 2,
      unchanged: 0,
      failed: 0,
      picks: 10,
      candidates: 77,
    });
    expect(context.record.steps.at(-1)).toMatchObject({ name: 'Pick', done: 2, total: 2 });
    const picks = await picksOf(1);
    expect(picks.map((pick) => pick.rank)).toEqual([1, 2, 3, 4, 5]);
    for (const pick of picks) {
      expect(pick.parts.reduce((sum, part) => sum + part.contribution, 0)).toBe(pick.score);
      expect([1, 3]).not.toContain(pick.title_id);
    }
  });

  it.each([false, true])('finds a taste, with embeddings: %s', async (withEmbeddings) => {
    await addTitles();
    await addUsers('anna');
    for (const id of [1, 3, 5, 7, 9, 11]) await addState(1, id, 'COMPLETED');
    if (withEmbeddings)
      await generateSeriesEmbeddings(testContext(db, { embedder: createOfflineEmbedder() }));
    await run({ count: 6 }).counts;
    const picks = await picksOf(1);
    expect(picks.filter((pick) => pick.title_id % 2 === 1).length).toBeGreaterThanOrEqual(4);
    expect(picks.some((pick) => pick.explanation?.startsWith('Because you watched'))).toBe(true);
  });

  it('makes no new set while nothing changed, and one when told to or when a history changed', async () => {
    await addTitles();
    await addUsers('anna');
    expect(await run().counts).toMatchObject({ sets: 1 });
    expect(await run().counts).toMatchObject({ sets: 0, unchanged: 1 });
    expect(await run({ force: true }).counts).toMatchObject({ sets: 1 });
    await addState(1, 1, 'IN_PROGRESS');
    expect(await run().counts).toMatchObject({ sets: 1, unchanged: 0 });
    expect(await run({ count: 3 }).counts).toMatchObject({ sets: 1, picks: 3 });
  });

  it('keeps one current set and the newest five, the first of the week among or beside them', async () => {
    await addTitles();
    await addUsers('anna');
    for (let time = 0; time < 7; time += 1) await run({ force: true, count: 2 }).counts;
    const sets = await db.rows<{ current: number; all: number; newest: boolean }>(sql`
      select count(*) filter (where is_current)::int as current, count(*)::int as all,
        (select is_current from recommendation_sets order by id desc limit 1) as newest from recommendation_sets`);
    expect(sets).toEqual([{ current: 1, all: 6, newest: true }]);
  });

  it('keeps the first set of each of the last 26 weeks', async () => {
    await addTitles();
    await addUsers('anna');
    for (let day = 0; day < 30 * 7; day += 3.5) {
      const now = () => new Date(Date.UTC(2026, 0, 5) + day * 86_400_000);
      await generateSeriesRecommendations(testContext(db, {}, now), { force: true, count: 1 });
    }
    const sets = await db.rows<{ week: string; sets: number; monday: boolean }>(sql`
      select date_trunc('week', generated_at at time zone 'UTC')::date::text as week, count(*)::int as sets,
        bool_or(extract(isodow from generated_at at time zone 'UTC') = 1) as monday
      from recommendation_sets group by 1 order by 1`);
    expect(sets).toHaveLength(26);
    expect(sets.every(({ monday }) => monday)).toBe(true);
    expect(sets.slice(0, 23).every((week) => week.sets === 1)).toBe(true);
  });

  it('leaves a user’s last set when storing the new one fails, and goes on with the others', async () => {
    await addTitles();
    await addUsers('anna', 'ben');
    await run({ count: 3 }).counts;
    const before = await picksOf(1);
    await db.rows(sql`
      create function refuse_anna() returns trigger language plpgsql as $$
      begin
        if (select user_id from recommendation_sets where id = new.set_id) = 1 then raise exception 'disk full'; end if;
        return new;
      end $$`);
    await db.rows(
      sql`create trigger refuse_anna before insert on picks for each row execute function refuse_anna()`,
    );
    const { context, counts } = run({ force: true, count: 4 });
    expect(await counts).toMatchObject({ sets: 1, failed: 1, picks: 4 });
    expect(context.record.failures.map((failure) => failure.item)).toEqual(['anna']);
    expect(await picksOf(1)).toEqual(before);
    expect(await picksOf(2)).toHaveLength(4);
  });

  it('offers finished series again last, marked', async () => {
    await addTitles();
    await addUsers('anna');
    for (const id of [1, 2, 3]) await addState(1, id, 'COMPLETED', '2024-01-01');
    await run({ count: 4 }).counts;
    const picks = await picksOf(1);
    expect(picks.map((pick) => pick.is_rewatch)).toEqual([false, false, false, false, true, true]);
    expect(picks.slice(0, 4).every((pick) => pick.title_id > 3)).toBe(true);
  });

  it('stores an empty set for a user who has begun everything', async () => {
    await addTitles();
    await addUsers('anna');
    for (let id = 1; id <= 40; id += 1) await addState(1, id, 'IN_PROGRESS');
    expect(await run().counts).toMatchObject({ sets: 1, picks: 0, candidates: 0, failed: 0 });
  });

  it('picks the only title there is', async () => {
    await addTitles();
    await db.rows(sql`delete from titles where id > 1`);
    await addUsers('anna');
    expect(await run().counts).toMatchObject({ picks: 1 });
  });

  it('still learns from a begun series that left the media server, and never picks it', async () => {
    await addTitles();
    await addUsers('anna');
    await addState(1, 1, 'COMPLETED');
    await db.rows(sql`update titles set removed_at = now() where id = 1`);
    await run({ count: 100 }).counts;
    const [set] = await db.rows(sql`select history_count from recommendation_sets where user_id = 1`);
    expect(set).toEqual({ history_count: 1 });
    expect((await picksOf(1)).map((pick) => pick.title_id)).not.toContain(1);
  });

  it('writes no explanation for a user who wants none', async () => {
    await addTitles();
    await addUsers('anna');
    await addState(1, 1, 'COMPLETED');
    await db.rows(sql`update media_users set explanations_enabled = false`);
    await run().counts;
    expect((await picksOf(1)).every((pick) => pick.explanation === null)).toBe(true);
  });

  it('picks only from the libraries that a user may open', async () => {
    await addTitles();
    await addUsers('anna');
    await db.rows(
      sql`insert into libraries (id, provider_id, name) overriding system value values (1, 'kids', 'Kids')`,
    );
    await db.rows(
      sql`insert into title_copies (title_id, library_id, provider_item_id, content_hash) values (8, 1, 'i', 'h')`,
    );
    await db.rows(sql`update media_users set enable_all_folders = false, enabled_folders = '{kids}'`);
    await run().counts;
    expect((await picksOf(1)).map((pick) => pick.title_id)).toEqual([8]);
  });

  it('does nothing without users and refuses an empty catalog', async () => {
    await expect(run().counts).rejects.toMatchObject({
      code: 'PREREQUISITE_MISSING',
      remedy: expect.any(String),
    });
    await addTitles();
    const { context, counts } = run();
    expect(await counts).toMatchObject({ users: 0, sets: 0 });
    expect(context.record.lines).toHaveLength(1);
  });

  it.each([{ count: 0 }, { count: 101 }, { count: 1.5 }, { userIds: [-1] }])('refuses %o', async (input) => {
    await expect(run(input).counts).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('refuses a user who is not there or not enabled', async () => {
    await addTitles();
    await addUsers('anna', 'ben');
    await db.rows(sql`update media_users set recommendations_enabled = false where id = 2`);
    await expect(run({ userIds: [1, 2] }).counts).rejects.toMatchObject({ code: 'NOT_FOUND', value: '2' });
    expect(await run({ userIds: [1] }).counts).toMatchObject({ users: 1, sets: 1 });
  });

  it('begins no more sets once it is told to stop, and stores those on their way whole', async () => {
    await addTitles();
    await addUsers('anna', 'ben', 'cara', 'dora', 'emil', 'fran', 'gina', 'hugo');
    const stop = new AbortController();
    const context = testContext(db, {});
    let begun = 0;
    let begunInTime = 0;
    const watched: Database = {
      ...db,
      transaction: (work) => {
        begun += 1;
        return db.transaction(work);
      },
    };
    const advance = () => {
      begunInTime ||= begun;
      stop.abort(new Error('stopped'));
    };
    const progress = { ...context.progress, advance };
    await expect(
      generateSeriesRecommendations({ ...context, db: watched, progress, signal: stop.signal }),
    ).rejects.toThrow('stopped');
    const sets = await db.rows<{ picks: number }>(sql`
      select (select count(*)::int from picks p where p.set_id = s.id) as picks from recommendation_sets s`);
    expect(begun).toBe(begunInTime);
    expect(begun).toBeLessThanOrEqual(3);
    expect(sets).toEqual(Array.from({ length: begun }, () => ({ picks: 20 })));
  });

  it('stores nothing when it is told to stop before the first set is made', async () => {
    await addTitles();
    await addUsers('anna', 'ben');
    const stop = new AbortController();
    const context = testContext(db, {});
    const step = (name: string) => {
      if (name === 'Pick') stop.abort(new Error('stopped'));
    };
    const progress = { ...context.progress, step };
    await expect(
      generateSeriesRecommendations({ ...context, progress, signal: stop.signal }),
    ).rejects.toThrow('stopped');
    expect(await db.rows(sql`select 1 from recommendation_sets`)).toEqual([]);
  });

  it('stores nothing more, and blames no user, once its run is another process’s', async () => {
    await addTitles();
    await addUsers('anna', 'ben', 'cara', 'dora', 'emil');
    const stop = new AbortController();
    const lost = new Error('lost');
    let stored = 0;
    const fenced: Database = {
      ...db,
      transaction: (work) =>
        db.transaction(async (tx) => {
          const result = await work(tx);
          stored += 1;
          if (stored <= 2) return result;
          stop.abort(lost);
          throw lost;
        }),
    };
    const context = testContext(db, {});
    await expect(generateSeriesRecommendations({ ...context, db: fenced, signal: stop.signal })).rejects.toBe(
      lost,
    );
    expect(context.record.failures).toEqual([]);
    expect(await db.rows(sql`select 1 from recommendation_sets`)).toHaveLength(2);
  });
});
