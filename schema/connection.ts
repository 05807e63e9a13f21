import type { CursorKey, Page } from '../src/platform/json-pages.repo.ts';
import { argumentsKey } from '../src/platform/selection.ts';
import { encodeCursor } from './cursor.ts';
import type { ByArguments } from './rows.ts';

/** What a connection field returns. */
export interface Connection<Node> {
  readonly edges: { cursor: string; node: Node }[];
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  /** Left out when it was not selected. */
  readonly totalCount?: number;
}

/**
 * Makes a connection of the page that a read returned.
 *
 * @param tag names the list and its order in the cursors, see `encodeCursor`
 * @param asked the arguments the page was read with; the page holds one row more than `first` when there are more
 */
export function toConnection<Node>(
  tag: string,
  page: Page<Node>,
  asked: { readonly first: number; readonly after: CursorKey | null },
): Connection<Node> {
  const rows = page.rows ?? [];
  const edges = rows.slice(0, asked.first).map(({ key, node }) => ({ cursor: encodeCursor(tag, key), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > asked.first,
      hasPreviousPage: asked.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    ...(page.total !== undefined && { totalCount: page.total }),
  };
}

/** The value that the root field's statement read for these arguments. */
export function valueFor<Value>(values: ByArguments<Value>, args: Readonly<Record<string, unknown>>): Value {
  const value = values[argumentsKey(args)];
  if (value === undefined) throw new TypeError(`Nothing was read for the arguments ${argumentsKey(args)}.`);
  return value;
}
