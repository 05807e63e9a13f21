import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Database } from '../../src/platform/database.ts';
import { at, createApi, gid } from '../support/api.ts';
import { createTestDatabase } from '../support/database.ts';
import { SEEDED_SERIES, seedCatalog } from '../support/seed-catalog.ts';

let db: Database;
let query: ReturnType<typeof createApi>['query'];
beforeAll(async () => {
  db = await createTestDatabase();
  await seedCatalog(db);
  ({ query } = createApi(db));
});
afterAll(() => db.close());

const Nodes = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    year: z.number().nullable(),
    communityRating: z.number().nullable(),
    addedAt: z.string().nullable(),
  }),
);

const LIST = `query ($first: Int, $after: String, $search: String, $filter: SeriesFilter, $sort: SeriesSort) {
  seriesConnection(first: $first, after: $after, search: $search, filter: $filter, sort: $sort) {
    nodes { id name year communityRating addedAt } pageInfo { hasNextPage endCursor startCursor } } }`;

async function list(variables: Record<string, unknown>) {
  const { data, errors } = await query(LIST, { first: 100, ...variables });
  expect(errors).toBeUndefined();
  return Nodes.parse(at(data, 'seriesConnection', 'nodes'));
}

async function names(variables: Record<string, unknown>): Promise<string[]> {
  return (await list(variables)).map(({ name }) => name);
}

describe('seriesConnection', () => {
  it.each(
    (['NAME', 'YEAR', 'RATING', 'ADDED'] as const).flatMap((field) =>
      (['ASC', 'DESC'] as const).map((direction) => ({ field, direction })),
    ),
  )('pages by $field $direction without loss or repetition, unknown values last', async (sort) => {
    const all = await list({ sort });
    const values = all.map((node) => {
      if (sort.field === 'NAME') return node.name;
      return { YEAR: node.year, RATING: node.communityRating, ADDED: node.addedAt }[sort.field];
    });
    const known = values.flatMap((value) => (value === null ? [] : [value]));
    const sorted = [...known].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
    expect(values.slice(0, known.length)).toEqual(sort.direction === 'ASC' ? sorted : sorted.reverse());

    const paged: string[] = [];
    let after: unknown = null;
    do {
      const { data } = await query(LIST, { first: 4, after, sort });
      const page = Nodes.parse(at(data, 'seriesConnection', 'nodes'));
      expect(page.length).toBeGreaterThan(0);
      paged.push(...page.map(({ id }) => id));
      const info = at(data, 'seriesConnection', 'pageInfo');
      after = at(info, 'hasNextPage') ? at(info, 'endCursor') : null;
    } while (after !== null && paged.length <= SEEDED_SERIES);
    expect(paged).toEqual(all.map(({ id }) => id));
    expect(new Set(paged).size).toBe(SEEDED_SERIES - 1);
  });

  it('sorts by name and leaves out removed series unless told otherwise', async () => {
    expect((await names({})).slice(0, 2)).toEqual(['Show 01', 'Show 02']);
    expect(await list({})).toHaveLength(SEEDED_SERIES - 1);
    expect(await list({ filter: { includeRemoved: true } })).toHaveLength(SEEDED_SERIES);
  });

  it('counts the whole list only when that is selected, and reads no rows when only that is', async () => {
    const { data } = await query(
      '{ seriesConnection(first: 1, filter: { genres: ["Drama"] }) { totalCount } }',
    );
    expect(data?.seriesConnection).toEqual({ totalCount: 9 });
  });

  it('filters by everything given together', async () => {
    const all = await list({});
    expect(await names({ filter: { genres: ['Mystery', 'Nothing'] } })).toHaveLength(9);
    expect(await names({ filter: { networks: ['Net 0'], statuses: ['CONTINUING'] } })).toEqual([]);
    expect(await names({ filter: { yearFrom: 2003, yearTo: 2004, minRating: 7.2 } })).toEqual(
      all
        .filter(({ year, communityRating }) => (year ?? 0) >= 2003 && (communityRating ?? 0) >= 7.2)
        .map(({ name }) => name),
    );
    expect(await names({ filter: { libraryId: gid('Library', 2) } })).toEqual(
      [1, 2, 3, 4].map((number) => `Show 0${number}`),
    );
    expect(await names({ filter: { genres: [] } })).toHaveLength(SEEDED_SERIES - 1);
  });

  it('filters by where a user stands; without a record a series is unwatched', async () => {
    const watch = (user: number, ...states: string[]) =>
      names({ filter: { watch: { userId: gid('User', user), states } } });
    expect(await watch(1, 'COMPLETED')).toEqual(['Show 01', 'Show 04', 'Show 07', 'Show 10']);
    expect(await watch(1, 'UNWATCHED')).toHaveLength(SEEDED_SERIES - 1 - 12);
    expect(await watch(3, 'UNWATCHED')).toHaveLength(SEEDED_SERIES - 1);
    expect(await watch(999, 'UNWATCHED')).toEqual([]);
    expect(await watch(1)).toEqual([]);
  });

  it('searches by the beginnings of words, in names before overviews', async () => {
    expect(await names({ search: 'light' })).toEqual(expect.arrayContaining(['Show 10', 'Show 20']));
    expect(await names({ search: 'lightho MAP' })).toHaveLength(2);
    expect(await names({ search: 'show 07' })).toEqual(['Show 07']);
    expect(await names({ search: 'S.W.A.T.' })).toEqual(['Show 03']);
    expect(await names({ search: 'zebra' })).toEqual([]);
    expect(await names({ search: '   ' })).toHaveLength(SEEDED_SERIES - 1);
  });

  it.each(["'", '\\', "o'brien & !(", ':*', '!!!', '"a" | b <-> c', '%', "'':*"])(
    'takes %s as text, not as an operator',
    async (search) => {
      const { errors } = await query(LIST, { search });
      expect(errors).toBeUndefined();
    },
  );

  it('pages a search by relevance', async () => {
    const all = await names({ search: 'nothing see' });
    const { data } = await query(LIST, { first: 10, search: 'nothing see' });
    const after = at(data, 'seriesConnection', 'pageInfo', 'endCursor');
    const rest = await names({ search: 'nothing see', after });
    expect(all).toHaveLength(27);
    expect(rest).toEqual(all.slice(10));
  });
});

