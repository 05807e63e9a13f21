import { type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Database, Queryable } from './database.ts';
import type { NestedSelection, Selection } from './selection.ts';

/** A column's name, or an expression over the row that `row` names. */
type Column = string | ((row: string) => SQL);

/** Reads what a field leads to, as a JSON expression that may refer to the row that `row` names. */
export type Link = (statement: JsonStatement, row: string, request: NestedSelection) => SQL;

/** How one kind of object is read: which fields are columns of its row and which lead to other objects. */
export interface Shape {
  /** Table with an integer `id`, for objects that can be read by id. */
  readonly table?: string;
  /** Columns that are read even when nobody selects them. */
  readonly always?: readonly string[];
  readonly columns: Readonly<Record<string, Column>>;
  readonly links?: Readonly<Record<string, Link>>;
}

/** All shapes of a graph, by name; links name the shapes they lead to. */
export type Shapes = Readonly<Record<string, Shape>>;

/** One SQL statement that answers with JSON, in the making. */
export interface JsonStatement {
  /** A row name that no other part of the statement uses. */
  row(): string;
  /** JSON object of the selected fields of the row that `row` names. */
  object(shape: string, row: string, selection: Selection): SQL;
}

/** A PostgreSQL function takes at most 100 arguments, and an object's member needs two. */
const MEMBERS_PER_CALL = 50;

/** Names a row's column; both names are the program's own, never input. */
export function column(row: string, name: string): SQL {
  return sql.raw(`${row}.${name}`);
}

/** A link whose arguments `schema` checks: what reaches `read` is typed. */
export function linkWith<Args>(
  schema: z.ZodType<Args>,
  read: (statement: JsonStatement, row: string, args: Args, selection: Selection) => SQL,
): Link {
  return (statement, row, request) => read(statement, row, schema.parse(request.args), request.selection);
}

/** Begins a statement over `shapes`. */
export function jsonStatement(shapes: Shapes): JsonStatement {
  let rows = 0;
  const statement: JsonStatement = {
    row: () => {
      rows += 1;
      return `r${rows}`;
    },
    object: (name, row, selection) => {
      const shape = shapes[name];
      if (!shape) throw new TypeError(`No shape is called ${name}.`);
      return jsonObject([
        ...columnMembers(name, shape, row, selection),
        ...linkMembers(statement, name, shape, row, selection),
      ]);
    },
  };
  return statement;
}

/** A member of a JSON object. */
export type Member = readonly [name: SQL, value: SQL];

function columnMembers(name: string, shape: Shape, row: string, selection: Selection): Member[] {
  return [...new Set([...(shape.always ?? []), ...selection.fields])].map((field) => {
    const source = shape.columns[field];
    if (!source) throw new TypeError(`${name} has no column for its field ${field}.`);
    return [literal(field), typeof source === 'string' ? column(row, source) : source(row)];
  });
}

function linkMembers(
  statement: JsonStatement,
  name: string,
  shape: Shape,
  row: string,
  selection: Selection,
): Member[] {
  const direct: Member[] = [];
  const byArguments = new Map<string, Member[]>();
  for (const request of selection.nested.values()) {
    const link = shape.links?.[request.field];
    if (!link) throw new TypeError(`${name} has no link for its field ${request.field}.`);
    const value = link(statement, row, request);
    if (request.key === '') direct.push([literal(request.field), value]);
    else {
      const members = byArguments.get(request.field) ?? [];
      members.push([sql`${request.key}::text`, value]);
      byArguments.set(request.field, members);
    }
  }
  return [
    ...direct,
    ...[...byArguments].map(([field, members]): Member => [literal(field), jsonObject(members)]),
  ];
}

/** A member's name. Field names come from the schema, so they are GraphQL names; anything else must not get into a statement. */
export function literal(field: string): SQL {
  if (!/^\w+$/.test(field)) throw new TypeError(`${JSON.stringify(field)} is no field name.`);
  return sql.raw(`'${field}'`);
}

/** JSON object of `members`. */
export function jsonObject(members: readonly Member[]): SQL {
  const call = (part: readonly Member[]) => sql`json_build_object(${sql.join(part.flat(), sql.raw(', '))})`;
  if (members.length <= MEMBERS_PER_CALL) return call(members);
  const calls: SQL[] = [];
  for (let start = 0; start < members.length; start += MEMBERS_PER_CALL) {
    calls.push(sql`${call(members.slice(start, start + MEMBERS_PER_CALL))}::jsonb`);
  }
  return sql`(${sql.join(calls, sql.raw(' || '))})`;
}

/** JSON object of the one row of `table` that `where` finds; null when it finds none. */
export function jsonOne(
  statement: JsonStatement,
  query: {
    readonly shape: string;
    readonly table: string;
    readonly where: (row: string) => SQL;
    readonly selection: Selection;
  },
): SQL {
  const row = statement.row();
  const object = statement.object(query.shape, row, query.selection);
  return sql`(select ${object} from ${sql.raw(`${query.table} ${row}`)} where ${query.where(row)})`;
}

/** JSON array of the `item` of each row of `rows`, a complete select with the columns `item` in its order. */
export function jsonList(rows: SQL): SQL {
  return sql`(select coalesce(json_agg(l.item), '[]'::json) from (${rows}) l)`;
}

/** Runs a statement whose only row holds one JSON value; the type is the caller's word for it. */
export async function readJson<Value>(db: Queryable, value: SQL): Promise<Value | undefined> {
  const rows = await db.rows<{ value: Value }>(sql`select ${value} as value`);
  return rows[0]?.value;
}

/** Objects to read by id, all of one shape. */
export interface ObjectsQuery {
  readonly shape: string;
  readonly ids: readonly number[];
  readonly selection: Selection;
}

/** Reads objects of any shapes that have a table, in one statement: by shape, then by id; unknown ids are left out. */
export async function readObjects<Row extends object>(
  db: Database,
  shapes: Shapes,
  queries: readonly ObjectsQuery[],
): Promise<Readonly<Record<string, Readonly<Record<string, Row>> | null>>> {
  const statement = jsonStatement(shapes);
  const members = queries.map((query): Member => {
    const table = shapes[query.shape]?.table;
    if (!table) throw new TypeError(`${query.shape} cannot be read by id.`);
    const row = statement.row();
    const ids = sql`array(select i.id::int from json_array_elements_text(${JSON.stringify(query.ids)}::json) i(id))`;
    const object = statement.object(query.shape, row, query.selection);
    return [
      literal(query.shape),
      sql`(select json_object_agg(${column(row, 'id')}, ${object}) from ${sql.raw(`${table} ${row}`)} where ${column(row, 'id')} = any(${ids}))`,
    ];
  });
  const found = await readJson<Record<string, Record<string, Row> | null>>(db, jsonObject(members));
  return found ?? {};
}

/** Reads one object by id in one statement; null when there is none. */
export async function readObject<Row extends object>(
  db: Database,
  shapes: Shapes,
  shape: string,
  id: number,
  selection: Selection,
): Promise<Row | null> {
  const found = await readObjects<Row>(db, shapes, [{ shape, ids: [id], selection }]);
  return found[shape]?.[String(id)] ?? null;
}
