import {
  buildSchema,
  type DocumentNode,
  getIntrospectionQuery,
  getOperationAST,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { costOf } from '../../../src/server/operation-cost.ts';

const schema = buildSchema(`
  type Query { name: String tags: [String!]! one: Item many: [Item!]! similar(first: Int = 5): [Item!]!
    page(first: Int = 20, after: String): ItemPage! nodes(ids: [ID!]!): [Node]! }
  type ItemPage { nodes: [Item!]! edges: [ItemEdge!]! total: Int }
  type ItemEdge { cursor: String node: Item! }
  interface Node { id: ID! }
  type Item implements Node { id: ID! name: String items: [Item!]! page(first: Int = 20): ItemPage! }
  type Subscription { changed: Item }
`);

function costing(text: string, variables: Record<string, unknown> = {}, name?: string) {
  const document: DocumentNode = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document, name);
  if (!operation) throw new Error('There is no such operation.');
  return costOf(schema, document, operation, variables);
}

describe('the cost of an operation', () => {
  it.each([
    ['1 for a field', 1, '{ name }'],
    ['1 for a list of plain values', 1, '{ tags }'],
    ['1 more for an object', 2, '{ one { name } }'],
    ['10 times for a list', 21, '{ many { id name } }'],
    ['as often as asked for', 7, '{ similar(first: 3) { id name } }'],
    ['as often as the default says', 6, '{ similar { id } }'],
    ['that of a page: the connection, its list, its items', 8, '{ page(first: 3) { nodes { id name } } }'],
    ['that of edges', 1 + 1 + 3 * (1 + 2), '{ page(first: 3) { edges { cursor node { name } } } }'],
    ['multiplied down', 1 + 1 + 4 * (1 + 10 * 1), '{ page(first: 4) { nodes { items { id } } } }'],
    ['one item for each id', 3, '{ nodes(ids: ["a", "b"]) { id } }'],
    ['that of fragments', 1 + 10 * 3, '{ many { ...F ... on Item { id } } } fragment F on Item { id name }'],
    ['that of what a directive may leave out', 2, '{ name tags @skip(if: true) }'],
    ['that of a subscription’s event', 2, 'subscription { changed { name } }'],
    [
      'that of a page in a fragment',
      8,
      '{ page(first: 3) { ...P } } fragment P on ItemPage { nodes { id name } }',
    ],
  ])('is %s', (_, cost, text) => {
    expect(costing(text).cost).toBe(cost);
  });

  it.each([
    [{ n: 7 }, 8],
    [{}, 4],
    [{ n: null }, 4],
    [{ n: 'text' }, 11],
    [{ n: -5 }, 2],
    [{ n: 2_000_000 }, 101],
  ])('follows the variables %j', (variables, cost) => {
    expect(costing('query ($n: Int = 3) { similar(first: $n) { id } }', variables)).toEqual({
      cost,
      sizedBy: ['n'],
    });
  });

  it('follows a variable of ids', () => {
    expect(costing('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ['a', 'b', 'c'] }).cost).toBe(
      4,
    );
  });

  it('depends on no variable that says no length', () => {
    const { sizedBy } = costing('query ($after: String) { page(first: 2, after: $after) { total } }');
    expect(sizedBy).toEqual([]);
  });

  it('grows with every level, and is found at once when fragments multiply it', () => {
    const levels = Array.from(
      { length: 200 },
      (_, at) => `fragment F${at} on Item { items { ...F${at + 1} } page { nodes { ...F${at + 1} } } }`,
    );
    const text = `{ one { ...F0 } } ${levels.join(' ')} fragment F200 on Item { id }`;
    expect(costing(text).cost).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('lets the usual introspection pass', () => {
    expect(costing(getIntrospectionQuery()).cost).toBeLessThan(60_000);
  });
});
