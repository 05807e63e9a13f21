import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { removeManifest } from '../../../src/library-writer/apply-library.ts';
import { sha256 } from '../../../src/library-writer/manifest.ts';
import { planLibrary } from '../../../src/library-writer/plan-library.ts';
import { readStamps, readTree, temporaryFolder } from '../../support/library-folder.ts';
import { manySeries, pick, pickedEpisode, writeLibrary } from '../../support/library-writing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let root: string;
let outside: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  [root, outside] = [join(folder.path, 'root'), join(folder.path, 'outside')];
  await mkdir(root);
  await mkdir(join(outside, 'deep', 'Season 1'), { recursive: true });
  await writeFile(join(outside, 'precious.mkv'), 'precious');
  await writeFile(join(outside, 'deep', 'tvshow.nfo'), 'precious');
});
afterEach(() => folder.remove());

/** Runs a program of the operating system; throws when it fails. */
function system(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { stdio: 'ignore' });
}

/** Names that have brought down other tools, alone and joined to each other. */
const HOSTILE = [
  '..',
  '.',
  '',
  '../../outside/precious.mkv',
  '..\\..\\outside',
  '/etc/passwd',
  '\u0000',
  'a\u0000b',
  '가'.repeat(300),
  '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}'.repeat(60),
  'e\u0301'.repeat(300),
  'CON',
  'con.mkv',
  'LPT1 ',
  'NUL.',
  'name...',
  'name   ',
  ' . . ',
  '.hidden',
  'a/b',
  'a\\b',
  'C:\\Windows',
  '\\\\server\\share',
  'tab\tnew\nline\r',
  '\u202Egnp.exe',
  '\uD800broken',
  '\uFEFFbom',
  '~',
  '-rf',
  '$(reboot)',
  '`x`',
  '%2e%2e%2f',
  '.showrunner-manifest.json',
  'Season 1',
  'Subs',
  'lost+found',
  '*?<>|":',
];

describe('titles', () => {
  test('whatever a series is called, all is written inside the library, and all of it is removed again', async () => {
    const names = [
      ...HOSTILE,
      ...HOSTILE.map((name, index) => `${name}${HOSTILE[(index * 7) % HOSTILE.length]}`),
    ];
    const before = await readStamps(outside);
    for (const mode of ['symlink', 'strm'] as const) {
      const plan = planLibrary(
        names.map((name, index) => pick(index + 1, name, { year: index % 3 === 0 ? null : 2008 })),
        names.map((name, index) =>
          pickedEpisode(index + 1, 1, 1, {
            name,
            path: `/media/${name.replaceAll(/[\p{Cc}\p{Cs}]/gu, '') || 'x'}.mkv`,
          }),
        ),
        mode,
      );
      const diff = await writeLibrary(root, plan);
      expect(diff.conflicts).toEqual([]);
      const tree = Object.keys(await readTree(root));
      expect(tree).toHaveLength(plan.files.size + 1);
      expect(tree.every((path) => path.startsWith('users/a/ai-series/'))).toBe(true);
      expect((await writeLibrary(root, plan)).unchanged).toBe(plan.files.size);
    }
    await writeLibrary(root, planLibrary([], [], 'strm'));
    await removeManifest({ root, base: 'users/a/ai-series' });
    expect(await readTree(root)).toEqual({ users: '/' });
    expect(await readStamps(outside)).toEqual(before);
  });

  test.each(['', '..', '/media/../../outside/precious.mkv', '../../../../outside/precious.mkv', '~/x'])(
    'an original at "%s" is only ever named, never opened or written',
    async (path) => {
      const before = await readStamps(outside);
      for (const mode of ['symlink', 'strm', 'symlink'] as const)
        await writeLibrary(root, planLibrary([pick(1, 'Show')], [pickedEpisode(1, 1, 1, { path })], mode));
      await writeLibrary(root, planLibrary([], [], 'strm'));
      expect(await readStamps(outside)).toEqual(before);
    },
  );
});

