import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database.ts';
import { caller, createApi, gid } from '../support/api.ts';
import { createTestDatabase } from '../support/database.ts';
import { seedCatalog } from '../support/seed-catalog.ts';

let db: Database;
beforeAll(async () => {
  db = await createTestDatabase();
  await seedCatalog(db);
});
afterAll(() => db.close());

const SERIES = 'id name genres externalIds { tvdb imdb } seasonCount episodeCount';

describe('SQL statements of an operation', () => {
  it.each([
    ['a list of series', 1, `{ seriesConnection(first: 100) { nodes { ${SERIES} } } }`],
    [
      'a list with everything below it',
      1,
      `{ seriesConnection(first: 50, search: "show") { totalCount pageInfo { hasNextPage } edges { cursor node {
        ${SERIES} seasons { number episodes { name playState(userId: "${gid('User', 1)}") { played } } }
        episodes(first: 2) { totalCount nodes { name } } similar(first: 3) { similarity series { name } }
        watchState(userId: "${gid('User', 1)}") { state progress } } } } }`,
    ],
    [
      'one series with seasons and all episodes',
      1,
      `{ series(id: "${gid('Series', 1)}") { name seasons { number episodes { number airDate } } } }`,
    ],
    [
      'similar series of similar series',
      1,
      `{ series(id: "${gid('Series', 1)}") { similar { series { name similar(first: 2) { series { name } } } } } }`,
    ],
    [
      'a dashboard of a user',
      1,
      `{ user(id: "${gid('User', 1)}") { name library { path } watchStates(first: 10) { nodes { state series { name } } }
        recommendations { picks { rank parts { signal } evidence { kind series { name } } series { ${SERIES} } } } } }`,
    ],
    [
      'all users with their picks',
      1,
      '{ users { nodes { name recommendations { picks { series { name } } } } } }',
    ],
    ['libraries', 1, '{ libraries { name seriesCount } }'],
    ['genres', 1, '{ genres { genre seriesCount } }'],
    [
      'nodes of four types',
      1,
      `{ nodes(ids: ["${gid('Series', 1)}", "${gid('User', 1)}", "${gid('Episode', 11)}", "${gid('Library', 1)}"]) {
        id ... on Series { name seasons { number } } ... on User { name } ... on Episode { series { name } } } }`,
    ],
    [
      'a node',
      1,
      `{ node(id: "${gid('RecommendationSet', 2)}") { ... on RecommendationSet { picks { rank } } } }`,
    ],
    ['the caller', 0, '{ me { name role } }'],
    ['the caller with their user', 1, '{ me { user { name watchStates { totalCount } } } }'],
    ['three root fields', 3, '{ genres { genre } libraries { name } users { totalCount } }'],
    [
      'a mutation that reads back its result',
      1,
      `mutation { updateUser(input: { userId: "${gid('User', 3)}", explanationsEnabled: true }) {
        ... on UpdateUserSuccess { user { name explanationsEnabled watchStates { totalCount } } } } }`,
    ],
  ])('%s takes %i', async (_what, statements, document) => {
    const answer = await createApi(db).query(document, {}, caller('ADMIN', 1));
    expect(answer.errors).toBeUndefined();
    expect(answer.statements).toBe(statements);
  });
});
