import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { generateSeriesRecommendations } from '../../src/recommendations/generate-series-recommendations.ts';
import { DEFAULT_SELECTION } from '../../src/recommendations/selection-settings.ts';
import { whyNot } from '../../src/recommendations/why-not.ts';
import { at, caller, createApi, gid } from '../support/api.ts';
import { testContext } from '../support/context.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { noServices } from '../support/engine.ts';
import { addHousehold, addState } from '../support/recommended-household.ts';

const parts = z.array(z.object({ signal: z.string(), contribution: z.number() }));
const WhyNot = z.object({
  series: z.object({ name: z.string() }),
  currentRank: z.number().nullable(),
  rank: z.number().nullable(),
  candidateCount: z.number(),
  scored: z.object({ score: z.number(), parts }).nullable(),
  lowestPick: z
    .object({ series: z.object({ name: z.string() }), rank: z.number(), score: z.number(), parts })
    .nullable(),
  reasons: z.array(
    z.object({
      kind: z.string(),
      message: z.string(),
      state: z.string().nullable(),
      otherSeries: z.object({ name: z.string() }).nullable(),
      until: z.string().nullable(),
      missing: z.number().nullable(),
    }),
  ),
});
const QUERY = `query ($user: ID!, $series: ID!) { whyNot(userId: $user, seriesId: $series) {
  series { name } currentRank rank candidateCount scored { score parts { signal contribution } }
  lowestPick { series { name } rank score parts { signal contribution } }
  reasons { kind message state otherSeries { name } until missing } } }`;

let db: TestDatabase;
let api: ReturnType<typeof createApi>;

beforeEach(async () => {
  db = await createTestDatabase();
  api = createApi(db, undefined, noServices);
  await addHousehold(db, 'anna', 'ben', 'cara');
  for (const id of [1, 3, 5]) await addState(db, 1, id);
  for (const id of [2, 4, 6, 7]) await addState(db, 2, id);
  for (const id of [3, 5, 7, 9]) await addState(db, 3, id);
});
afterEach(() => db.close());

async function why(titleId: number, userId = 1) {
  const answer = await api.query(QUERY, { user: gid('User', userId), series: gid('Series', titleId) });
  expect(answer.errors).toBeUndefined();
  return WhyNot.parse(at(answer.data, 'whyNot'));
}

/** The verb's own answers for all series and the first user: the API reads the same for each. */
async function whyAll() {
  const context = { ...testContext(db, {}), selection: DEFAULT_SELECTION };
  const answers: Awaited<ReturnType<typeof whyNot>>[] = [];
  for (let titleId = 1; titleId <= 40; titleId += 1)
    answers.push(await whyNot(context, { userId: 1, titleId }));
  return answers;
}

const sumOf = (all: readonly z.infer<typeof parts>[number][]) =>
  all.reduce((sum, part) => sum + part.contribution, 0);

