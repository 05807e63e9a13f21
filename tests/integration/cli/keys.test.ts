import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanEnvironment } from '../../support/showrunner-process.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'showrunner-keys-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** What `showrunner keys` with these words prints; rejects with `stderr` when it fails. */
async function keys(...words: string[]): Promise<string> {
  const { stdout } = await run(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), MAIN, 'keys', ...words],
    { env: { ...cleanEnvironment(), SHOWRUNNER_DATA: folder, SHOWRUNNER_LOG_LEVEL: 'error' } },
  );
  return stdout.trim();
}

describe('showrunner keys', { timeout: 120_000 }, () => {
  it('makes, lists, rotates and revokes a key', async () => {
    const words = ['--role', 'operator', '--scopes', 'read,jobs', '--expires', '30'];
    const key = await keys('create', 'nightly script', ...words);
    expect(key).toMatch(/^sr_[\w-]{43}$/);
    const listed = await keys('list');
    expect(listed).toMatch(/OPERATOR .* never used, expires .*nightly script \(only READ, JOBS\)/);
    const id = listed.slice(0, 36);
    const rotated = await keys('rotate', id, '--grace', '5');
    expect(rotated).toMatch(/^sr_[\w-]{43}$/);
    expect(await keys('list')).toContain(rotated.slice(0, 7));
    expect(await keys('revoke', id)).toBe('Revoked nightly script.');
    expect(await keys('list')).toContain('revoked');
    await expect(keys('rotate', id)).rejects.toMatchObject({ stderr: expect.stringContaining('revoked') });
  });

  it.each([
    [['create', 'a', '--scopes', 'read,all'], 'Scopes: READ, FEEDBACK, JOBS, SETTINGS.'],
    [['create', 'a', '--role', 'viewer', '--scopes', 'jobs'], 'READ, FEEDBACK'],
    [['create', 'a', '--expires', 'soon'], 'whole number'],
    [['rotate'], 'keys rotate ID'],
    [['turn', 'x'], 'keys rotate ID'],
  ])('refuses %j and says what it takes', async (words, remedy) => {
    await expect(keys(...words)).rejects.toMatchObject({ stderr: expect.stringContaining(remedy), code: 1 });
  });
});
