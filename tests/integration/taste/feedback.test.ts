import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateSeriesRecommendations } from '../../../src/recommendations/generate-series-recommendations.ts';
import { DEFAULT_SELECTION } from '../../../src/recommendations/selection-settings.ts';
import { feedbackOfUsers } from '../../../src/taste/feedback.repo.ts';
import { type GivenFeedback, giveFeedback } from '../../../src/taste/give-feedback.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/watch/series-state.ts';
import { updateSeriesStates } from '../../../src/watch/update-series-states.ts';
import { seriesStatesOf } from '../../../src/watch/watch-snapshot.repo.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const DAY_MS = 86_400_000;
let db: TestDatabase;

/** Thirty series: odd ones crime, even ones baking; two viewers who watched some of each. */
beforeEach(async () => {
  db = await createTestDatabase();
  await db.rows(sql`
    insert into titles (id, name, sort_name, match_name, year, status, overview, genres, keywords, community_rating, content_hash)
    overriding system value
    select i, 'Series ' || i, 's' || i, 's' || i, 2010, 'CONTINUING',
      case when i % 2 = 1 then 'A detective hunts killer ' || i else 'Bakers bake cake ' || i end,
      case when i % 2 = 1 then array['Crime'] else array['Reality'] end,
      case when i % 2 = 1 then array['murder'] else array['baking'] end, 7, 'h'
    from generate_series(1, 30) i`);
  for (const [id, name] of [
    [1, 'anna'],
    [2, 'ben'],
  ] as const) {
    await db.rows(sql`
      insert into media_users (id, provider_id, name, recommendations_enabled, folder) overriding system value
      values (${id}, ${`p-${name}`}, ${name}, true, ${name})`);
    for (const titleId of [1, 2, 3, 4])
      await db.rows(sql`
        insert into series_states (user_id, title_id, state, watched_count, aired_count, play_count, last_played_at)
        values (${id}, ${titleId}, 'CAUGHT_UP', 5, 5, 5, '2026-11-01Z'::timestamptz)`);
  }
});
afterEach(() => db.close());

const give = (titleId: number, given: GivenFeedback, userId = 1, now = NOW) =>
  giveFeedback({ db, now: () => now }, { userId, titleId }, given);
const run = (now = NOW, selection = DEFAULT_SELECTION, count = 10) =>
  generateSeriesRecommendations(
    testContext(db, {}, () => now),
    { count },
    selection,
  );
async function picksOf(userId: number): Promise<number[]> {
  const rows = await db.rows<{ id: number }>(sql`
    select p.title_id as id from picks p join recommendation_sets s on s.id = p.set_id
    where s.user_id = ${userId} and s.is_current order by p.rank`);
  return rows.map((row) => row.id);
}
const crime = (picks: readonly number[]) => picks.filter((id) => id % 2 === 1).length;

describe('giveFeedback', () => {
  it('keeps each thing that was said, and tells whether it is new', async () => {
    expect(await give(5, { kind: 'RATING', rating: 8 })).toBe(true);
    expect(await give(5, { kind: 'RATING', rating: 8 })).toBe(false);
    expect(await give(5, { kind: 'DISMISSED', isDismissed: true })).toBe(true);
    const later = new Date(NOW.getTime() + DAY_MS);
    expect(await give(5, { kind: 'DISMISSED', isDismissed: true }, 1, later)).toBe(false);
    const until = new Date(NOW.getTime() + 9 * DAY_MS);
    expect(await give(5, { kind: 'SNOOZED', until })).toBe(true);
    expect((await feedbackOfUsers(db)).get(1)).toEqual([
      {
        titleId: 5,
        rating: 8,
        dismissedAt: NOW,
        snoozedUntil: until,
        serverRating: null,
        serverLikes: null,
        serverFavorite: false,
      },
    ]);
  });

  it('takes back what was said and keeps no empty row', async () => {
    await give(5, { kind: 'RATING', rating: 8 });
    await give(5, { kind: 'DISMISSED', isDismissed: true });
    expect(await give(5, { kind: 'RATING', rating: null })).toBe(true);
    expect(await give(5, { kind: 'RATING', rating: null })).toBe(false);
    expect(await db.rows(sql`select rating, dismissed_at is not null as gone from feedback`)).toEqual([
      { rating: null, gone: true },
    ]);
    expect(await give(5, { kind: 'DISMISSED', isDismissed: false })).toBe(true);
    expect(await give(6, { kind: 'SNOOZED', until: null })).toBe(false);
    expect(await db.rows(sql`select 1 from feedback`)).toEqual([]);
  });

  it.each([0, 11, 5.5, Number.NaN])('refuses the rating %d', async (rating) => {
    await expect(give(5, { kind: 'RATING', rating })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      field: 'rating',
    });
  });

  it.each([NOW, new Date(0), new Date('2099-01-01'), new Date(Number.NaN)])(
    'refuses to snooze until %s',
    async (until) => {
      await expect(give(5, { kind: 'SNOOZED', until })).rejects.toMatchObject({
        code: 'BAD_INPUT',
        field: 'until',
      });
    },
  );

  it('refuses a user and a series that there are not', async () => {
    await expect(give(5, { kind: 'RATING', rating: 5 }, 99)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'userId',
    });
    await expect(give(99, { kind: 'RATING', rating: 5 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'seriesId',
    });
    expect(await db.rows(sql`select 1 from feedback`)).toEqual([]);
  });

  it('takes many wishes at once', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => give(5, { kind: 'RATING', rating: (index % 10) + 1 })),
    );
    expect(await db.rows(sql`select count(*)::int as count from feedback`)).toEqual([{ count: 1 }]);
  });
});

