import { describe, expect, it } from 'vitest';
import { schema } from '../../../schema/schema.ts';
import { isPublicOperation } from '../../../src/server/access/public-operation.ts';

const SIGN_IN = 'signIn(input: { name: "a", password: "b" }) { __typename }';

describe('an operation without a key', () => {
  it.each([
    `mutation { ${SIGN_IN} }`,
    `mutation In($input: SignInInput!) { signIn(input: $input) { ...Answer } } fragment Answer on Failure { message }`,
  ])('may sign in: %s', (query) => {
    expect(isPublicOperation(schema, query)).toBe(true);
  });

  it.each([
    ['a query', '{ me { name } }'],
    ['a query of nothing', '{ __typename }'],
    ['introspection', '{ __schema { types { name } } }'],
    ['another mutation', 'mutation { signOut { __typename } }'],
    ['another mutation beside it', `mutation { ${SIGN_IN} signOut { __typename } }`],
    ['many attempts in one', `mutation { ${SIGN_IN} second: ${SIGN_IN} }`],
    ['an alias that looks like it', 'mutation { signIn: signOut { __typename } }'],
    ['something in a fragment', `mutation { ...F } fragment F on Mutation { ${SIGN_IN} }`],
    ['something in an inline fragment', `mutation { ... on Mutation { ${SIGN_IN} } }`],
    ['a second operation', `mutation A { ${SIGN_IN} } query B { me { name } }`],
    ['a subscription', 'subscription { jobRuns { __typename } }'],
    ['a field that does not exist', 'mutation { nothing }'],
    ['a field of every object', 'mutation { constructor }'],
    ['no GraphQL', 'mutation {'],
    ['a long document', `mutation { ${SIGN_IN.replace('__typename', '__typename '.repeat(200))} }`],
    ['no text', 7],
    ['nothing', undefined],
  ])('may not be %s', (_what, query) => {
    expect(isPublicOperation(schema, query)).toBe(false);
  });
});
