import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { type Database, queryable } from './database.ts';
import { ShowrunnerError } from './errors.ts';
import { MIGRATIONS_FOLDER } from './migrations.ts';

/** Held while migrations run, so that processes which start together do not run them twice. */
const MIGRATION_LOCK = 7_406_931;

/** Options of the connection pool. */
export interface PostgresOptions {
  readonly url: string;
  /** Connections at most (default 10). */
  readonly max?: number;
}

/**
 * Connects to PostgreSQL (15 or newer, with pgvector 0.7 or newer available) and applies the migrations.
 *
 * @throws ShowrunnerError `DATABASE_UNAVAILABLE` when it cannot be reached or lacks pgvector
 */
export async function openPostgresDatabase(options: PostgresOptions): Promise<Database> {
  const client = postgres(options.url, { max: options.max ?? 10, onnotice: () => {}, connect_timeout: 10 });
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
    transaction: (work) => orm.transaction((tx) => work(queryable(tx))),
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
