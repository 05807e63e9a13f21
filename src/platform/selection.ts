/**
 * What a caller wants of one object: plain fields, and fields that lead to further objects. Reads shape their one SQL
 * statement by it. It is plain data, so that reads know nothing of GraphQL.
 */
export interface Selection {
  readonly fields: ReadonlySet<string>;
  /** Keyed by field name and `key` together, so that one field asked for with two sets of arguments stands twice. */
  readonly nested: ReadonlyMap<string, NestedSelection>;
}

/** A selected field that leads to further objects. */
export interface NestedSelection {
  readonly field: string;
  /** `argumentsKey(args)`, or empty for a field that takes no arguments. */
  readonly key: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly selection: Selection;
}

/** The selection of nothing. */
export const EMPTY_SELECTION: Selection = { fields: new Set(), nested: new Map() };

/**
 * Name under which a read puts the value of a field for one set of arguments. It stands for the arguments and not for
 * the alias in the query: equal arguments are read once, and merged selections cannot contradict each other.
 */
export function argumentsKey(args: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(args);
}

/** Both selections in one: what either asks for is in the result. */
export function mergeSelections(one: Selection, other: Selection): Selection {
  if (one === EMPTY_SELECTION) return other;
  const nested = new Map(one.nested);
  for (const [name, request] of other.nested) {
    const known = nested.get(name);
    if (!known) nested.set(name, request);
    else nested.set(name, { ...known, selection: mergeSelections(known.selection, request.selection) });
  }
  return { fields: new Set([...one.fields, ...other.fields]), nested };
}

/** What is selected below a field that takes no arguments; undefined when the field is not selected. */
export function selectionBelow(selection: Selection, field: string): Selection | undefined {
  return selection.nested.get(field)?.selection;
}

/** What a connection's selection wants of each node, through `nodes` and through `edges.node`; undefined for no rows. */
export function nodeSelection(connection: Selection): Selection | undefined {
  const edges = selectionBelow(connection, 'edges');
  const nodes = selectionBelow(connection, 'nodes');
  const node = edges && selectionBelow(edges, 'node');
  const pageInfo = selectionBelow(connection, 'pageInfo');
  if (!edges && !nodes && !pageInfo) return undefined;
  return mergeSelections(nodes ?? EMPTY_SELECTION, node ?? EMPTY_SELECTION);
}