describe('whyNot', () => {
  it('tells of every series on the server either that it is picked or why not', async () => {
    await generateSeriesRecommendations(testContext(db, {}), { userIds: [1] });
    const kinds = new Map<string, number>();
    for (const answer of await whyAll()) {
      const [reason] = answer.reasons;
      kinds.set(reason?.reason ?? '', (kinds.get(reason?.reason ?? '') ?? 0) + 1);
      expect(reason?.message).toMatch(/^[A-Z].*\.$/);
      expect(answer.currentRank !== null).toBe(reason?.reason === 'PICKED');
      if (answer.currentRank !== null) expect(reason?.message).toContain(`rank ${answer.currentRank}.`);
      if (answer.scored) expect(sumOf(answer.scored.parts)).toBeCloseTo(answer.scored.score, 9);
    }
    expect(Object.fromEntries(kinds)).toMatchObject({ ALREADY_BEGUN: 3, PICKED: 20 });
    expect((kinds.get('TOO_LOW') ?? 0) + (kinds.get('DIVERSITY') ?? 0)).toBe(17);
  });

  it('lays the score of a series that is too low beside that of the lowest pick, part by part', async () => {
    const answers = await whyAll();
    const ranks = answers.flatMap(({ rank }) => rank ?? []).sort((a, b) => a - b);
    expect(ranks).toEqual(Array.from({ length: 37 }, (_, index) => index + 1));
    const lowId = answers.find(({ reasons }) => reasons[0]?.reason === 'TOO_LOW')?.titleId ?? 0;
    const low = await why(lowId);
    expect(low.rank).toBeGreaterThan(20);
    expect(low.candidateCount).toBe(37);
    const [own, pick] = [low.scored, low.lowestPick];
    expect(own?.score).toBeLessThan(pick?.score ?? 0);
    expect(low.reasons[0]?.missing).toBeCloseTo((pick?.score ?? 0) - (own?.score ?? 0), 9);
    expect(own?.parts.map(({ signal }) => signal)).toEqual(pick?.parts.map(({ signal }) => signal));
    expect(sumOf(pick?.parts ?? [])).toBeCloseTo(pick?.score ?? 0, 9);
  });

  it('names what the user has begun, and how far they came', async () => {
    await addState(db, 1, 20, 'ABANDONED');
    expect((await why(20)).reasons).toEqual([
      expect.objectContaining({ kind: 'ALREADY_BEGUN', state: 'ABANDONED' }),
    ]);
  });

  it('names the other entry of a series that was begun', async () => {
    await db.rows(sql`update titles set tvdb_id = '77' where id in (1, 12)`);
    const [reason] = (await why(12)).reasons;
    expect(reason).toMatchObject({ kind: 'SECOND_COPY', otherSeries: { name: 'Series 1' } });
    expect(reason?.message).toContain('Series 1');
  });

  it('tells of a removed series, of one in a closed library, and of one that parental control hides', async () => {
    await db.rows(sql`update titles set removed_at = now() where id = 30`);
    expect((await why(30)).reasons[0]?.kind).toBe('REMOVED');
    await db.rows(
      sql`update media_users set enable_all_folders = false, enabled_folders = '{}' where id = 1`,
    );
    expect((await why(31)).reasons[0]?.kind).toBe('NOT_VISIBLE');
    await db.rows(
      sql`update media_users set enable_all_folders = true, blocked_tags = '{baking}' where id = 1`,
    );
    expect((await why(32)).reasons[0]?.kind).toBe('PARENTAL_RATING');
  });

  it('tells of a series that the user dismissed or put off', async () => {
    await db.rows(sql`
      insert into feedback (user_id, title_id, dismissed_at, snoozed_until, updated_at) values
        (1, 21, now(), null, now()), (1, 22, null, '2027-01-01T00:00:00Z', now())`);
    expect((await why(21)).reasons[0]?.kind).toBe('DISMISSED');
    expect((await why(22)).reasons[0]).toMatchObject({
      kind: 'SNOOZED',
      until: '2027-01-01T00:00:00.000Z',
      message: expect.stringContaining('2027-01-01'),
    });
  });

  it('blames having been shown where that alone cost the place', async () => {
    const lowest = (await why(40)).lowestPick?.series.name ?? '';
    const id = Number(lowest.replace('Series ', ''));
    for (const week of [1, 2, 3, 4, 5, 6])
      await db.rows(sql`
        with added as (
          insert into recommendation_sets (user_id, generated_at, weights_version, is_current, candidate_count, history_count, input_hash)
          values (1, timestamptz '2026-11-20T12:00:00Z' - make_interval(weeks => ${week}::int), 'w', false, 1, 1, 'h') returning id)
        insert into picks (set_id, rank, title_id, score, parts, evidence)
        select id, 1, ${id}::int, 1, '[]', '[]' from added`);
    const after = await why(id);
    expect(after.reasons.map(({ kind }) => kind)).toEqual(['EXPOSURE']);
    const exposure = after.scored?.parts.find(({ signal }) => signal === 'EXPOSURE');
    expect(exposure?.contribution).toBeLessThan(0);
    expect(sumOf(after.scored?.parts ?? [])).toBeCloseTo(after.scored?.score ?? 0, 9);
  });

  it('answers for a user who has begun everything', async () => {
    for (let id = 1; id <= 40; id += 1) if (![2, 4, 6, 7].includes(id)) await addState(db, 2, id);
    expect(await why(10, 2)).toMatchObject({ lowestPick: null, candidateCount: 0 });
  });

  it('answers a query that wants nothing of the series', async () => {
    const answer = await api.query(
      'query ($user: ID!, $series: ID!) { whyNot(userId: $user, seriesId: $series) { candidateCount } }',
      { user: gid('User', 1), series: gid('Series', 20) },
    );
    expect(answer.data).toEqual({ whyNot: { candidateCount: 37 } });
  });

  it('keeps to the user of a VIEWER', async () => {
    const variables = { user: gid('User', 2), series: gid('Series', 10) };
    const other = await api.query(QUERY, variables, caller('VIEWER', 1));
    expect(other.errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    expect((await api.query(QUERY, variables, caller('VIEWER', 2))).errors).toBeUndefined();
  });

  it.each([
    ['an unknown user', gid('User', 99), gid('Series', 1), 'NOT_FOUND', 'userId'],
    ['an unknown series', gid('User', 1), gid('Series', 99), 'NOT_FOUND', 'seriesId'],
    ['an id of another type', gid('User', 1), gid('User', 1), 'BAD_INPUT', 'seriesId'],
    ['no id', gid('User', 1), 'x', 'BAD_INPUT', 'seriesId'],
  ])('refuses %s', async (_, user, series, code, field) => {
    const answer = await api.query(QUERY, { user, series });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code, field, remedy: expect.any(String) });
  });

  it('refuses a user without recommendations, and an empty catalog', async () => {
    await db.rows(sql`update media_users set recommendations_enabled = false where id = 1`);
    const variables = { user: gid('User', 1), series: gid('Series', 1) };
    expect((await api.query(QUERY, variables)).errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
    await db.rows(sql`update titles set removed_at = now()`);
    expect((await api.query(QUERY, variables)).errors?.[0]?.extensions?.code).toBe('PREREQUISITE_MISSING');
  });
});