describe('bad input of seriesConnection', () => {
  const cases: [string, Record<string, unknown>, string][] = [
    ['first 0', { first: 0 }, 'first'],
    ['first 101', { first: 101 }, 'first'],
    ['first -1', { first: -1 }, 'first'],
    ['a cursor of nobody', { after: 'nonsense' }, 'after'],
    ['an empty cursor', { after: '' }, 'after'],
    ['a cursor with a wrong key', { after: Buffer.from('["NAME ASC",1]').toString('base64url') }, 'after'],
    [
      'a cursor with a time that is none',
      {
        sort: { field: 'ADDED' },
        after: Buffer.from('["ADDED ASC","soon",1]').toString('base64url'),
      },
      'after',
    ],
    ['a library id of another type', { filter: { libraryId: gid('Series', 1) } }, 'filter.libraryId'],
    [
      'a user id of another type',
      { filter: { watch: { userId: gid('Series', 1), states: ['COMPLETED'] } } },
      'filter.watch.userId',
    ],
    ['a rating beyond 10', { filter: { minRating: 11 } }, 'filter.minRating'],
    ['text with a NUL', { search: 'a\u0000b' }, 'search'],
    ['very long text', { search: 'a'.repeat(201) }, 'search'],
  ];

  it.each(cases)('%s is refused and named', async (_what, variables, field) => {
    const { data, errors, statements } = await query(LIST, variables);
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([
      { path: ['seriesConnection'], extensions: { code: 'BAD_INPUT', field, remedy: expect.any(String) } },
    ]);
    expect(statements).toBe(0);
  });

  it('refuses a cursor of another order or another search', async () => {
    const { data } = await query(LIST, { first: 2 });
    const after = at(data, 'seriesConnection', 'pageInfo', 'endCursor');
    for (const variables of [
      { sort: { field: 'YEAR' } },
      { sort: { field: 'NAME', direction: 'DESC' } },
      { search: 'show' },
    ]) {
      const { errors } = await query(LIST, { after, ...variables });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_INPUT', field: 'after', value: after } }]);
    }
  });

  it('reports a nested field at its own place and keeps the rest of the answer', async () => {
    const { data, errors } = await query(
      `{ series(id: "${gid('Series', 1)}") { name watchState(userId: "${gid('Series', 1)}") { state }
        good: watchState(userId: "${gid('User', 1)}") { state } } }`,
    );
    expect(data?.series).toEqual({ name: 'Show 01', watchState: null, good: { state: 'COMPLETED' } });
    expect(errors).toMatchObject([
      {
        path: ['series', 'watchState'],
        extensions: { code: 'BAD_INPUT', field: 'userId', value: gid('Series', 1) },
      },
    ]);
  });

  it('refuses the size and the cursor of a nested list', async () => {
    for (const [argument, field] of [
      ['first: 0', 'first'],
      ['first: 101', 'first'],
      ['after: "x"', 'after'],
    ]) {
      const { errors } = await query(
        `{ series(id: "${gid('Series', 1)}") { episodes(${argument}) { nodes { id } } } }`,
      );
      expect(errors).toMatchObject([
        { path: ['series', 'episodes'], extensions: { code: 'BAD_INPUT', field } },
      ]);
    }
  });
});
