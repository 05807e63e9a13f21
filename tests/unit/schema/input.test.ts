import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cursor, encodeCursor } from '../../../schema/cursor.ts';
import { decodeGlobalId, encodeGlobalId, globalId, integerId } from '../../../schema/global-id.ts';
import { pageSize, parseInput, text } from '../../../schema/input.ts';

describe('global ids', () => {
  it('come back as they were made, whatever the inner id holds', () => {
    for (const id of ['1', '0198f-uuid', 'a:b', 'ü 日本']) {
      expect(decodeGlobalId(encodeGlobalId('JobRun', id))).toEqual({ typename: 'JobRun', id });
    }
  });

  it.each([
    '',
    'Series:1',
    'U2VyaWVzOjE=',
    `${encodeGlobalId('Series', 1)} `,
    encodeGlobalId('', 1),
    encodeGlobalId('A', ''),
  ])('are not mistaken for %j', (value) => {
    expect(decodeGlobalId(value)).toBeNull();
  });

  it('hold integers from 1 to the largest of PostgreSQL', () => {
    expect(['1', '2147483647'].map(integerId)).toEqual([1, 2_147_483_647]);
    for (const id of ['0', '-1', '01', '1.5', '1e3', '2147483648', '9999999999', 'x', ' 1'])
      expect(integerId(id)).toBeNull();
  });

  it('of another type are refused by name', () => {
    expect(() => parseInput(z.object({ id: globalId('User') }), { id: encodeGlobalId('Series', 1) })).toThrow(
      expect.objectContaining({
        code: 'BAD_INPUT',
        field: 'id',
        message: 'An id of type User is needed, not one of Series.',
      }),
    );
  });
});

describe('cursors', () => {
  const parser = z.object({ after: cursor('LIST', z.tuple([z.string().nullable(), z.number()])) });

  it('come back with their key', () => {
    for (const key of [
      ['ü', 1],
      [null, 2],
    ] as const) {
      expect(parseInput(parser, { after: encodeCursor('LIST', key) })).toEqual({ after: key });
    }
  });

  it('may be left out', () => {
    expect(parseInput(parser, {})).toEqual({ after: null });
    expect(parseInput(parser, { after: null })).toEqual({ after: null });
  });

  it.each([
    encodeCursor('OTHER', ['a', 1]),
    encodeCursor('LIST', ['a']),
    encodeCursor('LIST', ['a', 1, 2]),
    encodeCursor('LIST', [1, 1]),
    Buffer.from('{"0":"LIST"}').toString('base64url'),
    'nonsense',
    '',
  ])('such as %j are refused', (after) => {
    expect(() => parseInput(parser, { after })).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', field: 'after' }),
    );
  });
});

describe('parseInput', () => {
  it('fills in defaults', () => {
    expect(parseInput(z.object({ first: pageSize(20) }), {})).toEqual({ first: 20 });
    expect(parseInput(z.object({ first: pageSize(20) }), { first: null })).toEqual({ first: 20 });
  });

  it.each([0, -1, 101, 1.5, Number.NaN])('refuses a page of %d', (first) => {
    expect(() => parseInput(z.object({ first: pageSize(20) }), { first })).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', field: 'first' }),
    );
  });

  it('names the place of a deep fault and shows its value, shortened', () => {
    const schema = z.object({ filter: z.object({ names: z.array(text(3)) }) });
    expect(() => parseInput(schema, { filter: { names: ['abc', 'x'.repeat(500)] } })).toThrow(
      expect.objectContaining({ field: 'filter.names.1', value: 'x'.repeat(100) }),
    );
  });
});
