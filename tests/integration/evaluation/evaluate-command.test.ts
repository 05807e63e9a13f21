import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../../../src/platform/embedded-database.ts';
import { addBegun, addSeries, addUsers } from '../../support/shown-picks.ts';
import { cleanEnvironment } from '../../support/showrunner-process.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'showrunner-evaluate-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs `showrunner evaluate` on the data folder. */
function evaluate(...options: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const settings = { SHOWRUNNER_DATA: folder, SHOWRUNNER_LOG_LEVEL: 'error' };
  const program = ['--import', import.meta.resolve('tsx'), MAIN, 'evaluate', ...options];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      program,
      { env: { ...cleanEnvironment(), ...settings } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

describe('showrunner evaluate', () => {
  it('prints the table, and stores nothing in a dry run', async () => {
    const db = await openEmbeddedDatabase(join(folder, 'database'));
    await addUsers(db, 'anna');
    await addSeries(db, 20);
    const begun = [1, 3, 5].map((titleId) => ({
      userId: 1,
      titleId,
      firstPlayed: `2026-10-0${titleId}T00:00:00Z`,
    }));
    await addBegun(db, ...begun);
    await db.close();
    const { code, stdout, stderr } = await evaluate('--dry-run', '--no-retrain');
    expect(code, stderr).toBe(0);
    const [head, ...rows] = stdout.trim().split('\n');
    expect(head).toMatch(/^viewers +count +scorer +NDCG@10/);
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 3).join())).toEqual([
      'all,1,recommender',
      'all,1,popularity',
      'all,1,content',
      '1 to 2 series,1,recommender',
      '1 to 2 series,1,popularity',
      '1 to 2 series,1,content',
    ]);
    expect(stderr).not.toContain('Learn from past picks');
    const again = await openEmbeddedDatabase(join(folder, 'database'));
    expect(await again.rows(sql`select 1 from evaluations`)).toEqual([]);
    await again.close();
  });

  it('says what is missing on a new installation', async () => {
    const { code, stderr } = await evaluate();
    expect(code).toBe(1);
    expect(stderr).toContain('There is no series to recommend yet.');
    expect(stderr).toContain('Run sync-series first.');
  });
});