describe('feedback', () => {
  it('makes the set of its user out of date, and the picks follow', async () => {
    await run();
    const [dismissed = 0, snoozed = 0] = await picksOf(1);
    expect(await run()).toMatchObject({ sets: 0, unchanged: 2 });
    await give(dismissed, { kind: 'DISMISSED', isDismissed: true });
    await give(snoozed, { kind: 'SNOOZED', until: new Date(NOW.getTime() + DAY_MS) });
    expect(await run()).toMatchObject({ sets: 1, unchanged: 1 });
    expect(await picksOf(1)).not.toContain(dismissed);
    expect(await picksOf(1)).not.toContain(snoozed);
    expect(await picksOf(2)).toContain(dismissed);
    expect(await run(new Date(NOW.getTime() + 2 * DAY_MS))).toMatchObject({ sets: 1, unchanged: 1 });
    expect(await picksOf(1)).toContain(snoozed);
    expect(await picksOf(1)).not.toContain(dismissed);
  });

  it('turns the taste: who rates crime low and baking high is offered baking', async () => {
    await run();
    const before = crime(await picksOf(1));
    for (const id of [1, 3]) await give(id, { kind: 'RATING', rating: 1 });
    for (const id of [2, 4]) await give(id, { kind: 'RATING', rating: 10 });
    await run();
    expect(crime(await picksOf(1))).toBeLessThan(before);
  });

  it('of the media server counts as well, where nothing was said here', async () => {
    await run();
    const before = crime(await picksOf(1));
    await db.rows(sql`
      insert into server_opinions (user_id, title_id, rating, likes, is_favorite)
      values (1, 1, 1, null, false), (1, 3, null, false, false), (1, 2, 10, null, true), (1, 4, null, true, false)`);
    expect((await feedbackOfUsers(db)).get(1)).toHaveLength(4);
    await run();
    expect(crime(await picksOf(1))).toBeLessThan(before);
  });
});

describe('a viewer', () => {
  it('without any history gets picks, and the same ones again', async () => {
    await db.rows(sql`delete from series_states where user_id = 1`);
    await run();
    const picks = await picksOf(1);
    expect(picks).toHaveLength(10);
    await generateSeriesRecommendations(
      testContext(db, {}, () => NOW),
      { count: 10, force: true },
    );
    expect(await picksOf(1)).toEqual(picks);
  });

  it('who wants nothing that is left gets an empty set with the reason, which is no failure', async () => {
    await run();
    for (let id = 5; id <= 30; id += 1) await give(id, { kind: 'DISMISSED', isDismissed: true });
    const context = testContext(db, {}, () => NOW);
    expect(await generateSeriesRecommendations(context, { userIds: [1] })).toMatchObject({
      sets: 1,
      picks: 0,
      failed: 0,
    });
    expect(await picksOf(1)).toEqual([]);
    expect(context.record.lines.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('nothing left to recommend to anna'),
    );
  });
});

