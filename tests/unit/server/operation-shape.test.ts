import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMIT_VALUES } from '../../../src/platform/config-limits.ts';
import { exceededBy, shapeOf } from '../../../src/server/operation-shape.ts';

const shape = (text: string) => shapeOf(parse(text));

describe('the shape of a document', () => {
  it('is measured in fields, aliases and directives', () => {
    expect(
      shape('query ($a: Boolean) { a { b { c d e f } } x: g @skip(if: $a) ... on Query @x { h i: h } }'),
    ).toEqual({ depth: 3, rootFields: 4, selectionFields: 4, aliases: 2, directives: 2 });
  });

  it('sees through fragments, counting each spread', () => {
    expect(
      shape('{ ...A ...A } fragment A on Query { a { ...B } } fragment B on T { b { c } d e }'),
    ).toMatchObject({ depth: 3, rootFields: 2, selectionFields: 3 });
  });

  it('is that of the largest operation', () => {
    expect(shape('query A { a } query B { a { b } c }')).toMatchObject({ depth: 2, rootFields: 2 });
  });

  it('sees fragments that nobody spreads', () => {
    expect(shape('{ a } fragment A on Query { b: a @x c: a { d } }')).toEqual({
      depth: 1,
      rootFields: 1,
      selectionFields: 2,
      aliases: 2,
      directives: 1,
    });
  });

  it('ends for fragments within themselves and for unknown ones', () => {
    expect(
      shape('{ ...A ...X } fragment A on Q { a { ...B } } fragment B on Q { b { ...A } }'),
    ).toMatchObject({ depth: 2, rootFields: 1 });
  });

  it('is found at once for fragments that double forty times and for a thousand times as many fields', () => {
    const doubling = Array.from(
      { length: 1_000 },
      (_, at) => `fragment F${at} on Q { ...F${at + 1} ...F${at + 1} }`,
    );
    const { rootFields } = shape(`{ ...F0 } ${doubling.join(' ')} fragment F1000 on Q { a }`);
    expect(rootFields).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('a shape over a limit', () => {
  const limits = {
    ...DEFAULT_LIMIT_VALUES,
    depth: 2,
    rootFields: 2,
    selectionFields: 3,
    aliases: 1,
    directives: 1,
  };

  it.each([
    ['depth', 2, 3, '{ a { b { c } } }'],
    ['rootFields', 2, 3, '{ a b c }'],
    ['selectionFields', 3, 4, '{ a { b c d e } }'],
    ['aliases', 1, 2, '{ x: a y: a }'],
    ['directives', 1, 2, '{ a @x b @y }'],
  ])('is refused by %s', (limit, max, value, text) => {
    expect(exceededBy(shape(text), limits)).toMatchObject({ limit, max, value });
  });

  it('is not what lies on the limit', () => {
    expect(exceededBy(shape('{ x: a { b c d } e @x }'), limits)).toBeUndefined();
  });
});
