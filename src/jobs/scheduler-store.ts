import { createHash } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { MongoBackend } from '@agendajs/mongo-backend';
import { PostgresBackend, PostgresJobRepository } from '@agendajs/postgres-backend';
import type { AgendaBackend } from 'agenda';
import { MongoClient, MongoServerError, ObjectId } from 'mongodb';
import type { Logger } from '../platform/log.ts';
import type { PglitePool } from './pglite-pool.ts';

/** Where schedules are kept. */
export type SchedulerStore =
  | { readonly kind: 'embedded'; readonly pool: PglitePool }
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'mongodb'; readonly uri: string };

/** A store as the scheduler needs it. */
export interface OpenSchedulerStore {
  readonly backend: AgendaBackend;
  /** What to do when it does not answer. */
  readonly remedy: string;
  /** Connects anew; after a refusal it can be called again. */
  connect(): Promise<void>;
  /** Rejects when the store does not answer. */
  ping(): Promise<void>;
  /** Makes sure that processes which save the repeating job `name` for the first time at once meet in one record. */
  reserve(name: string): Promise<void>;
  close(): Promise<void>;
}

/** What is used of the pool that the scheduler's PostgreSQL backend makes. */
interface ConnectionPool {
  query(text: string): Promise<unknown>;
  connect(): Promise<{ query(text: string): Promise<unknown>; release(destroy: boolean): void }>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'connect', listener: (connection: EventEmitter) => void): unknown;
}

/** How long to look for a server that accepts us, in ms; the drivers' own 30 s are too long for a caller who waits. */
const CONNECT_MS = 1_500;
const SILENT_MS = 10_000;
const COLLECTION = 'agendaJobs';
const DUPLICATE_KEY = 11_000;
/** Held while the tables are made: PostgreSQL lets two who make the same one at once fail. */
const SCHEMA_LOCK = 7_406_932;

/** Prepares the store; `connect` is the first call that talks to it. */
export function openSchedulerStore(store: SchedulerStore, log: Logger): OpenSchedulerStore {
  if (store.kind === 'mongodb') return openMongo(store.uri);
  if (store.kind === 'postgres') return openPostgres(store.url, log);
  const backend = new PostgresBackend({ pool: store.pool, disableNotifications: true });
  return {
    backend,
    remedy: 'Start the program again.',
    connect: () => backend.connect(),
    // It lives in this process, where bulk work may keep it busy for seconds: silence says nothing.
    ping: async () => {},
    reserve: async () => {},
    close: () => backend.disconnect(),
  };
}

function openPostgres(url: string, log: Logger): OpenSchedulerStore {
  const backend = new PostgresBackend({
    poolConfig: { connectionString: url, connectionTimeoutMillis: CONNECT_MS, max: 5 },
    disableNotifications: true,
  });
  const { repository } = backend;
  if (!(repository instanceof PostgresJobRepository))
    throw new TypeError('The scheduler has another PostgreSQL repository than this program knows.');
  const pool: ConnectionPool = repository.getPool();
  const lost = (error: Error) => log.warn({ err: error }, 'The scheduler lost a connection to PostgreSQL.');
  // A connection that breaks without anybody listening ends the process.
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  return {
    backend,
    remedy: 'Check that PostgreSQL runs and DATABASE_URL is right, then try again; nothing was changed.',
    connect: async () => {
      const session = await pool.connect();
      try {
        await session.query(`select pg_advisory_lock(${SCHEMA_LOCK})`);
        await backend.connect();
      } finally {
        // The lock goes with its connection.
        session.release(true);
      }
    },
    ping: async () => {
      await pool.query('select 1');
    },
    // Its table has a unique index for this.
    reserve: async () => {},
    close: () => backend.disconnect(),
  };
}

function openMongo(uri: string): OpenSchedulerStore {
  const client = new MongoClient(uri, {
    serverSelectionTimeoutMS: CONNECT_MS,
    connectTimeoutMS: CONNECT_MS,
    socketTimeoutMS: SILENT_MS,
  });
  const database = client.db();
  const backend = new MongoBackend({ mongo: database, collection: COLLECTION });
  return {
    backend,
    remedy: 'Check that MongoDB runs and MONGODB_URI is right, then try again; nothing was changed.',
    connect: async () => {
      await client.connect();
      await backend.connect();
    },
    ping: async () => {
      await database.command({ ping: 1 });
    },
    reserve: async (name) => {
      const _id = new ObjectId(createHash('sha256').update(name).digest().subarray(0, 12));
      try {
        await database
          .collection(COLLECTION)
          .updateOne({ name, type: 'single' }, { $setOnInsert: { _id, disabled: true } }, { upsert: true });
      } catch (error) {
        // The id is made of the name: another process reserved it in this moment.
        if (!(error instanceof MongoServerError && error.code === DUPLICATE_KEY)) throw error;
      }
    },
    close: () => client.close(),
  };
}
