import type { SQL } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** Something statements can be run on: the database itself or an open transaction. */
export interface Queryable {
  /** Typed query builder over `drizzle/tables`. */
  readonly orm: PgDatabase<PgQueryResultHKT>;
  /**
   * Runs one statement and returns its rows. Timestamps come back as text in both stores: select them through JSON
   * or the query builder where a `Date` is wanted.
   */
  rows<Row extends Record<string, unknown>>(statement: SQL): Promise<Row[]>;
}

/** One catalog database, PostgreSQL or the embedded one, behind the same calls. */
export interface Database extends Queryable {
  readonly kind: 'postgres' | 'embedded';
  /** Runs `work` in a transaction: commits when it resolves, rolls back when it rejects. */
  transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result>;
  /** Calls `handler` with the payload of every NOTIFY on `channel`, from this and other processes, until unlistened. */
  listen(channel: string, handler: (payload: string) => void): Promise<() => Promise<void>>;
  /** Sends `payload` (under 8,000 bytes) to every listener of `channel`, on this and other processes. */
  notify(channel: string, payload: string): Promise<void>;
  /** Throws `DATABASE_UNAVAILABLE` when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Wraps drizzle's database or transaction of either driver, whose raw results differ in shape. */
export function queryable(orm: PgDatabase<PgQueryResultHKT>): Queryable {
  return {
    orm,
    rows: async <Row extends Record<string, unknown>>(statement: SQL) => {
      const result: unknown = await orm.execute(statement);
      if (isRows<Row>(result)) return result;
      if (typeof result === 'object' && result !== null && 'rows' in result && isRows<Row>(result.rows))
        return result.rows;
      throw new TypeError('The database driver returned neither rows nor a result with rows.');
    },
  };
}

/** The row type is the caller's word for its own statement, as it is with every SQL driver. */
function isRows<Row extends Record<string, unknown>>(value: unknown): value is Row[] {
  return Array.isArray(value);
}
