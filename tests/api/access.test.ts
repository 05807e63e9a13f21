import {
  execute,
  type GraphQLArgument,
  type GraphQLInputType,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  parse,
  subscribe,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maskError } from '../../schema/errors.ts';
import { isPublic } from '../../schema/key-scopes.ts';
import { schema } from '../../schema/schema.ts';
import type { Database } from '../../src/platform/database.ts';
import { caller, createApi, gid } from '../support/api.ts';
import { createTestDatabase } from '../support/database.ts';
import { seedCatalog } from '../support/seed-catalog.ts';

const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
  (type) =>
    type
      ? Object.values(type.getFields())
          .filter((field) => !isPublic(field))
          .map((field) => ({ type, field, name: `${type.name}.${field.name}` }))
      : [],
);

/** A value that the type accepts, written as in a query. */
function literal(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(type.ofType);
  if (isListType(type)) return `[${literal(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) return `{ ${argumentsOf(Object.values(type.getFields()))} }`;
  if (type.name === 'ID') return `"${gid('Series', 1)}"`;
  return { Int: '1', Float: '1', Boolean: 'true', DateTime: '"2026-12-01T00:00:00Z"' }[type.name] ?? '"text"';
}

function argumentsOf(args: readonly Pick<GraphQLArgument, 'name' | 'type'>[]): string {
  return args
    .flatMap(({ name, type }) => (isNonNullType(type) ? [`${name}: ${literal(type)}`] : []))
    .join(', ');
}

describe('a caller without a key', () => {
  it('has fields to be refused', () => {
    expect(roots.length).toBeGreaterThan(10);
  });

  it.each(roots)('is refused $name before anything is read', async ({ type, field }) => {
    const args = argumentsOf(field.args);
    const below = isCompositeType(getNamedType(field.type)) ? '{ __typename }' : '';
    const operation = type === schema.getSubscriptionType() ? 'subscription' : type.name.toLowerCase();
    const request = {
      schema,
      document: parse(`${operation} { ${field.name}${args && `(${args})`} ${below} }`),
      contextValue: { principal: null, requestId: 'request-1' },
    };
    const result = await (operation === 'subscription' ? subscribe(request) : execute(request));
    if (!('errors' in result) || !result.errors) throw new Error('It was let in.');
    expect(result.errors.map((error) => maskError(error, 'Unexpected.').message)).toEqual([
      'This API needs a key.',
    ]);
    expect(maskError(result.errors[0], 'Unexpected.').extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('a VIEWER key', () => {
  let db: Database;
  let query: ReturnType<typeof createApi>['query'];
  beforeAll(async () => {
    db = await createTestDatabase();
    await seedCatalog(db);
    ({ query } = createApi(db));
  });
  afterAll(() => db.close());
  const ben = caller('VIEWER', 2);

  it('reads the catalog and its own user', async () => {
    const { errors } = await query(
      `{ seriesConnection(filter: { watch: { userId: "${gid('User', 2)}", states: [COMPLETED] } }) { nodes {
        watchState(userId: "${gid('User', 2)}") { state } episodes { nodes { playState(userId: "${gid('User', 2)}") { played } } } } }
        genres { genre } libraries { name } user(id: "${gid('User', 2)}") { watchStates { totalCount } recommendations { id } library { path } }
        node(id: "${gid('User', 2)}") { id } }`,
      {},
      ben,
    );
    expect(errors).toBeUndefined();
  });

  it.each([
    ['the list of users', '{ users { totalCount } }', ['users']],
    ['another user', `{ user(id: "${gid('User', 1)}") { name } }`, ['user']],
    ['an unknown user, like another one', `{ user(id: "${gid('User', 999)}") { name } }`, ['user']],
    ['another user as a node', `{ node(id: "${gid('User', 1)}") { __typename } }`, ['node']],
    ['the picks of another user', `{ node(id: "${gid('RecommendationSet', 2)}") { id } }`, ['node']],
    [
      'series by what another user watched',
      `{ seriesConnection(filter: { watch: { userId: "${gid('User', 1)}", states: [COMPLETED] } }) { totalCount } }`,
      ['seriesConnection'],
    ],
    [
      'where another user stands',
      `{ series(id: "${gid('Series', 1)}") { watchState(userId: "${gid('User', 1)}") { state } } }`,
      ['series', 'watchState'],
    ],
    [
      'what another user played',
      `{ node(id: "${gid('Episode', 11)}") { ... on Episode { playState(userId: "${gid('User', 1)}") { played } } } }`,
      ['node', 'playState'],
    ],
    [
      'settings of users, even its own',
      `mutation { updateUser(input: { userId: "${gid('User', 2)}", explanationsEnabled: false }) { __typename } }`,
      ['updateUser'],
    ],
    [
      'settings of libraries',
      `mutation { setLibraryEnabled(input: { libraryId: "${gid('Library', 1)}", enabled: false }) { __typename } }`,
      ['setLibraryEnabled'],
    ],
  ])('is refused %s', async (_what, document, path) => {
    const { errors } = await query(document, {}, ben);
    expect(errors).toMatchObject([{ path, extensions: { code: 'FORBIDDEN', remedy: expect.any(String) } }]);
  });

  it('sees no user when it is bound to none', async () => {
    const { errors } = await query(`{ user(id: "${gid('User', 1)}") { name } }`, {}, caller('VIEWER'));
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('of one role does not call what needs a higher one', async () => {
    const update = `mutation { updateUser(input: { userId: "${gid('User', 2)}", explanationsEnabled: false }) { __typename } }`;
    const { errors } = await query(update, {}, caller('OPERATOR', 2));
    expect(errors).toMatchObject([{ path: ['updateUser'], extensions: { code: 'FORBIDDEN' } }]);
    const reading = await query(
      '{ users { nodes { name watchStates { totalCount } } } }',
      {},
      caller('OPERATOR'),
    );
    expect(reading.errors).toBeUndefined();
  });
});
