import { sql } from 'drizzle-orm';
import type { HoldOutMeasure, WeightsOrigin } from '../../../drizzle/tables/weights.ts';
import type { Queryable } from '../../platform/database.ts';
import { storedTuning, type TuningWeights } from './tuning-weights.ts';

/** Weights that are in force. */
export interface WeightsInForce {
  /** The snapshot; null for the weights as shipped. */
  readonly versionId: number | null;
  readonly weights: TuningWeights;
}

/** The weights in force: for everybody, and for users who have their own. */
export interface CurrentWeights {
  readonly everybody: WeightsInForce;
  readonly users: ReadonlyMap<number, WeightsInForce>;
}

/** The weights as shipped. */
const AS_SHIPPED: WeightsInForce = { versionId: null, weights: {} };

/** Reads which weights are in force for whom. */
export async function currentWeights(db: Queryable): Promise<CurrentWeights> {
  const rows = await db.rows<{
    userId: number | null;
    id: number;
    origin: WeightsOrigin;
    weights: Record<string, number>;
  }>(sql`
    select a.user_id as "userId", v.id, v.origin, v.weights
    from weights_assignments a join weights_versions v on v.id = a.version_id
    where a.ended_at is null order by a.user_id`);
  const users = new Map<number, WeightsInForce>();
  let everybody = AS_SHIPPED;
  for (const { userId, id, origin, weights } of rows) {
    const version = origin === 'SHIPPED' ? AS_SHIPPED : { versionId: id, weights: storedTuning(weights) };
    if (userId === null) everybody = version;
    else users.set(userId, version);
  }
  return { everybody, users };
}

/** The weights in force for a user. */
export function weightsFor(current: CurrentWeights, userId: number): WeightsInForce {
  return current.users.get(userId) ?? current.everybody;
}

/** Stores the version that stands for the weights as shipped unless it is there, and returns its id. */
export async function shippedVersion(db: Queryable, now: Date): Promise<number> {
  const known = await shippedId(db);
  if (known !== undefined) return known;
  await db.rows(sql`
    insert into weights_versions (origin, created_at, created_by, notes, weights)
    values ('SHIPPED', ${now.toISOString()}::timestamptz, 'showrunner', 'As shipped.', '{}')
    on conflict (origin) where origin = 'SHIPPED' do nothing`);
  const id = await shippedId(db);
  if (id === undefined) throw new TypeError('The version for the shipped weights was not stored.');
  return id;
}

async function shippedId(db: Queryable): Promise<number | undefined> {
  const [row] = await db.rows<{ id: number }>(sql`select id from weights_versions where origin = 'SHIPPED'`);
  return row?.id;
}

/** Lets only one transaction at a time change which weights are in force. */
export async function lockAssignments(tx: Queryable): Promise<void> {
  await tx.rows(sql`select id from weights_versions where origin = 'SHIPPED' for update`);
}

/** A snapshot to store. */
export interface NewWeightsVersion {
  readonly origin: WeightsOrigin;
  readonly parentId: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly notes: string;
  readonly weights: TuningWeights;
  readonly measured: HoldOutMeasure | null;
}

/** Stores a snapshot and returns its id. */
export async function insertVersion(tx: Queryable, version: NewWeightsVersion): Promise<number> {
  const measured = version.measured && JSON.stringify(version.measured);
  const [row] = await tx.rows<{ id: number }>(sql`
    insert into weights_versions (origin, parent_id, created_at, created_by, notes, weights, measured)
    values (${version.origin}, ${version.parentId}, ${version.createdAt.toISOString()}::timestamptz,
      ${version.createdBy}, ${version.notes}, ${JSON.stringify(version.weights)}::text::jsonb, ${measured}::text::jsonb)
    returning id`);
  if (!row) throw new TypeError('The database returned no id for a new version of the weights.');
  return row.id;
}