const LEVELS = [
  'users',
  'users/a',
  'users/a/ai-series',
  'users/a/ai-series/Series 1 (2008)',
  'users/a/ai-series/Series 1 (2008)/Season 1',
  'users/a/ai-series/Series 1 (2008)/Season 00',
];
const FILES = [
  'users/a/ai-series/.showrunner-manifest.json',
  'users/a/ai-series/Series 1 (2008)/tvshow.nfo',
  'users/a/ai-series/Series 1 (2008)/Season 1/Series 1 - S01E01.strm',
  'users/a/ai-series/Series 1 (2008)/Season 00/series-1-placeholder.nfo',
];
const editions = [manySeries(2, 2, 'even'), manySeries(2, 2, 'odd'), manySeries(0, 0, '')] as const;

/** Writes every edition, and nothing at all in the end; what is refused is refused. */
async function writeAll(): Promise<unknown[]> {
  const refusals: unknown[] = [];
  for (const plan of editions) await writeLibrary(root, plan).catch((error: unknown) => refusals.push(error));
  await removeManifest({ root, base: 'users/a/ai-series' }).catch((error: unknown) => refusals.push(error));
  for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'LIBRARY_WRITE_FAILED' });
  return refusals;
}

describe('links', () => {
  test.each(LEVELS)('planted at %s before the first run lead nothing out', async (level) => {
    await mkdir(dirname(join(root, level)), { recursive: true });
    await symlink(join(outside, 'deep'), join(root, level));
    const before = await readStamps(outside);
    await writeAll();
    expect(await readStamps(outside)).toEqual(before);
  });

  test.each(LEVELS)(
    'put in the place of %s after a run, with all that was in it behind them, lead nothing out',
    async (level) => {
      await writeLibrary(root, editions[0]);
      await rename(join(root, level), join(outside, 'moved'));
      await symlink(join(outside, 'moved'), join(root, level));
      const before = await readStamps(outside);
      await writeAll();
      expect(await readStamps(outside)).toEqual(before);
    },
  );

  test.each(LEVELS)('that lead nowhere, planted at %s, are not followed either', async (level) => {
    await mkdir(dirname(join(root, level)), { recursive: true });
    await symlink(join(outside, 'nothing'), join(root, level));
    const before = await readStamps(outside);
    await writeAll();
    expect(await readStamps(outside)).toEqual(before);
  });

  test.each(FILES)('planted at %s are not written through', async (file) => {
    await writeLibrary(root, editions[0]);
    await rm(join(root, file));
    await symlink(join(outside, 'precious.mkv'), join(root, file));
    const before = await readStamps(outside);
    await writeAll();
    expect(await readStamps(outside)).toEqual(before);
  });

  test('planted under the name of a draft are replaced, not written through', async () => {
    await writeLibrary(root, editions[0]);
    for (const file of FILES.filter((name) => !name.endsWith('.strm'))) {
      const path = join(root, file);
      await symlink(
        join(outside, 'precious.mkv'),
        join(dirname(path), `.showrunner-${sha256(path).slice(0, 16)}.tmp`),
      );
    }
    const before = await readStamps(outside);
    expect(await writeAll()).toEqual([]);
    expect(await readStamps(outside)).toEqual(before);
    expect(await readTree(root)).toEqual({ users: '/' });
  });

  test('of which the root itself is one are followed: that is where the owner wants the libraries', async () => {
    await symlink(root, join(folder.path, 'link'));
    await writeLibrary(join(folder.path, 'link'), editions[0]);
    expect(Object.keys(await readTree(root))).toHaveLength(editions[0].files.size + 1);
    await writeLibrary(join(folder.path, 'link'), editions[2]);
    expect(Object.keys(await readTree(root))).toEqual(['users/a/ai-series/.showrunner-manifest.json']);
  });
});

