import { sql } from 'drizzle-orm';
import type { Database } from '../platform/database.ts';
import { afterKey, jsonPage, orderByKey, type Page } from '../platform/json-pages.repo.ts';
import { column, jsonStatement, readJson, type Shape, type Shapes } from '../platform/json-shapes.repo.ts';
import type { Selection } from '../platform/selection.ts';
import { playsOfUser } from './play-reads.repo.ts';
import { watchStatesOfUser } from './state-reads.repo.ts';

/** A user of the media server as read for the API; only the selected fields are there. Times are RFC 3339. */
export interface UserRow {
  readonly id: number;
  readonly name: string;
  readonly isAdmin: boolean;
  readonly isDisabled: boolean;
  readonly recommendationsEnabled: boolean;
  readonly explanationsEnabled: boolean;
  readonly historyShared: boolean;
  readonly historySyncedAt: string | null;
  readonly removedAt: string | null;
}

/** Columns of a user and the way to what they watched; other domains add theirs. */
export const userShape: Shape = {
  table: 'media_users',
  always: ['id'],
  columns: {
    id: 'id',
    name: 'name',
    isAdmin: 'is_admin',
    isDisabled: 'is_disabled',
    recommendationsEnabled: 'recommendations_enabled',
    explanationsEnabled: 'explanations_enabled',
    historyShared: 'history_shared',
    historySyncedAt: 'history_synced_at',
    removedAt: 'removed_at',
  },
  links: { watchStates: watchStatesOfUser, plays: playsOfUser },
};

/** One page of the users that are on the media server, by name; `after` is the name and id of the last row before. */
export async function listUsers<Row extends object>(
  db: Database,
  shapes: Shapes,
  query: { readonly first: number; readonly after: readonly [string, number] | null },
  selection: Selection,
): Promise<Page<Row>> {
  const statement = jsonStatement(shapes);
  const row = statement.row();
  const order = {
    value: column(row, 'name'),
    type: 'text',
    nullable: false,
    id: column(row, 'id'),
    descending: false,
  };
  const page = jsonPage(statement, {
    shape: 'User',
    table: 'media_users',
    row,
    where: sql`${column(row, 'removed_at')} is null`,
    after: query.after ? afterKey(order, query.after) : null,
    orderBy: orderByKey(order),
    key: [order.value, order.id],
    first: query.first,
    selection,
  });
  return (await readJson<Page<Row>>(db, page)) ?? {};
}

/** What can be set for a user; a setting left out stays as it is. */
export interface UserSettings {
  readonly userId: number;
  readonly recommendationsEnabled?: boolean | null | undefined;
  readonly explanationsEnabled?: boolean | null | undefined;
  readonly historyShared?: boolean | null | undefined;
}

/** Changes a user's settings and reads the user back in the same statement; null when there is no such user. */
export async function updateUser<Row extends object>(
  db: Database,
  shapes: Shapes,
  settings: UserSettings,
  selection: Selection,
): Promise<Row | null> {
  const user = jsonStatement(shapes).object('User', 'changed', selection);
  const rows = await db.rows<{ user: Row }>(sql`
    with changed as (
      update media_users set
        recommendations_enabled = coalesce(${settings.recommendationsEnabled ?? null}::boolean, recommendations_enabled),
        explanations_enabled = coalesce(${settings.explanationsEnabled ?? null}::boolean, explanations_enabled),
        history_shared = coalesce(${settings.historyShared ?? null}::boolean, history_shared)
      where id = ${settings.userId}::int returning *)
    select ${user} as user from changed`);
  return rows[0]?.user ?? null;
}
