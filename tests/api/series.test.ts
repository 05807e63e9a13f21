import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database.ts';
import { at, createApi, gid } from '../support/api.ts';
import { createTestDatabase } from '../support/database.ts';
import { seedCatalog } from '../support/seed-catalog.ts';

let db: Database;
let query: ReturnType<typeof createApi>['query'];
beforeAll(async () => {
  db = await createTestDatabase();
  await seedCatalog(db);
  ({ query } = createApi(db));
});
afterAll(() => db.close());

const anna = gid('User', 1);

describe('series', () => {
  it('shows what the catalog knows, times in UTC and unknown things as null', async () => {
    const { data } = await query(
      `query ($id: ID!) { series(id: $id) { id name originalName year premiereDate endDate status overview genres keywords
        networks communityRating officialRating runtimeMinutes externalIds { tvdb tmdb imdb } addedAt removedAt
        seasonCount episodeCount } }`,
      { id: gid('Series', 3) },
    );
    expect(data?.series).toEqual({
      id: gid('Series', 3),
      name: 'Show 03',
      originalName: 'Die S.W.A.T. Serie',
      year: 2003,
      premiereDate: '2000-01-04',
      endDate: null,
      status: 'CONTINUING',
      overview: 'Nothing to see here.',
      genres: ['Drama', 'Mystery'],
      keywords: [],
      networks: ['Net 1'],
      communityRating: 7.3,
      officialRating: 'TV-14',
      runtimeMinutes: 45,
      externalIds: { tvdb: '1003', tmdb: null, imdb: null },
      addedAt: '2026-01-04T00:00:00.123Z',
      removedAt: null,
      seasonCount: 2,
      episodeCount: 6,
    });
  });

  it('leads from a series that was merged to the one that has its episodes now', async () => {
    await db.rows(sql`update titles set merged_into_id = 3, removed_at = now() where id = 4`);
    const { data, errors } = await query(
      `query ($id: ID!) { node(id: $id) { ... on Series { id removedAt mergedInto { id name mergedInto { id } } } } }`,
      { id: gid('Series', 4) },
    );
    await db.rows(sql`update titles set merged_into_id = null, removed_at = null where id = 4`);
    expect(errors).toBeUndefined();
    expect(data?.node).toEqual({
      id: gid('Series', 4),
      removedAt: expect.any(String),
      mergedInto: { id: gid('Series', 3), name: 'Show 03', mergedInto: null },
    });
  });

  it('lists seasons and episodes in order, specials last, and does not count specials', async () => {
    const { data } = await query(
      `query ($id: ID!) { series(id: $id) { seasonCount episodeCount
        seasons { number episodeCount episodes { number name } } episodes { nodes { seasonNumber number } } } }`,
      { id: gid('Series', 1) },
    );
    expect(at(data, 'series', 'seasons')).toMatchObject([
      { number: 1, episodeCount: 3, episodes: [{ number: 1 }, { number: 2 }, { number: 3 }] },
      { number: 2, episodeCount: 3 },
      { number: 0, episodeCount: 1, episodes: [{ number: null, name: 'Making of' }] },
    ]);
    expect(at(data, 'series', 'episodes', 'nodes')).toEqual([
      ...[1, 2].flatMap((season) => [1, 2, 3].map((number) => ({ seasonNumber: season, number }))),
      { seasonNumber: 0, number: null },
    ]);
    expect(data?.series).toMatchObject({ seasonCount: 2, episodeCount: 6 });
  });

  it('pages episodes by cursor to the end', async () => {
    const document = `query ($id: ID!, $after: String) { series(id: $id) { episodes(first: 3, after: $after) {
      totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`;
    const seen: unknown[] = [];
    let after: unknown = null;
    let pages = 0;
    do {
      const { data } = await query(document, { id: gid('Series', 1), after });
      const page = at(data, 'series', 'episodes');
      expect(at(page, 'totalCount')).toBe(7);
      expect(at(page, 'pageInfo', 'hasPreviousPage')).toBe(after !== null);
      const nodes = at(page, 'nodes');
      if (Array.isArray(nodes)) seen.push(...nodes.map((node) => at(node, 'id')));
      after = at(page, 'pageInfo', 'hasNextPage') ? at(page, 'pageInfo', 'endCursor') : null;
      pages += 1;
    } while (after !== null && pages < 10);
    expect(pages).toBe(3);
    expect(seen).toEqual([11, 12, 13, 14, 15, 16, 17].map((id) => gid('Episode', id)));
  });

  it('reads one field with several arguments, through aliases and fragments, at once', async () => {
    const { data, statements } = await query(
      `query ($id: ID!, $not: Boolean!) { series(id: $id) {
        two: similar(first: 2) { ...S } five: similar(first: 5) { similarity } again: similar(first: 2) { similarity }
        skipped: similar(first: 7) @include(if: $not) { similarity }
        mine: watchState(userId: "${anna}") { state } theirs: watchState(userId: "${gid('User', 2)}") { watchedCount }
        ... on Series { name: watchState(userId: "${gid('User', 3)}") { state } title: name } } }
      fragment S on SimilarSeries { series { name } }`,
      { id: gid('Series', 4), not: false },
    );
    expect(statements).toBe(1);
    expect(data?.series).toMatchObject({
      two: [{ series: { name: 'Show 03' } }, { series: { name: 'Show 05' } }],
      again: [{ similarity: expect.any(Number) }, { similarity: expect.any(Number) }],
      mine: { state: 'COMPLETED' },
      theirs: { watchedCount: 4 },
      name: null,
      title: 'Show 04',
    });
    expect(at(data, 'series', 'five')).toHaveLength(5);
    expect(data?.series).not.toHaveProperty('skipped');
  });

  it('reads one field with more sets of arguments than a function has places', async () => {
    const aliases = Array.from(
      { length: 60 },
      (_, index) => `s${index + 1}: similar(first: ${index + 1}) { similarity }`,
    );
    const { data, errors } = await query(`{ series(id: "${gid('Series', 1)}") { ${aliases.join(' ')} } }`);
    expect(errors).toBeUndefined();
    expect(at(data, 'series', 's1')).toHaveLength(1);
    expect(at(data, 'series', 's18')).toHaveLength(18);
    expect(at(data, 'series', 's60')).toHaveLength(19);
  });

  it('gives edges and nodes of one connection different fields of the same rows', async () => {
    const { data, statements } = await query(
      `{ seriesConnection(first: 2) { nodes { name } edges { cursor node { year } } first: nodes { episodes(first: 1) {
        nodes { name } } } } }`,
    );
    expect(statements).toBe(1);
    expect(data?.seriesConnection).toEqual({
      nodes: [{ name: 'Show 01' }, { name: 'Show 02' }],
      edges: [
        { cursor: expect.any(String), node: { year: 2001 } },
        { cursor: expect.any(String), node: { year: 2002 } },
      ],
      first: [
        { episodes: { nodes: [{ name: 'Episode 1' }] } },
        { episodes: { nodes: [{ name: 'Episode 1' }] } },
      ],
    });
  });

  it('finds similar series under the active model, without itself and removed ones', async () => {
    const { data } = await query(
      'query ($id: ID!) { series(id: $id) { similar(first: 100) { similarity series { id removedAt } } } }',
      { id: gid('Series', 1) },
    );
    const similar = at(data, 'series', 'similar');
    if (!Array.isArray(similar)) throw new Error('No list.');
    expect(similar.map((one) => at(one, 'series', 'id'))).toEqual(
      Array.from({ length: 19 }, (_, index) => gid('Series', index + 2)),
    );
    expect(at(similar, 0, 'similarity')).toBeCloseTo(Math.cos(0.05), 2);
  });

  it('has no similar series without an embedding', async () => {
    const { data } = await query('query ($id: ID!) { series(id: $id) { similar { similarity } } }', {
      id: gid('Series', 25),
    });
    expect(data?.series).toEqual({ similar: [] });
  });

  it('shows the play state of a user, and null where there is none', async () => {
    const { data } = await query(
      `query ($id: ID!, $user: ID!) { series(id: $id) { episodes(first: 3) { nodes {
        playState(userId: $user) { played positionMs percentage playCount lastPlayedAt } } } } }`,
      { id: gid('Series', 1), user: anna },
    );
    expect(at(data, 'series', 'episodes', 'nodes')).toEqual([
      {
        playState: {
          played: true,
          positionMs: 0,
          percentage: 1,
          playCount: 2,
          lastPlayedAt: '2026-03-02T20:00:00.000Z',
        },
      },
      {
        playState: {
          played: false,
          positionMs: 1_350_000,
          percentage: 0.5,
          playCount: 0,
          lastPlayedAt: '2026-03-03T20:00:00.000Z',
        },
      },
      { playState: null },
    ]);
  });

  it('is null for an unknown id and still found when removed', async () => {
    const { data, errors } = await query(
      `{ unknown: series(id: "${gid('Series', 999)}") { name } removed: series(id: "${gid('Series', 30)}") { removedAt } }`,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ unknown: null, removed: { removedAt: '2026-10-01T00:00:00.000Z' } });
  });
});

