import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { sql } from 'drizzle-orm';
import type { Database } from '../../src/platform/database.ts';

/** The version of every row that a job may write, by table: any write changes it, even one of equal values. */
export async function domainWrites(db: Database): Promise<Record<string, unknown[]>> {
  const tables = await db.rows<{ name: string }>(sql`
    select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'agenda%'
      and tablename not like 'job\\_%' and tablename not in ('workflow_runs', 'schedule_firings')
    order by 1`);
  const versions: Record<string, unknown[]> = {};
  for (const { name } of tables)
    versions[name] = await db.rows(
      sql`select xmin::text as version, ctid::text as place from ${sql.identifier(name)} order by 2`,
    );
  return versions;
}

/** Everything below a folder, with the size and the time of its last change. */
export async function folderContents(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) return `${relative(root, path)} link`;
    const { size, mtimeMs } = await stat(path);
    return `${relative(root, path)} ${size} ${mtimeMs}`;
  });
  return (await Promise.all(found)).sort();
}