/** The weights that were learnt last, in force or not; undefined before the first. */
export async function newestRetrained(db: Queryable): Promise<TuningWeights | undefined> {
  const [row] = await db.rows<{ weights: Record<string, number> }>(
    sql`select weights from weights_versions where origin = 'RETRAINED' order by id desc limit 1`,
  );
  return row && storedTuning(row.weights);
}

/** Whether there is a version with the id. */
export async function versionExists(db: Queryable, id: number): Promise<boolean> {
  return (await db.rows(sql`select id from weights_versions where id = ${id}`)).length > 0;
}

/** Those of the ids that are no user's. */
export async function unknownUsers(db: Queryable, ids: readonly number[]): Promise<number[]> {
  const rows = await db.rows<{ id: number }>(sql`
    select i.id::int as id from json_array_elements_text(${JSON.stringify(ids)}::json) i(id)
    where not exists (select 1 from media_users u where u.id = i.id::int)`);
  return rows.map(({ id }) => id);
}

/** The assignment for everybody that is in force; undefined while none was ever made. */
export interface Assignment {
  readonly id: number;
  readonly versionId: number;
  readonly previousId: number | null;
}

/** Reads an assignment by id, or the one for everybody that is in force. */
export async function readAssignment(db: Queryable, id?: number): Promise<Assignment | undefined> {
  const where = id === undefined ? sql`user_id is null and ended_at is null` : sql`id = ${id}`;
  const rows = await db.rows<{ id: number; versionId: number; previousId: number | null }>(sql`
    select id, version_id as "versionId", previous_id as "previousId" from weights_assignments where ${where}`);
  return rows[0];
}

/** A version to put in force. */
export interface NewAssignment {
  readonly versionId: number;
  readonly at: Date;
  readonly by: string;
}

/** Puts a version in force for everybody in place of the one that is. */
export async function assignEverybody(
  tx: Queryable,
  { versionId, at, by }: NewAssignment,
  previousId: number | null,
): Promise<void> {
  const time = sql`${at.toISOString()}::timestamptz`;
  await tx.rows(
    sql`update weights_assignments set ended_at = ${time} where user_id is null and ended_at is null`,
  );
  await tx.rows(sql`
    insert into weights_assignments (version_id, assigned_at, assigned_by, previous_id)
    values (${versionId}, ${time}, ${by}, ${previousId}::int)`);
}

/** Puts a version in force for some users. */
export async function assignUsers(
  tx: Queryable,
  { versionId, at, by }: NewAssignment,
  userIds: readonly number[],
): Promise<void> {
  await endOfUsers(tx, userIds, at);
  await tx.rows(sql`
    insert into weights_assignments (version_id, user_id, assigned_at, assigned_by)
    select ${versionId}::int, i.id::int, ${at.toISOString()}::timestamptz, ${by}::text
    from (select distinct id from json_array_elements_text(${JSON.stringify(userIds)}::json) e(id)) i`);
}

/** Ends what is in force for some users alone, or for all users that have their own; returns how many there were. */
export async function endOfUsers(
  tx: Queryable,
  userIds: readonly number[] | null,
  at: Date,
): Promise<number> {
  const some =
    userIds &&
    sql`and user_id in (select e.id::int from json_array_elements_text(${JSON.stringify(userIds)}::json) e(id))`;
  const ended = await tx.rows(sql`
    update weights_assignments set ended_at = ${at.toISOString()}::timestamptz
    where ended_at is null and user_id is not null ${some ?? sql``} returning id`);
  return ended.length;
}

/** Whether the weights are fitted anew to what became of the picks; they are unless somebody said otherwise. */
export async function isRetraining(db: Queryable): Promise<boolean> {
  const [row] = await db.rows<{ retrain: boolean }>(sql`select retrain from weights_settings where id = 1`);
  return row?.retrain ?? true;
}

/** Sets whether the weights are fitted anew. */
export async function setRetraining(tx: Queryable, retrain: boolean): Promise<void> {
  await tx.rows(sql`
    insert into weights_settings (id, retrain) values (1, ${retrain})
    on conflict (id) do update set retrain = excluded.retrain`);
}
