import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type OperationTypeNode,
} from 'graphql';
import type { SeededRandom } from './seeded-random.ts';

/** An operation as a client might send it. */
export interface FuzzOperation {
  readonly kind: 'valid' | 'near-valid' | 'hostile';
  readonly query: string;
  readonly variables: unknown;
}

/** Values of the built-in scalars and ours, written as in a document: usual ones, borders, and what breaks weak code. */
const SCALARS: Readonly<Record<string, readonly string[]>> = {
  Int: ['1', '2', '5', '20', '100', '0', '-1', '101', '2147483647', '-2147483648'],
  Float: ['0', '0.5', '1', '7.5', '-1', '1e308'],
  Boolean: ['true', 'false'],
  DateTime: ['"2026-11-01T00:00:00Z"', '"2026-03-01T00:00:00.123+02:00"'],
  Date: ['"2026-11-01"', '"2000-01-01"'],
  String: [
    '"show"',
    '""',
    '" "',
    '"\'; drop table titles; --"',
    '"%_\\\\"',
    '"nul \\u0000"',
    '"🦊 \\uD83D\\uDE00"',
    '"__proto__"',
    '"and or not !& | ( :*"',
    `"${'x'.repeat(300)}"`,
  ],
};

/**
 * Makes operations out of the schema: valid ones, near-valid ones (valid ones with damage), and hostile ones that ask
 * for too much or in odd ways.
 *
 * @param ids global ids that name something
 */
export function fuzzOperations(
  schema: GraphQLSchema,
  ids: readonly string[],
  random: SeededRandom,
): () => FuzzOperation {
  const valid = validOperations(schema, ids, random);
  return () => {
    if (random.happens(0.4)) return { kind: 'valid', query: valid(), variables: {} };
    if (random.happens(0.5)) return { kind: 'near-valid', query: damaged(valid(), random), variables: {} };
    const [query, variables] = random.pick(HOSTILE)(random, random.pick(ids));
    return { kind: 'hostile', query, variables };
  };
}

function validOperations(schema: GraphQLSchema, ids: readonly string[], random: SeededRandom): () => string {
  let aliases = 0;

  const literal = (type: GraphQLInputType, depth: number): string => {
    if (isNonNullType(type)) return literal(type.ofType, depth);
    if (isListType(type))
      return `[${Array.from({ length: random.below(3) }, () => literal(type.ofType, depth)).join(' ')}]`;
    if (isEnumType(type)) return random.pick(type.getValues()).name;
    if (isInputObjectType(type)) return `{ ${given(Object.values(type.getFields()), depth + 1)} }`;
    if (type.name === 'ID')
      return random.happens(0.8) ? `"${random.pick(ids)}"` : random.pick(SCALARS.String ?? []);
    return random.pick(SCALARS[type.name] ?? SCALARS.String ?? []);
  };

  const given = (args: readonly Pick<GraphQLArgument, 'name' | 'type'>[], depth: number): string =>
    args
      .filter(({ type }) => isNonNullType(type) || (depth < 4 && random.happens(0.3)))
      .map(({ name, type }) => `${name}: ${literal(type, depth)}`)
      .join(' ');

  const field = ({ name, args, type }: GraphQLField<unknown, unknown>, depth: number): string => {
    aliases += 1;
    const values = given(args, 0);
    const below = getNamedType(type);
    const selected = isCompositeType(below) ? ` ${selection(below, depth - 1)}` : '';
    return `a${aliases}: ${name}${values && `(${values})`}${selected}`;
  };

  const selection = (type: GraphQLNamedType, depth: number): string => {
    if (depth <= 0) return '{ __typename }';
    if (isAbstractType(type)) {
      const on = random.pick(schema.getPossibleTypes(type));
      return `{ __typename ... on ${on.name} ${selection(on, depth)} }`;
    }
    const fields = 'getFields' in type && isCompositeType(type) ? Object.values(type.getFields()) : [];
    const count = 1 + random.below(4);
    return `{ ${Array.from({ length: count }, () => field(random.pick(fields), depth)).join(' ')} }`;
  };

  return () => {
    aliases = 0;
    const operation = random.pick<`${OperationTypeNode}`>([
      ...Array(8).fill('query'),
      'mutation',
      'subscription',
    ]);
    const root = {
      query: schema.getQueryType(),
      mutation: schema.getMutationType(),
      subscription: schema.getSubscriptionType(),
    }[operation];
    if (!root) throw new TypeError(`The schema has no ${operation}.`);
    if (operation === 'query') return `query ${selection(root, 1 + random.below(6))}`;
    return `${operation} { ${field(random.pick(Object.values(root.getFields())), 3)} }`;
  };
}

/** The same text with one to three pieces taken out, doubled, exchanged or replaced. */
function damaged(text: string, random: SeededRandom): string {
  let result = text;
  for (let damage = 0; damage <= random.below(3); damage++) {
    const from = random.below(result.length);
    const to = from + random.below(12);
    const piece = result.slice(from, to);
    const junk = [
      '',
      piece + piece,
      '{',
      '}',
      '$x',
      '"',
      '...',
      '@skip',
      'null',
      '-',
      '\u0000',
      '"""',
      'é',
      piece.toUpperCase(),
    ];
    result = result.slice(0, from) + random.pick(junk) + result.slice(to);
  }
  return result;
}

