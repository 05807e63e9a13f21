import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { Database } from '../../src/platform/database.ts';
import { openEmbeddedDatabase } from '../../src/platform/embedded-database.ts';
import { openPostgresDatabase } from '../../src/platform/postgres-database.ts';

/** A new, migrated database with the bulk copy of its driver. */
export interface BenchStore {
  readonly db: Database;
  /** What `COPY ... TO` writes. */
  dump(source: string): Promise<Buffer>;
  /** Feeds `COPY ... FROM`. */
  load(target: string, content: Buffer): Promise<void>;
  /** Closes and deletes it. */
  drop(): Promise<void>;
}

/** Opens an embedded database in a folder of its own. */
export async function embeddedStore(): Promise<BenchStore> {
  const folder = await mkdtemp(join(tmpdir(), 'showrunner-bench-'));
  const db = await openEmbeddedDatabase(join(folder, 'database'));
  return {
    db,
    dump: async (source) => {
      const { blob } = await db.pglite.query(`copy ${source} to '/dev/blob'`);
      if (!blob) return Buffer.alloc(0);
      return Buffer.from(await blob.arrayBuffer());
    },
    load: async (target, content) => {
      await db.pglite.query(`copy ${target} from '/dev/blob'`, [], {
        blob: new Blob([new Uint8Array(content)]),
      });
    },
    drop: async () => {
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Creates a database of its own on the PostgreSQL server of `url`. */
export async function postgresStore(url: string): Promise<BenchStore> {
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  const admin = postgres(url, { max: 1, onnotice: () => {} });
  await admin`create database ${admin(name)}`;
  const own = new URL(url);
  own.pathname = `/${name}`;
  const db = await openPostgresDatabase({ url: own.href });
  const client = postgres(own.href, { max: 1, onnotice: () => {} });
  return {
    db,
    dump: async (source) => {
      const parts: Buffer[] = [];
      const readable = await client.unsafe(`copy ${source} to stdout`).readable();
      readable.on('data', (part: Buffer) => parts.push(part));
      await once(readable, 'end');
      return Buffer.concat(parts);
    },
    load: async (target, content) => {
      const writable = await client.unsafe(`copy ${target} from stdin`).writable();
      const done = once(writable, 'finish');
      writable.end(content);
      await done;
    },
    drop: async () => {
      await client.end();
      await db.close();
      await admin`drop database ${admin(name)} with (force)`;
      await admin.end();
    },
  };
}