describe('picks', () => {
  it('have contributions that sum to the score, and a source of their explanation', async () => {
    await generateSeriesRecommendations(testContext(db, {}));
    const { data } = await api.query(`{ users { nodes { recommendations { picks(first: 100) {
      score parts { contribution } explanation explanationSource } } } } }`);
    const sets = z
      .array(
        z.object({
          recommendations: z.object({
            picks: z.array(
              z.object({
                score: z.number(),
                parts: z.array(z.object({ contribution: z.number() })),
                explanation: z.string().nullable(),
                explanationSource: z.enum(['TEMPLATE', 'LANGUAGE_MODEL']).nullable(),
              }),
            ),
          }),
        }),
      )
      .parse(at(data, 'users', 'nodes'));
    const picks = sets.flatMap(({ recommendations }) => recommendations.picks);
    expect(picks).toHaveLength(60);
    for (const pick of picks) {
      const sum = pick.parts.reduce((total, part) => total + part.contribution, 0);
      expect(Math.abs(sum - pick.score)).toBeLessThan(1e-9);
      expect(pick.explanationSource).toBe(pick.explanation === null ? null : 'TEMPLATE');
    }
  });
});

describe('explanations', () => {
  it('are told of no more from the moment that their user wants none', async () => {
    await generateSeriesRecommendations(testContext(db, {}), { userIds: [1] });
    const told = async () => {
      const answer = await api.query(
        `query ($user: ID!) { user(id: $user) { recommendations { picks { explanation explanationSource } } } }`,
        { user: gid('User', 1) },
      );
      return z
        .array(z.object({ explanation: z.string().nullable(), explanationSource: z.string().nullable() }))
        .parse(at(answer.data, 'user', 'recommendations', 'picks'));
    };
    expect((await told()).some(({ explanation }) => explanation !== null)).toBe(true);
    await db.rows(sql`update media_users set explanations_enabled = false where id = 1`);
    for (const pick of await told()) expect(pick).toEqual({ explanation: null, explanationSource: null });
  });
});