type Hostile = (random: SeededRandom, id: string) => readonly [query: string, variables: unknown];

const nested = (times: number, before: string, core: string, after: string) =>
  before.repeat(times) + core + after.repeat(times);

const HOSTILE: readonly Hostile[] = [
  (random) => [nested(random.below(2_000), '{ a', '', '}'), {}],
  (random, id) => [
    nested(random.below(30), `{ series(id: "${id}") `, '{ name }', ' }').replace(
      /(?<=.)\{ series\([^)]*\)/g,
      '{ mergedInto',
    ),
    {},
  ],
  (random, id) => [
    `{ series(id: "${id}") ${nested(random.below(12), '{ similar(first: 100) { series ', '{ name }', '} }')} }`,
    {},
  ],
  (random) => [
    `{ ${Array.from({ length: random.below(900) }, (_, at) => `a${at}: __typename`).join(' ')} }`,
    {},
  ],
  (random) => [`{ ${'genres { genre } '.repeat(random.below(150))} }`, {}],
  (random) => [`{ __typename ${'@skip(if: false) '.repeat(random.below(100))} }`, {}],
  (random) => [
    `{ ...A } fragment A on Query { ${'...B '.repeat(random.below(50))} } fragment B on Query { ...A }`,
    {},
  ],
  (random) => [
    `{ ...F0 } ${Array.from({ length: random.below(200) }, (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`).join(' ')}`,
    {},
  ],
  (random) => [
    `{ __schema { types ${nested(random.below(8), '{ fields { type ', '{ name }', '} }')} } }`,
    {},
  ],
  (random, id) => [`{ nodes(ids: [${`"${id}" `.repeat(random.below(300))}]) { id } }`, {}],
  (random) => [
    'query ($n: Int) { seriesConnection(first: $n) { nodes { seasons { episodes { name } } } } }',
    { n: random.pick([0, -1, 1.5, 100, 101, 1e300, '5', null, [], {}, true]) },
  ],
  (random) => [
    'query ($s: String) { seriesConnection(search: $s) { totalCount } }',
    { s: random.pick(['\u0000', '\ud800', "'", 'a'.repeat(5_000), 'a & b', ':*', '\\', 5, {}]) },
  ],
  (random) => [
    'query ($c: String) { seriesConnection(after: $c) { nodes { name } } }',
    {
      c: random.pick([
        '',
        'x',
        'eyJ9',
        'WzFd',
        Buffer.from('["NAME ASC",["a",1e99]]').toString('base64url'),
        '🦊'.repeat(100),
      ]),
    },
  ],
  (random) => [
    random.pick([
      '',
      ' ',
      '#',
      'query',
      '{}',
      '{ }',
      'null',
      'subscription { __typename }',
      '{ a: }',
      '\ufeff{ __typename }',
      'query A { __typename } query A { __typename }',
      '{ __typename } { __typename }',
    ]),
    {},
  ],
  (random) => [
    '{ __typename }',
    random.pick([null, [], 'text', 5, { __proto__: 1 }, JSON.parse('{"__proto__":{"polluted":1}}')]),
  ],
  (random) => [`{ ${'x'.repeat(random.below(100_000))} }`, {}],
  (random) => [
    `query (${Array.from({ length: random.below(400) }, (_, at) => `$v${at}: Int = ${at}`).join(' ')}) { __typename }`,
    {},
  ],
  (random) => [`{ user(id: ${nested(random.below(500), '[', '1', ']')}) { name } }`, {}],
];

/** Bytes that are no request, or nearly one, for a socket on which the server waits for HTTP. */
export function fuzzHttpBytes(random: SeededRandom, key: string): Buffer {
  const body = '{"query":"{ __typename }"}';
  const head = `POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\n`;
  const whole = Buffer.from(
    random.pick([
      `${head}content-length: ${body.length}\r\n\r\n${body}`,
      `${head}content-length: ${body.length + 10}\r\n\r\n${body}`,
      `${head}content-length: 1\r\n\r\n${body}`,
      `${head}transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
      `${head}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\nzz\r\n${body}`,
      `${head}x: ${'y'.repeat(20_000)}\r\n\r\n`,
      'GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
      'GET http://[::1/graphql?%%% HTTP/1.1\r\nhost: x\r\n\r\n',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    ]),
  );
  for (let flips = random.below(6); flips > 0; flips--) whole[random.below(whole.length)] = random.below(256);
  return random.happens(0.2) ? whole.subarray(0, random.below(whole.length)) : whole;
}

/** Messages that are none of the WebSocket protocol, or nearly one. */
export function fuzzMessage(random: SeededRandom): string | Buffer {
  if (random.happens(0.3))
    return Buffer.from(Array.from({ length: random.below(200) }, () => random.below(256)));
  return damaged(
    random.pick([
      '{"type":"connection_init","payload":{}}',
      '{"type":"subscribe","id":"1","payload":{"query":"{ __typename }"}}',
      '{"type":"subscribe","id":"","payload":{"query":5}}',
      '{"type":"complete","id":"9"}',
      '{"type":"ping","payload":{"a":[1]}}',
      '{"type":"next","id":"1","payload":{}}',
      '[]',
      'null',
      '{"type":"subscribe","id":"__proto__","payload":{"query":"{ __typename }","variables":null}}',
    ]),
    random,
  );
}
