import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { type Database, queryable } from './database.ts';
import { ShowrunnerError } from './errors.ts';
import { MIGRATIONS_FOLDER } from './migrations.ts';
import { postgresTransaction } from './postgres-transaction.ts';

/** Held while migrations run, so that processes which start together do not run them twice. */
const MIGRATION_LOCK = 7_406_931;
const IDLE_TRANSACTION_MS = 60_000;

/** Options of the connection pool. */
export interface PostgresOptions {
  readonly url: string;
  /** Connections at most (default 10). */
  readonly max?: number;
  /**
   * How long a transaction may wait for its next statement before the server rolls it back, in ms (default 60,000): a
   * frozen process must not hold the rows that the process after it has to write.
   */
  readonly idleTransactionMs?: number;
  /** How long one statement may take before the server cancels it, in ms; no limit when left out. */
  readonly statementMs?: number;
}

/**
 * Connects to PostgreSQL (15 or newer, with pgvector 0.7 or newer available) and applies the migrations.
 *
 * @throws ShowrunnerError `DATABASE_UNAVAILABLE` when it cannot be reached or lacks pgvector
 */
export async function openPostgresDatabase(options: PostgresOptions): Promise<Database> {
  const client = postgres(options.url, {
    max: options.max ?? 10,
    onnotice: () => {},
    connect_timeout: 10,
    connection: {
      idle_in_transaction_session_timeout: options.idleTransactionMs ?? IDLE_TRANSACTION_MS,
      ...(options.statementMs !== undefined && { statement_timeout: options.statementMs }),
    },
  });
  const orm = drizzle(client);
  const unavailable = (cause: unknown) =>
    new ShowrunnerError('DATABASE_UNAVAILABLE', `PostgreSQL did not answer: ${messageOf(cause)}`, {
      field: 'DATABASE_URL',
      remedy: 'Check that the server runs, that the URL is right and that pgvector is installed there.',
      retryable: true,
      cause,
    });
  try {
    await migrateOnce(options.url);
  } catch (cause) {
    await client.end({ timeout: 1 });
    throw unavailable(cause);
  }
  return {
    kind: 'postgres',
    ...queryable(orm),
    transaction: (work) =>
      postgresTransaction((inner) => orm.transaction((tx) => inner(queryable(tx))), work),
    listen: async (channel, handler) => {
      const subscription = await client.listen(channel, handler);
      return () => subscription.unlisten();
    },
    notify: async (channel, payload) => {
      await client.notify(channel, payload);
    },
    ping: async () => {
      await client`select 1`.catch((cause: unknown) => {
        throw unavailable(cause);
      });
    },
    close: () => client.end({ timeout: 5 }),
  };
}

/** Migrates over a connection of its own: the lock belongs to a session, and a pool has many. */
async function migrateOnce(url: string): Promise<void> {
  const session = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    await session`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migrate(drizzle(session), { migrationsFolder: MIGRATIONS_FOLDER });
  } finally {
    await session.end({ timeout: 5 });
  }
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0].message;
  return error instanceof Error ? error.message : String(error);
}
