import { sql } from 'drizzle-orm';
import type { HoldOutMeasure, WeightsOrigin } from '../../../drizzle/tables/weights.ts';
import type { Database } from '../../platform/database.ts';
import { afterKey, jsonPage, orderByKey, type Page } from '../../platform/json-pages.repo.ts';
import {
  column,
  jsonList,
  jsonOne,
  jsonStatement,
  type Link,
  readJson,
  type Shape,
  type Shapes,
} from '../../platform/json-shapes.repo.ts';
import type { Selection } from '../../platform/selection.ts';

/** A version of the weights as read for the API; only the selected fields are there. */
export interface WeightsVersionRow {
  readonly id: number;
  readonly origin: WeightsOrigin;
  /** RFC 3339 */
  readonly createdAt: string;
  readonly createdBy: string;
  readonly notes: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly measured: HoldOutMeasure | null;
  readonly isCurrent: boolean;
}

/** Columns of a version, and the ways to the version before it and to the users who have it for themselves. */
export const weightsVersionShape: Shape = {
  table: 'weights_versions',
  always: ['id'],
  columns: {
    id: 'id',
    origin: 'origin',
    createdAt: 'created_at',
    createdBy: 'created_by',
    notes: 'notes',
    isCurrent: (row) =>
      sql.raw(`coalesce((select a.version_id = ${row}.id from weights_assignments a
        where a.user_id is null and a.ended_at is null), ${row}.origin = 'SHIPPED')`),
  },
  links: {
    weights: (_statement, row) => column(row, 'weights'),
    measured: (_statement, row) => column(row, 'measured'),
    parent: (statement, row, request) =>
      jsonOne(statement, {
        shape: 'WeightsVersion',
        table: 'weights_versions',
        where: (parent) => sql.raw(`${parent}.id = ${row}.parent_id`),
        selection: request.selection,
      }),
    users: (statement, row, request) => {
      const user = statement.row();
      const item = statement.object('User', user, request.selection);
      return jsonList(
        sql`select ${item} as item from ${sql.raw(`media_users ${user} join weights_assignments a
          on a.user_id = ${user}.id and a.version_id = ${row}.id and a.ended_at is null
          order by ${user}.name, ${user}.id`)}`,
      );
    },
  },
};

/** Of a row with a `weights_id`: the version; null for the weights as shipped. */
export const versionOf: Link = (statement, row, request) =>
  jsonOne(statement, {
    shape: 'WeightsVersion',
    table: 'weights_versions',
    where: (version) => sql.raw(`${version}.id = ${row}.weights_id`),
    selection: request.selection,
  });

/** One page of the versions, the newest first; `after` is the id of the last one before, twice. */
export async function listVersions<Row extends object>(
  db: Database,
  shapes: Shapes,
  query: { readonly first: number; readonly after: readonly [number, number] | null },
  selection: Selection,
): Promise<Page<Row>> {
  const statement = jsonStatement(shapes);
  const row = statement.row();
  const id = column(row, 'id');
  const order = { value: id, type: 'int', nullable: false, id, descending: true };
  const page = jsonPage(statement, {
    shape: 'WeightsVersion',
    table: 'weights_versions',
    row,
    where: sql`true`,
    after: query.after ? afterKey(order, query.after) : null,
    orderBy: orderByKey(order),
    key: [id, id],
    first: query.first,
    selection,
  });
  return (await readJson<Page<Row>>(db, page)) ?? {};
}
