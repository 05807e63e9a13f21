import { randomUUID } from 'node:crypto';
import postgres from 'postgres';

/** Settings that lead to stores nobody else uses. */
export interface TestStores {
  readonly settings: Record<string, string>;
  drop(): Promise<void>;
}

/** The servers that a test may make stores on. */
export interface StoreServers {
  readonly DATABASE_URL?: string | undefined;
  readonly MONGODB_URI?: string | undefined;
}

/**
 * New, empty stores on the servers of `DATABASE_URL` and `MONGODB_URI`, as far as these are set.
 *
 * @param template URL of a database that the new one is a copy of; nobody may be connected to it
 */
export async function createStores(
  servers: StoreServers = process.env,
  template?: string,
): Promise<TestStores> {
  const { DATABASE_URL: url, MONGODB_URI: mongo } = servers;
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const original = template ? new URL(template).pathname.slice(1) : 'template1';
  if (url) await onServer(url, (sql) => sql`create database ${sql(name)} template ${sql(original)}`);
  return {
    settings: {
      ...(url && { DATABASE_URL: inside(url, name) }),
      ...(mongo && { MONGODB_URI: inside(mongo, name) }),
    },
    drop: async () => {
      if (url) await onServer(url, (sql) => sql`drop database ${sql(name)} with (force)`);
    },
  };
}

let migrated: Promise<string> | undefined;

/**
 * URL of a migrated, empty database on the server, to make copies of; made by the first who asks.
 *
 * @param server URL of a database on the server
 * @param version says which migrations it holds
 * @param migrate applies them to the database of a URL
 */
export function migratedTemplate(
  server: string,
  version: string,
  migrate: (url: string) => Promise<void>,
): Promise<string> {
  const name = `migrated_${version}`;
  migrated ??= onServer(server, async (sql) => {
    await sql`select pg_advisory_lock(hashtext(${name}))`;
    const [known] = await sql`select from pg_database where datname = ${name}`;
    if (known) return;
    // Under its name only once it is whole: a process may end in between.
    const partial = `partial_${randomUUID().replaceAll('-', '')}`;
    await sql`create database ${sql(partial)}`;
    await migrate(inside(server, partial));
    await sql`alter database ${sql(partial)} rename to ${sql(name)}`;
  }).then(() => inside(server, name));
  return migrated;
}

function inside(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function onServer(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await work(sql);
  await sql.end();
}