describe('withoutEvidence', () => {
  const ASK = `query ($user: ID!, $watched: [ID!], $others: Boolean, $series: ID) {
    withoutEvidence(userId: $user, watchedSeriesIds: $watched, withoutOtherViewers: $others, seriesId: $series) {
      keptCount before { score rank pickRank } after { score rank pickRank }
      changes { change rankBefore rankAfter series { id name } } } }`;
  const Standing = z.object({
    score: z.number(),
    rank: z.number().nullable(),
    pickRank: z.number().nullable(),
  });
  const Answer = z.object({
    keptCount: z.number(),
    before: Standing.nullable(),
    after: Standing.nullable(),
    changes: z.array(
      z.object({
        change: z.enum(['KEPT', 'NEW', 'DROPPED']),
        rankBefore: z.number().nullable(),
        rankAfter: z.number().nullable(),
        series: z.object({ name: z.string() }),
      }),
    ),
  });
  const ask = async (variables: Record<string, unknown>) => {
    const answer = await api.query(ASK, { user: gid('User', 1), ...variables });
    expect(answer.errors).toBeUndefined();
    return Answer.parse(at(answer.data, 'withoutEvidence'));
  };

  it('picks less crime for a viewer who had watched no crime, and still nothing they have watched', async () => {
    const watched = [1, 3, 5].map((id) => gid('Series', id));
    const answer = await ask({ watched });
    const crime = (place: 'rankBefore' | 'rankAfter') =>
      answer.changes.filter(
        (pick) => pick[place] !== null && Number(pick.series.name.replace('Series ', '')) % 2 === 1,
      ).length;
    expect(crime('rankAfter')).toBeLessThan(crime('rankBefore'));
    expect(answer.changes.map(({ series }) => series.name)).not.toContain('Series 1');
  });

  it('tells kept, new and dropped picks with ranks that fit', async () => {
    const answer = await ask({ watched: [gid('Series', 1), gid('Series', 3), gid('Series', 5)] });
    expect(answer.before).toBeNull();
    const of = (change: string) => answer.changes.filter((entry) => entry.change === change);
    expect(of('KEPT')).toHaveLength(answer.keptCount);
    expect(of('NEW')).toHaveLength(of('DROPPED').length);
    expect(of('KEPT').every(({ rankBefore, rankAfter }) => rankBefore !== null && rankAfter !== null)).toBe(
      true,
    );
    expect(of('NEW').every(({ rankBefore }) => rankBefore === null)).toBe(true);
    expect(of('DROPPED').every(({ rankAfter }) => rankAfter === null)).toBe(true);
    const ranks = answer.changes.flatMap(({ rankAfter }) => rankAfter ?? []);
    expect(ranks).toEqual(Array.from({ length: ranks.length }, (_, index) => index + 1));
  });

  it('takes away what other viewers add', async () => {
    const answer = await ask({ others: true, series: gid('Series', 7) });
    expect(answer.after?.score).not.toBe(answer.before?.score);
  });

  it('is the same as never having watched it', async () => {
    const without = await ask({ watched: [gid('Series', 5)], series: gid('Series', 11) });
    await db.rows(sql`delete from series_states where user_id = 1 and title_id = 5`);
    const really = await ask({ others: false, watched: [gid('Series', 1)], series: gid('Series', 11) });
    expect(really.before?.score).toBeCloseTo(without.after?.score ?? 0, 6);
  });

  it('leaves out what was rated without having been watched, too', async () => {
    await db.rows(
      sql`insert into feedback (user_id, title_id, rating, updated_at) values (1, 13, 10, now())`,
    );
    const without = await ask({ watched: [gid('Series', 13)], series: gid('Series', 11) });
    expect(without.after?.score).not.toBe(without.before?.score);
  });

  it.each([
    ['nothing to leave out', {}, 'BAD_INPUT', 'watchedSeriesIds'],
    ['a series that was not watched', { watched: [gid('Series', 2)] }, 'NOT_FOUND', 'watchedSeriesIds.0'],
    ['an unknown series', { others: true, series: gid('Series', 99) }, 'NOT_FOUND', 'seriesId'],
    ['too many', { watched: Array(21).fill(gid('Series', 1)) }, 'BAD_INPUT', 'watchedSeriesIds'],
  ])('refuses %s', async (_, variables, code, field) => {
    const answer = await api.query(ASK, { user: gid('User', 1), ...variables });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code, field });
  });

  it('keeps to the user of a VIEWER', async () => {
    const variables = { user: gid('User', 2), others: true };
    const answer = await api.query(ASK, variables, caller('VIEWER', 1));
    expect(answer.errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });
});
