import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { at, caller, createApi, gid } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { noServices } from '../support/engine.ts';
import { addHousehold, addState } from '../support/recommended-household.ts';

const Answer = z.object({
  candidateCount: z.number(),
  picks: z.array(
    z.object({
      rank: z.number(),
      score: z.number(),
      explanation: z.string().nullable(),
      series: z.object({ name: z.string() }),
      members: z.array(
        z.object({
          user: z.object({ name: z.string() }),
          score: z.number(),
          share: z.number(),
          rank: z.number(),
          hasBegun: z.boolean(),
          evidence: z.array(
            z.object({ kind: z.string(), series: z.object({ name: z.string() }).nullable() }),
          ),
        }),
      ),
    }),
  ),
});
const QUERY = `query ($users: [ID!]!, $first: Int, $strategy: GroupStrategy, $begun: Int) {
  picksFor(userIds: $users, first: $first, strategy: $strategy, begunByAtMost: $begun) { candidateCount picks {
    rank score explanation series { name }
    members { user { name } score share rank hasBegun evidence { kind series { name } } } } } }`;

let db: TestDatabase;
let api: ReturnType<typeof createApi>;

beforeEach(async () => {
  db = await createTestDatabase();
  api = createApi(db, undefined, noServices);
  await addHousehold(db, 'anna', 'ben', 'cara');
  for (const id of [1, 3, 5]) await addState(db, 1, id);
  for (const id of [2, 4, 6]) await addState(db, 2, id);
});
afterEach(() => db.close());

const users = (...ids: number[]) => ids.map((id) => gid('User', id));

async function ask(userIds: number[], variables: Record<string, unknown> = {}) {
  const answer = await api.query(QUERY, { users: users(...userIds), ...variables });
  expect(answer.errors).toBeUndefined();
  return Answer.parse(at(answer.data, 'picksFor'));
}

const names = ({ picks }: z.infer<typeof Answer>) => picks.map(({ series }) => series.name);

