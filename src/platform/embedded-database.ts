import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { type Database, queryable } from './database.ts';
import { ShowrunnerError } from './errors.ts';
import { MIGRATIONS_FOLDER } from './migrations.ts';

/** The embedded database also hands out its engine, because the job scheduler has to share it. */
export interface EmbeddedDatabase extends Database {
  readonly kind: 'embedded';
  readonly pglite: PGlite;
}

/**
 * Opens PostgreSQL compiled to WebAssembly with pgvector, in `folder` or in memory, and applies the migrations.
 * The caller holds the folder's lock: two openers of one folder corrupt it.
 *
 * @param template a data folder as dumped by `PGlite.dumpDataDir`, to start from instead of an empty one
 */
export async function openEmbeddedDatabase(
  folder: string | undefined,
  template?: Blob,
): Promise<EmbeddedDatabase> {
  const pglite = await PGlite.create({
    ...(folder && { dataDir: folder }),
    ...(template && { loadDataDir: template }),
    extensions: { vector },
  });
  await migrate(drizzle(pglite), { migrationsFolder: MIGRATIONS_FOLDER });
  return embeddedDatabase(pglite);
}

/** The catalog database on an engine that is open and migrated. */
export function embeddedDatabase(pglite: PGlite): EmbeddedDatabase {
  const orm = drizzle(pglite);
  return {
    kind: 'embedded',
    pglite,
    ...queryable(orm),
    transaction: (work) => orm.transaction((tx) => work(queryable(tx))),
    listen: (channel, handler) => pglite.listen(channel, handler),
    notify: async (channel, payload) => {
      await pglite.query('select pg_notify($1, $2)', [channel, payload]);
    },
    ping: async () => {
      if (pglite.closed)
        throw new ShowrunnerError('DATABASE_UNAVAILABLE', 'The embedded database is closed.');
      await pglite.query('select 1');
    },
    close: () => pglite.close(),
  };
}
