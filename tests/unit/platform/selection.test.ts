import { describe, expect, it } from 'vitest';
import {
  argumentsKey,
  EMPTY_SELECTION,
  mergeSelections,
  nodeSelection,
  type Selection,
} from '../../../src/platform/selection.ts';

function selection(fields: string[], nested: Record<string, Selection> = {}): Selection {
  return {
    fields: new Set(fields),
    nested: new Map(
      Object.entries(nested).map(([field, below]) => [field, { field, key: '', args: {}, selection: below }]),
    ),
  };
}

describe('mergeSelections', () => {
  it('holds what either asks for, at every depth', () => {
    const merged = mergeSelections(
      selection(['a'], { x: selection(['b']), y: selection(['c']) }),
      selection(['d'], { x: selection(['e'], { z: selection(['f']) }) }),
    );
    expect(merged).toEqual(
      selection(['a', 'd'], { x: selection(['b', 'e'], { z: selection(['f']) }), y: selection(['c']) }),
    );
  });

  it('leaves both as they were', () => {
    const one = selection(['a'], { x: selection(['b']) });
    mergeSelections(one, selection(['c'], { x: selection(['d']) }));
    expect(one).toEqual(selection(['a'], { x: selection(['b']) }));
  });
});

describe('nodeSelection', () => {
  it('joins what nodes and edges want of a node', () => {
    const wanted = nodeSelection(
      selection([], { nodes: selection(['a']), edges: selection(['cursor'], { node: selection(['b']) }) }),
    );
    expect(wanted).toEqual(selection(['a', 'b']));
  });

  it('wants rows without fields for cursors and page information, and none for the total alone', () => {
    expect(nodeSelection(selection([], { pageInfo: selection(['hasNextPage']) }))).toEqual(EMPTY_SELECTION);
    expect(nodeSelection(selection([], { edges: selection(['cursor']) }))).toEqual(EMPTY_SELECTION);
    expect(nodeSelection(selection(['totalCount']))).toBeUndefined();
  });
});

describe('argumentsKey', () => {
  it('is equal for equal arguments only', () => {
    expect(argumentsKey({ first: 1, after: null })).toBe(argumentsKey({ first: 1, after: null }));
    expect(argumentsKey({ first: 1 })).not.toBe(argumentsKey({ first: 2 }));
  });
});
