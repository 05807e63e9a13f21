import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPglitePool } from '../../src/jobs/pglite-pool.ts';
import type { SchedulerStore } from '../../src/jobs/scheduler-store.ts';
import type { Database } from '../../src/platform/database.ts';
import { embeddedDatabase, openEmbeddedDatabase } from '../../src/platform/embedded-database.ts';
import { MIGRATIONS_FOLDER } from '../../src/platform/migrations.ts';
import { openPostgresDatabase } from '../../src/platform/postgres-database.ts';
import { reusedPglite } from './reused-pglite.ts';
import { createStores, migratedTemplate } from './stores.ts';

/** A database for one test, and where its job scheduler keeps its records. */
export type TestDatabase = Database & {
  readonly schedulerStore: SchedulerStore;
  /** Where another process reaches the database; null for the embedded one. */
  readonly url: string | null;
};

/**
 * A migrated, empty database of its own for one test: a fresh database on the server of `DATABASE_URL` when that is
 * set (as `npm run test:services` does), an embedded one in memory otherwise; schedules go to `MONGODB_URI` when that
 * is set. `close` also drops it.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env.DATABASE_URL;
  const stores = await createStores(
    process.env,
    server && (await migratedTemplate(server, await migrationsVersion(), migrate)),
  );
  const { DATABASE_URL: url, MONGODB_URI: mongo } = stores.settings;
  if (!url) {
    const database = embeddedDatabase(
      await reusedPglite(
        async () => (await openEmbeddedDatabase(undefined, await embeddedTemplate())).pglite,
      ),
    );
    const schedulerStore: SchedulerStore = mongo
      ? { kind: 'mongodb', uri: mongo }
      : { kind: 'embedded', pool: createPglitePool(database.pglite) };
    return { ...database, schedulerStore, url: null };
  }
  const database = await openPostgresDatabase({ url, max: 5 });
  return {
    ...database,
    url,
    schedulerStore: mongo ? { kind: 'mongodb', uri: mongo } : { kind: 'postgres', url },
    close: async () => {
      await database.close();
      await stores.drop();
    },
  };
}

/** Changes with the migrations. */
async function migrationsVersion(): Promise<string> {
  const journal = await readFile(join(MIGRATIONS_FOLDER, 'meta/_journal.json'));
  return createHash('sha256').update(journal).digest('hex').slice(0, 16);
}

async function migrate(url: string): Promise<void> {
  const database = await openPostgresDatabase({ url, max: 1 });
  await database.close();
}

/** Creating a PGlite database takes seconds, loading a dumped one a fraction: the dump is kept between test files. */
async function embeddedTemplate(): Promise<Blob> {
  const folder = join(tmpdir(), 'showrunner-test-templates');
  const file = join(folder, `${await migrationsVersion()}.tar`);
  if (!existsSync(file)) {
    const database = await openEmbeddedDatabase(undefined);
    const dump = await database.pglite.dumpDataDir('none');
    await database.close();
    await mkdir(folder, { recursive: true });
    const partial = `${file}.${randomUUID()}`;
    await writeFile(partial, Buffer.from(await dump.arrayBuffer()));
    await rename(partial, file);
  }
  return new Blob([new Uint8Array(await readFile(file))]);
}
