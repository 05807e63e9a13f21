import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { relative } from 'node:path';

// Generates into a copy of the migrations: a new file there means that the tables have changed without one.
const MIGRATIONS = 'drizzle/migrations';
const copy = mkdtempSync('.migrations-check-');
try {
  cpSync(MIGRATIONS, copy, { recursive: true });
  execFileSync(
    'npx',
    [
      'drizzle-kit',
      'generate',
      '--dialect',
      'postgresql',
      '--schema',
      './drizzle/tables/*.ts',
      '--out',
      `./${relative('.', copy)}`,
    ],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const before = new Set(readdirSync(MIGRATIONS));
  const added = readdirSync(copy).filter((file) => !before.has(file));
  if (added.length > 0) {
    console.error('The tables have changed without a migration: run npm run db:generate.');
    process.exitCode = 1;
  } else console.log('the migrations match the tables');
} finally {
  rmSync(copy, { recursive: true });
}
