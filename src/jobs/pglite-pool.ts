import { EventEmitter } from 'node:events';
import type { PGlite } from '@electric-sql/pglite';

/** What node-postgres returns of a statement, as far as the scheduler reads it. */
interface PoolResult {
  readonly rows: Record<string, unknown>[];
  readonly rowCount: number;
}

/** A connection handed out by the pool: all share the one embedded connection. */
interface PoolClient {
  query(text: string, params?: unknown[]): Promise<PoolResult>;
  release(): void;
  on(event: string, listener: (...args: unknown[]) => void): PoolClient;
}

/** The part of a node-postgres pool that the scheduler's PostgreSQL backend uses. */
export interface PglitePool {
  query(text: string, params?: unknown[]): Promise<PoolResult>;
  connect(): Promise<PoolClient>;
  end(): Promise<void>;
  on(event: string, listener: (...args: unknown[]) => void): PglitePool;
}

/**
 * Lets a library written for node-postgres work on the embedded database that everything else uses: each statement
 * goes through PGlite's own queue, so none ever lands in somebody's open transaction.
 *
 * Statements without parameters may hold several commands in one string; node-postgres allows that too.
 */
export function createPglitePool(pglite: PGlite): PglitePool {
  const query = async (text: string, params?: unknown[]): Promise<PoolResult> => {
    if (!params || params.length === 0) {
      const results = await pglite.exec(text);
      const last = results.at(-1);
      return { rows: last?.rows ?? [], rowCount: last?.rows.length ?? 0 };
    }
    const result = await pglite.query<Record<string, unknown>>(text, params);
    return { rows: result.rows, rowCount: result.affectedRows || result.rows.length };
  };
  const events = new EventEmitter();
  const client: PoolClient = {
    query,
    release: () => {},
    on: (event, listener) => {
      events.on(event, listener);
      return client;
    },
  };
  const pool: PglitePool = {
    query,
    connect: async () => client,
    end: async () => {},
    on: (event, listener) => {
      events.on(event, listener);
      return pool;
    },
  };
  return pool;
}