describe('picksFor', () => {
  it('picks what nobody has begun, by shares of the members that sum to the score', async () => {
    const answer = await ask([1, 2], { first: 34 });
    expect(answer.candidateCount).toBe(34);
    expect(names(answer)).toHaveLength(34);
    for (const id of [1, 2, 3, 4, 5, 6]) expect(names(answer)).not.toContain(`Series ${id}`);
    for (const [index, pick] of answer.picks.entries()) {
      expect(pick.rank).toBe(index + 1);
      expect(pick.members.map(({ user }) => user.name)).toEqual(['anna', 'ben']);
      const sum = pick.members.reduce((total, { share }) => total + share, 0);
      expect(Math.abs(sum - pick.score)).toBeLessThan(1e-9);
      expect(pick.explanation ?? '').not.toMatch(/anna|ben\b/);
    }
    for (const member of [0, 1]) {
      const ranks = answer.picks.map(({ members }) => members[member]?.rank ?? 0).sort((a, b) => a - b);
      expect(ranks).toEqual(Array.from({ length: 34 }, (_, index) => index + 1));
    }
  });

  it('explains by what members watched', async () => {
    const evidence = (await ask([1, 2])).picks.flatMap(({ members }) =>
      members.flatMap((one) => one.evidence),
    );
    const watched = evidence.flatMap(({ kind, series }) =>
      kind === 'SIMILAR_TO_WATCHED' ? (series?.name ?? '') : [],
    );
    expect(watched.length).toBeGreaterThan(0);
    for (const name of watched) expect(name).toMatch(/^Series [1-6]$/);
  });

  it('minds the least happy member as the strategy says', async () => {
    const least = ({ picks }: z.infer<typeof Answer>) =>
      Math.min(...picks.slice(0, 1).flatMap(({ members }) => members.map(({ score }) => score)));
    const [misery, average] = [
      await ask([1, 2], { strategy: 'LEAST_MISERY' }),
      await ask([1, 2], { strategy: 'AVERAGE' }),
    ];
    expect(least(misery)).toBeGreaterThanOrEqual(least(average));
    const mean = ({ picks }: z.infer<typeof Answer>) =>
      picks
        .slice(0, 1)
        .flatMap(({ members }) => members.map(({ score }) => score))
        .reduce((a, b) => a + b, 0);
    expect(mean(average)).toBeGreaterThanOrEqual(mean(misery));
  });

  it('leaves out what a member may not see, is not interested in, or has put off', async () => {
    await db.rows(sql`update media_users set blocked_tags = '{baking}' where id = 2`);
    await db.rows(sql`
      insert into feedback (user_id, title_id, dismissed_at, snoozed_until, updated_at) values
        (1, 21, now(), null, now()), (3, 23, null, '2027-01-01', now())`);
    const answer = await ask([1, 2, 3], { first: 100 });
    const ids = names(answer).map((name) => Number(name.replace('Series ', '')));
    expect(ids.every((id) => id % 2 === 1)).toBe(true);
    expect(ids).not.toContain(21);
    expect(ids).not.toContain(23);
    expect(ids).toContain(25);
  });

  it('takes in what some have begun when told to, and says who', async () => {
    const answer = await ask([1, 2], { first: 100, begun: 1 });
    expect(answer.candidateCount).toBe(40);
    const one = answer.picks.find(({ series }) => series.name === 'Series 1');
    expect(one?.members.map(({ hasBegun }) => hasBegun)).toEqual([true, false]);
  });

  it('leaves out what a member began and then dismissed, however many may have begun it', async () => {
    await db.rows(sql`
      insert into feedback (user_id, title_id, dismissed_at, updated_at) values (1, 1, now(), now())`);
    const answer = await ask([1, 2], { first: 100, begun: 2 });
    expect(answer.candidateCount).toBe(39);
    expect(names(answer)).not.toContain('Series 1');
  });

  it('takes a user named twice for one, and a group of one for a group', async () => {
    const answer = await ask([1, 1]);
    expect(answer.picks[0]?.members).toHaveLength(1);
    expect(answer.picks[0]?.members[0]?.share).toBeCloseTo(answer.picks[0]?.score ?? 0, 9);
  });

  it('picks for a member without a history, and nothing when all is begun', async () => {
    expect((await ask([1, 3])).picks).toHaveLength(10);
    for (let id = 1; id <= 40; id += 1) if (![1, 3, 5].includes(id)) await addState(db, 1, id);
    expect(await ask([1, 3])).toEqual({ candidateCount: 0, picks: [] });
  });

  it('stores nothing', async () => {
    await ask([1, 2]);
    expect(await db.rows(sql`select 1 from recommendation_sets`)).toEqual([]);
  });

  it('lets a VIEWER ask for themselves alone: the answer tells of tastes', async () => {
    const asViewer = (...ids: number[]) => api.query(QUERY, { users: users(...ids) }, caller('VIEWER', 1));
    expect((await asViewer(1)).errors).toBeUndefined();
    expect((await asViewer(1, 1)).errors).toBeUndefined();
    for (const group of [[2], [1, 2], [2, 1]])
      expect((await asViewer(...group)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    const operator = await api.query(QUERY, { users: users(1, 2) }, caller('OPERATOR'));
    expect(operator.errors).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['nobody', { users: [] }, 'BAD_INPUT', 'userIds'],
    [
      'more than twenty',
      { users: Array.from({ length: 21 }, (_, i) => gid('User', i + 1)) },
      'BAD_INPUT',
      'userIds',
    ],
    ['an unknown user', { users: users(1, 99) }, 'NOT_FOUND', 'userIds.1'],
    ['no picks', { users: users(1), first: 0 }, 'BAD_INPUT', 'first'],
    ['too many picks', { users: users(1), first: 101 }, 'BAD_INPUT', 'first'],
    ['less than none', { users: users(1), begun: -1 }, 'BAD_INPUT', 'begunByAtMost'],
  ])('refuses %s', async (_, variables, code, field) => {
    const answer = await api.query(QUERY, variables);
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code, field });
  });
});