describe('things that are not ours', () => {
  test.each(LEVELS)('a file at %s, where a folder is needed, stays', async (level) => {
    await mkdir(dirname(join(root, level)), { recursive: true });
    await writeFile(join(root, level), 'mine');
    await writeAll();
    expect(await readFile(join(root, level), 'utf8')).toBe('mine');
  });

  test.each(FILES)('a folder at %s, where a file is needed, stays with what is in it', async (file) => {
    await mkdir(join(root, file), { recursive: true });
    await writeFile(join(root, file, 'mine.txt'), 'mine');
    await writeAll();
    expect(await readFile(join(root, file, 'mine.txt'), 'utf8')).toBe('mine');
  });

  test('a pipe in the place of the manifest holds up nothing', async () => {
    await mkdir(join(root, 'users/a/ai-series'), { recursive: true });
    system('mkfifo', join(root, FILES[0] ?? ''));
    await expect(writeLibrary(root, editions[0])).rejects.toMatchObject({ code: 'LIBRARY_WRITE_FAILED' });
  });

  test.each([
    '[["../../../outside/precious.mkv",{"kind":"file","sha256":"","size":8}]]',
    '[["/outside/precious.mkv",{"kind":"file","sha256":"","size":8}]]',
    '[["a\\\\..\\\\b",{"kind":"file","sha256":"","size":8}]]',
    '[["",{"kind":"file","sha256":"","size":8}]]',
    '{}',
    'null',
  ])('a manifest that claims %s is refused', async (files) => {
    await mkdir(join(root, 'users/a/ai-series'), { recursive: true });
    await writeFile(join(root, FILES[0] ?? ''), `{"version":1,"pending":"files","files":${files}}`);
    const before = await readStamps(outside);
    expect(await writeAll()).toHaveLength(editions.length);
    expect(await readStamps(outside)).toEqual(before);
  });
});

/** Mounts a file system in memory at `path`; false where that is not allowed. */
function mounts(path: string, options: string): boolean {
  try {
    system('mount', '-t', 'tmpfs', '-o', options, 'none', path);
    return true;
  } catch {
    return false;
  }
}

describe('file systems that refuse', () => {
  const unmount = () => system('umount', root);

  test('a full disk ends the run with the remedy, and the next run with room finishes it', async ({
    skip,
  }) => {
    if (!mounts(root, 'size=200k')) skip('Only root can mount a small file system.');
    try {
      const plan = manySeries(20, 5, 'even');
      await expect(writeLibrary(root, plan)).rejects.toMatchObject({
        code: 'LIBRARY_WRITE_FAILED',
        remedy: expect.stringContaining('Free space'),
        retryable: true,
      });
      system('mount', '-o', 'remount,size=20m', root);
      const { conflicts } = await writeLibrary(root, plan);
      expect(conflicts).toEqual([]);
      const tree = await readTree(root);
      expect(Object.keys(tree)).toHaveLength(plan.files.size + 1);
      await rm(join(folder.path, 'other'), { recursive: true, force: true });
      await mkdir(join(folder.path, 'other'));
      await writeLibrary(join(folder.path, 'other'), plan);
      expect(await readTree(join(folder.path, 'other'))).toEqual(tree);
    } finally {
      unmount();
    }
  });

  test('a read-only file system ends the run with the remedy, and nothing changes', async ({ skip }) => {
    if (!mounts(root, 'size=20m')) skip('Only root can mount a file system.');
    try {
      await writeLibrary(root, editions[0]);
      const before = await readStamps(root);
      system('mount', '-o', 'remount,ro', root);
      await expect(writeLibrary(root, editions[1])).rejects.toMatchObject({
        code: 'LIBRARY_WRITE_FAILED',
        remedy: 'Mount the folder writable.',
      });
      expect((await writeLibrary(root, editions[0])).unchanged).toBe(editions[0].files.size);
      expect(await readStamps(root)).toEqual(before);
    } finally {
      unmount();
    }
  });

  test('a folder that may not be written ends the run with the remedy', async ({ skip }) => {
    if (process.getuid?.() === 0) skip('Root may write everything.');
    await chmod(root, 0o555);
    await expect(writeLibrary(root, editions[0])).rejects.toMatchObject({
      code: 'LIBRARY_WRITE_FAILED',
      remedy: expect.stringContaining('write permission'),
    });
    await chmod(root, 0o755);
  });
});