describe('node and nodes', () => {
  it('find objects of any type, null for unknown ones, in the order of the ids', async () => {
    const ids = [gid('User', 2), gid('Series', 5), gid('Series', 999), gid('Episode', 12), gid('Series', 4)];
    const { data } = await query(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Series { name } ... on Episode { series { name } } } }',
      { ids },
    );
    expect(data?.nodes).toEqual([
      { __typename: 'User', id: ids[0] },
      { __typename: 'Series', id: ids[1], name: 'Show 05' },
      null,
      { __typename: 'Episode', id: ids[3], series: { name: 'Show 01' } },
      { __typename: 'Series', id: ids[4], name: 'Show 04' },
    ]);
  });

  it('find objects that are read in other ways among the others', async () => {
    const ids = [gid('JobRun', '00000000-0000-4000-8000-000000000000'), gid('Series', 5)];
    const { data, errors } = await query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(errors).toBeUndefined();
    expect(data?.nodes).toEqual([null, { id: ids[1] }]);
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['an id of no type', gid('Nothing', 1)],
    ['an id of a type without ids', gid('Season', 1)],
    ['an id with a word in it', gid('Series', 'one')],
    ['an id beyond the integers', gid('Series', '99999999999')],
  ])('refuse %s', async (_what, id) => {
    const { data, errors } = await query('query ($id: ID!) { node(id: $id) { id } }', { id });
    expect(data).toEqual({ node: null });
    expect(errors).toMatchObject([{ path: ['node'], extensions: { code: 'BAD_INPUT', field: 'id' } }]);
  });

  it('refuse more than 100 ids', async () => {
    const ids = Array.from({ length: 101 }, (_, index) => gid('Series', index + 1));
    const { errors } = await query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_INPUT', field: 'ids' } }]);
  });
});