describe('a history that is not shared', () => {
  const share = (shared: boolean) =>
    db.rows(sql`update media_users set history_shared = ${shared} where id = 2`);

  it('counts in nobody else’s picks, and its owner still gets picks', async () => {
    await db.rows(sql`
      insert into series_states (user_id, title_id, state, watched_count, aired_count, last_played_at)
      select 2, i, 'CAUGHT_UP', 5, 5, '2026-11-01Z'::timestamptz from generate_series(9, 12) i`);
    const partsOf = async () => {
      const rows = await db.rows<{ parts: { signal: string; contribution: number }[] }>(sql`
        select p.parts from picks p join recommendation_sets s on s.id = p.set_id
        where s.user_id = 1 and s.is_current and p.title_id in (9, 11) order by p.title_id`);
      return rows.map(({ parts }) => parts.find((part) => part.signal === 'VIEWERS_LIKE_YOU')?.contribution);
    };
    await run(NOW, DEFAULT_SELECTION, 30);
    const shared = await partsOf();
    await share(false);
    expect(await run(NOW, DEFAULT_SELECTION, 30)).toMatchObject({ sets: 2 });
    const unshared = await partsOf();
    expect(unshared).not.toEqual(shared);
    expect((await picksOf(2)).length).toBeGreaterThan(0);
    // As if the other viewer were not there at all.
    await db.rows(sql`delete from series_states where user_id = 2`);
    await share(true);
    await run(NOW, DEFAULT_SELECTION, 30);
    expect(await partsOf()).toEqual(unshared);
  });

  it('is what the collaborative switch does to all', async () => {
    const alone = { ...DEFAULT_SELECTION, collaborative: false };
    await run(NOW, alone, 30);
    const before = await picksOf(1);
    await db.rows(sql`delete from series_states where user_id = 2`);
    expect(await run(NOW, alone, 30)).toMatchObject({ sets: 1, unchanged: 1 });
    expect(await picksOf(1)).toEqual(before);
  });
});

describe('exposure', () => {
  const week = (count: number) => new Date(NOW.getTime() + count * 7 * DAY_MS);

  it('lets weeks differ while nothing is begun, and changes nothing within a day', async () => {
    await run(NOW, DEFAULT_SELECTION, 5);
    const first = await picksOf(1);
    expect(await run(new Date(NOW.getTime() + 5 * DAY_MS), DEFAULT_SELECTION, 5)).toMatchObject({ sets: 0 });
    expect(await run(week(1), DEFAULT_SELECTION, 5)).toMatchObject({ sets: 2 });
    const second = await picksOf(1);
    expect(new Set(second)).not.toEqual(new Set(first));
    expect(await run(new Date(week(1).getTime() + 3_600_000), DEFAULT_SELECTION, 5)).toMatchObject({
      sets: 0,
      unchanged: 2,
    });
  });

  it('is told as a part of the score, so that the parts still sum to it', async () => {
    for (const count of [0, 1, 2]) await run(week(count), DEFAULT_SELECTION, 20);
    const picks = await db.rows<{ score: number; parts: { signal: string; contribution: number }[] }>(sql`
      select p.score, p.parts from picks p join recommendation_sets s on s.id = p.set_id where s.is_current`);
    expect(picks.some(({ parts }) => parts.some((part) => part.signal === 'EXPOSURE'))).toBe(true);
    for (const { score, parts } of picks)
      expect(parts.reduce((sum, part) => sum + part.contribution, 0)).toBe(score);
  });

  it('is off when its half-life is 0', async () => {
    const off = { ...DEFAULT_SELECTION, exposureHalfLifeWeeks: 0 };
    await run(NOW, off, 5);
    expect(await run(week(1), off, 5)).toMatchObject({ sets: 0, unchanged: 2 });
  });
});

describe('the pace of a series', () => {
  it('counts plays and days, and takes a season marked at one stroke for one play', async () => {
    await db.rows(sql`
      insert into episodes (id, title_id, slot, season_number, number, content_hash) overriding system value
      select i, 1, '1x' || i, case when i = 9 then 0 else 1 end, i, 'h' from generate_series(1, 9) i`);
    const play = (episode: number, at: string | null, percentage = 1) =>
      db.rows(sql`
        insert into plays (user_id, episode_id, played_at, percentage, position_ms, source)
        values (1, ${episode}, ${at}::timestamptz, ${percentage}, 0, 'LIBRARY')`);
    for (const episode of [1, 2, 3]) await play(episode, '2026-01-01T20:00:00Z');
    await play(4, '2026-01-01T21:00:00Z');
    await play(5, '2026-01-02T21:00:00Z');
    await play(6, null);
    await play(7, '2026-01-09T21:00:00Z', 0.1);
    await play(9, '2026-01-10T21:00:00Z');
    await db.transaction((tx) => updateSeriesStates(tx, 1, DEFAULT_THRESHOLDS, NOW));
    const states = await seriesStatesOf(db);
    expect(states.find(({ userId, titleId }) => userId === 1 && titleId === 1)).toMatchObject({
      datedPlays: 3,
      playDays: 2,
    });
    expect(states.find(({ userId, titleId }) => userId === 1 && titleId === 2)).toMatchObject({
      datedPlays: 0,
      playDays: 0,
    });
    expect(await db.transaction((tx) => updateSeriesStates(tx, 1, DEFAULT_THRESHOLDS, NOW))).toBe(0);
  });
});
