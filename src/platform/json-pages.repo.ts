import { type SQL, sql } from 'drizzle-orm';
import { type JsonStatement, jsonList, jsonObject, literal, type Member } from './json-shapes.repo.ts';
import { nodeSelection, type Selection } from './selection.ts';

/** One page of rows, each with the key its cursor is made of. Holds one row more than asked for when there are more. */
export interface Page<Node> {
  /** Left out when neither edges, nodes nor page information were selected. */
  readonly rows?: readonly { readonly key: CursorKey; readonly node: Node }[];
  /** Size of the whole list; left out when it was not selected. */
  readonly total?: number;
}

/** The sort values and the id of a row, from which a page goes on. */
export type CursorKey = readonly (string | number | null)[];

/** A list in an order, of which `jsonPage` reads one page. */
export interface PageQuery {
  readonly shape: string;
  readonly table: string;
  /** Name of the table's row in the expressions below. */
  readonly row: string;
  readonly where: SQL;
  /** Condition of the rows behind the cursor; null for the first page. */
  readonly after: SQL | null;
  readonly orderBy: SQL;
  readonly key: readonly SQL[];
  readonly first: number;
  readonly selection: Selection;
}

/**
 * JSON of one page (see `Page`): rows and total only as far as they are selected. The page is cut off before its JSON
 * is made, so that a sort does not make it for the whole list.
 */
export function jsonPage(statement: JsonStatement, query: PageQuery): SQL {
  const members: Member[] = [];
  const from = sql.raw(`${query.table} ${query.row}`);
  const wanted = nodeSelection(query.selection);
  if (wanted) {
    const node = statement.object(query.shape, query.row, wanted);
    const item = sql`json_build_object('key', json_build_array(${sql.join([...query.key], sql.raw(', '))}), 'node', ${node})`;
    const after = query.after ? sql` and ${query.after}` : sql.empty();
    const page = sql`select * from ${from} where ${query.where}${after} order by ${query.orderBy} limit ${query.first + 1}`;
    members.push([
      literal('rows'),
      jsonList(sql`select ${item} as item from (${page}) ${sql.raw(query.row)} order by ${query.orderBy}`),
    ]);
  }
  if (query.selection.fields.has('totalCount')) {
    members.push([literal('total'), sql`(select count(*)::int from ${from} where ${query.where})`]);
  }
  return jsonObject(members);
}

/** An order by one value and, among equal ones, the id; unknown values come last in both directions. */
export interface KeyOrder {
  readonly value: SQL;
  /** SQL type of the value, to which a cursor's value is cast. */
  readonly type: string;
  /** Whether the value can be null. Where it cannot, an index serves both directions. */
  readonly nullable: boolean;
  readonly id: SQL;
  readonly descending: boolean;
}

/** Condition of the rows that come after the one with this value and id. */
export function afterKey(order: KeyOrder, [value, id]: readonly [string | number | null, number]): SQL {
  const beyond = sql.raw(order.descending ? '<' : '>');
  if (value === null) return sql`(${order.value} is null and ${order.id} ${beyond} ${id}::int)`;
  const later = sql`(${order.value}, ${order.id}) ${beyond} (${value}::${sql.raw(order.type)}, ${id}::int)`;
  return order.nullable ? sql`(${later} or ${order.value} is null)` : later;
}

/** Order-by clause of the order. */
export function orderByKey(order: KeyOrder): SQL {
  const direction = sql.raw(order.descending ? 'desc' : 'asc');
  const nulls = sql.raw(order.nullable ? ' nulls last' : '');
  return sql`${order.value} ${direction}${nulls}, ${order.id} ${direction}`;
}
