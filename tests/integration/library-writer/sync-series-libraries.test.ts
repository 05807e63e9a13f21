import { lstat, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LibrarySettings } from '../../../src/library-writer/library-settings.ts';
import { readLibraryTree } from '../../../src/library-writer/library-tree.ts';
import {
  type SyncSeriesLibrariesInput,
  syncSeriesLibraries,
} from '../../../src/library-writer/sync-series-libraries.ts';
import type { Database } from '../../../src/platform/database.ts';
import { ShowrunnerError } from '../../../src/platform/errors.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import { seedPicks, seedSeries, seedUser } from '../../support/library-catalog.ts';
import { readStamps, readTree, temporaryFolder } from '../../support/library-folder.ts';
import {
  type LibraryMediaServer,
  libraryMediaServer,
  serverLibrary,
} from '../../support/library-media-server.ts';

let db: Database;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: LibraryMediaServer;
let ids: number[];
let john: number;

beforeAll(async () => {
  db = await createTestDatabase();
});

beforeEach(async () => {
  await db.rows(sql`truncate libraries, titles, media_users restart identity cascade`);
  folder = await temporaryFolder();
  server = libraryMediaServer();
  ids = await seedSeries(db, [
    { name: 'Breaking Bad', tvdbId: '81189', seasons: [2, 1], files: [[0, 1, '/media/shows/special.mp4']] },
    { name: 'The Wire', year: 2002, seasons: [1] },
    { name: 'Fargo', year: 2014, seasons: [1] },
  ]);
  john = await seedUser(db, 'John');
  await seedPicks(db, john, ids.slice(0, 2), 'It has a chemist.');
});

afterEach(() => folder.remove());
afterAll(() => db.close());

const library = (...parts: string[]) => join(folder.path, 'users/john/ai-series', ...parts);

async function run(input: SyncSeriesLibrariesInput = {}, part: Partial<LibrarySettings> = {}) {
  const libraries: LibrarySettings = {
    root: folder.path,
    mode: 'symlink',
    pathMappings: [],
    scanWaitMs: 0,
    ...part,
  };
  const context = testContext(db, { mediaServer: server.mediaServer, libraries });
  const counts = await syncSeriesLibraries(context, input);
  return { counts, record: context.record, libraries };
}

test('the first run writes the tree, creates and scans the library and marks the placeholders watched', async () => {
  const { counts, record } = await run();
  const tree = await readTree(library());
  expect(Object.keys(tree)).toEqual([
    '.showrunner-manifest.json',
    'Breaking Bad (2008)/Season 00/Breaking Bad - S00E01.mp4',
    'Breaking Bad (2008)/Season 00/Breaking Bad - S00E01.nfo',
    'Breaking Bad (2008)/Season 00/breaking-bad-placeholder.nfo',
    'Breaking Bad (2008)/Season 00/breaking-bad-placeholder.strm',
    'Breaking Bad (2008)/Season 1/Breaking Bad - S01E01.mkv',
    'Breaking Bad (2008)/Season 1/Breaking Bad - S01E01.nfo',
    'Breaking Bad (2008)/Season 1/Breaking Bad - S01E02.mkv',
    'Breaking Bad (2008)/Season 1/Breaking Bad - S01E02.nfo',
    'Breaking Bad (2008)/Season 2/Breaking Bad - S02E01.mkv',
    'Breaking Bad (2008)/Season 2/Breaking Bad - S02E01.nfo',
    'Breaking Bad (2008)/tvshow.nfo',
    'The Wire (2002)/Season 00/the-wire-placeholder.nfo',
    'The Wire (2002)/Season 00/the-wire-placeholder.strm',
    'The Wire (2002)/Season 1/The Wire - S01E01.mkv',
    'The Wire (2002)/Season 1/The Wire - S01E01.nfo',
    'The Wire (2002)/tvshow.nfo',
  ]);
  expect(tree['Breaking Bad (2008)/Season 1/Breaking Bad - S01E02.mkv']).toBe(
    '-> /media/shows/Breaking Bad/S1E2.mkv',
  );
  expect(tree['Breaking Bad (2008)/tvshow.nfo']).toContain(
    '<plot>Why you may like it: It has a chemist.\n\nAbout Breaking Bad.</plot>',
  );
  expect(tree['Breaking Bad (2008)/Season 00/breaking-bad-placeholder.nfo']).toContain('2125-01-01 12:00:00');
  expect(tree['The Wire (2002)/Season 00/the-wire-placeholder.nfo']).toContain('2124-12-31 12:00:00');
  expect(counts).toEqual({
    users: 1,
    libraries: 1,
    librariesRemoved: 0,
    librariesRepaired: 0,
    accessGranted: 0,
    series: 2,
    filesWritten: 16,
    filesRemoved: 0,
    filesUnchanged: 0,
    conflicts: 0,
    scans: 1,
    placeholdersMarked: 2,
  });
  expect(server.created).toEqual(["John's picks"]);
  expect(server.marked.map((mark) => mark.itemId)).toEqual([
    library('Breaking Bad (2008)/Season 00/breaking-bad-placeholder.strm'),
    library('The Wire (2002)/Season 00/the-wire-placeholder.strm'),
  ]);
  expect(server.marked.every((mark) => mark.userId === 'user-John')).toBe(true);
  expect(record.failures).toEqual([]);
  expect(
    await db.rows(
      sql`select name, is_virtual, locations[1] as location from libraries where provider_id = 'virtual-0'`,
    ),
  ).toEqual([{ name: "John's picks", is_virtual: true, location: library() }]);
  expect(
    await db.rows(
      sql`select user_id, path, provider_library_id as library, file_count as files from user_libraries`,
    ),
  ).toEqual([{ user_id: john, path: library(), library: 'virtual-0', files: 16 }]);
});

test('folders are 0775 and files 0664 whatever the umask', async () => {
  const before = process.umask(0o077);
  try {
    await run({}, { mode: 'strm' });
  } finally {
    process.umask(before);
  }
  const modeOf = async (path: string) => (await stat(library(path))).mode & 0o777;
  expect(await modeOf('Breaking Bad (2008)/Season 1')).toBe(0o775);
  expect(await modeOf('Breaking Bad (2008)/Season 1/Breaking Bad - S01E01.strm')).toBe(0o664);
});

test('a run in which nothing changed writes no file, asks for no scan and does not list what is in the library', async () => {
  await run();
  const before = await readStamps(folder.path);
  const calls: string[] = [];
  server.before = (call) => calls.push(call);
  const { counts } = await run();
  expect(counts).toMatchObject({ users: 1, filesWritten: 0, filesRemoved: 0, filesUnchanged: 16, scans: 0 });
  expect(await readStamps(folder.path)).toEqual(before);
  expect(calls).toEqual(['serverLibraries', 'policies']);
});

test('a change of rank rewrites the placeholders only', async () => {
  await run();
  const before = await readStamps(library());
  await seedPicks(db, john, [ids[1] ?? 0, ids[0] ?? 0], 'It has a chemist.');
  const { counts } = await run();
  const after = await readStamps(library());
  const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
  expect(changed).toEqual([
    '.showrunner-manifest.json',
    'Breaking Bad (2008)/Season 00/breaking-bad-placeholder.nfo',
    'The Wire (2002)/Season 00/the-wire-placeholder.nfo',
  ]);
  expect(counts).toMatchObject({ filesWritten: 2, filesUnchanged: 14, scans: 1, placeholdersMarked: 0 });
});

test('a pick that is gone is removed with its folders, and a file of somebody else keeps them', async () => {
  await run();
  await writeFile(library('The Wire (2002)/poster.jpg'), 'mine');
  await seedPicks(db, john, [ids[2] ?? 0]);
  const { counts } = await run();
  const paths = Object.keys(await readTree(library()));
  expect(paths.filter((path) => !path.startsWith('Fargo'))).toEqual([
    '.showrunner-manifest.json',
    'The Wire (2002)/poster.jpg',
  ]);
  expect(counts).toMatchObject({ series: 1, filesWritten: 5, filesRemoved: 16, conflicts: 0 });
});

test('a file that is in the way but not ours is left alone and reported with a remedy', async () => {
  const path = library('The Wire (2002)/tvshow.nfo');
  await mkdir(library('The Wire (2002)'), { recursive: true });
  await writeFile(path, 'mine');
  const first = await run();
  const second = await run({ force: true });
  expect(await readFile(path, 'utf8')).toBe('mine');
  for (const { counts, record } of [first, second]) {
    expect(counts).toMatchObject({ users: 1, conflicts: 1 });
    expect(record.failures.map((failure) => failure.item)).toEqual([path]);
    expect(record.failures[0]?.error).toMatchObject({
      code: 'LIBRARY_WRITE_FAILED',
      remedy: expect.stringContaining('Move it'),
    });
  }
  await seedPicks(db, john, [ids[0] ?? 0]);
  await run();
  expect(await readFile(path, 'utf8')).toBe('mine');
});

test('a video that took the place of our link is neither replaced nor removed', async () => {
  await run();
  const path = library('The Wire (2002)/Season 1/The Wire - S01E01.mkv');
  await rm(path);
  await writeFile(path, 'a real video');
  expect((await run()).counts).toMatchObject({ conflicts: 1 });
  await seedPicks(db, john, [ids[0] ?? 0]);
  await run();
  expect(await readFile(path, 'utf8')).toBe('a real video');
});

test('nothing is written through a link that took the place of a series folder', async () => {
  await run();
  const outside = join(folder.path, 'outside');
  await rename(library('The Wire (2002)'), outside);
  await symlink(outside, library('The Wire (2002)'));
  const before = await readStamps(outside);
  await db.rows(sql`update titles set overview = 'Changed.'`);
  const { counts, record } = await run();
  expect(await readStamps(outside)).toEqual(before);
  expect(counts).toMatchObject({ filesWritten: 1, conflicts: 5 });
  expect(String(record.failures[0]?.error)).toContain(`${library('The Wire (2002)')} holds something`);
  await seedPicks(db, john, [ids[0] ?? 0]);
  await run();
  expect(await readStamps(outside)).toEqual(before);
});

test('a link in place of the folder of all users ends the run', async () => {
  await mkdir(join(folder.path, 'elsewhere'));
  await symlink(join(folder.path, 'elsewhere'), join(folder.path, 'users'));
  await expect(run()).rejects.toMatchObject({ code: 'LIBRARY_WRITE_FAILED', remedy: expect.any(String) });
  expect(await readTree(join(folder.path, 'elsewhere'))).toEqual({});
});

test("nothing is written through a link above a user's library, and other users go on", async () => {
  await seedPicks(db, await seedUser(db, 'Zoe'), ids);
  await mkdir(join(folder.path, 'elsewhere'));
  await mkdir(join(folder.path, 'users'));
  await symlink(join(folder.path, 'elsewhere'), join(folder.path, 'users/john'));
  const { counts, record } = await run();
  expect(await readTree(join(folder.path, 'elsewhere'))).toEqual({});
  expect(counts).toMatchObject({ users: 1, series: 3 });
  expect(record.failures).toHaveLength(1);
  expect(record.failures[0]).toMatchObject({
    item: 'John',
    error: { code: 'LIBRARY_WRITE_FAILED', remedy: expect.any(String) },
  });
});

test('hostile and colliding titles stay inside the library under names of their own', async () => {
  const titles = await seedSeries(db, [
    { name: '../../etc', year: null, seasons: [1] },
    { name: 'Twins', tvdbId: '1', seasons: [1] },
    { name: 'TWINS', tvdbId: '2', seasons: [1] },
    { name: '가'.repeat(200), year: 2020, seasons: [1] },
  ]);
  await seedPicks(db, john, titles);
  const { counts, record } = await run();
  expect(record.failures).toEqual([]);
  expect(counts.series).toBe(4);
  const tree = Object.keys(await readTree(folder.path));
  expect(tree.every((path) => path.startsWith('users/john/ai-series/'))).toBe(true);
  expect(new Set(tree.slice(1).map((path) => path.split('/')[3]))).toEqual(
    new Set(['etc', 'Twins (2008)', 'TWINS (2008) [tvdbid-2]', `${'가'.repeat(65)} (2020)`]),
  );
});

test('a user disabled since loses their files, and only those', async () => {
  await run();
  await writeFile(library('notes.txt'), 'mine');
  await db.rows(sql`update media_users set recommendations_enabled = false`);
  const { counts } = await run();
  expect(Object.keys(await readTree(library()))).toEqual(['notes.txt']);
  expect(counts).toMatchObject({ users: 1, series: 0, filesRemoved: 16, scans: 0, librariesRemoved: 1 });
  expect(server.libraries).toEqual([]);
  expect(await db.rows(sql`select * from user_libraries`)).toEqual([]);
  expect(await db.rows(sql`select * from libraries where is_virtual and removed_at is null`)).toEqual([]);
  expect((await run()).counts).toMatchObject({ users: 0, scans: 0 });
  await db.rows(sql`update media_users set recommendations_enabled = true`);
  expect((await run()).counts).toMatchObject({ filesWritten: 16, libraries: 1, scans: 1 });
});

test('a dry run counts what it would do and changes nothing', async () => {
  const { counts } = await run({ dryRun: true });
  expect(counts).toMatchObject({ users: 1, libraries: 1, series: 2, filesWritten: 16, scans: 1 });
  expect(await readTree(folder.path)).toEqual({});
  expect(server.created).toEqual([]);
  expect(await db.rows(sql`select * from user_libraries`)).toEqual([]);
});

test('what was removed or damaged behind our back comes back', async () => {
  await run();
  const before = await readTree(library());
  await rm(library('Breaking Bad (2008)/Season 2'), { recursive: true });
  await writeFile(library('The Wire (2002)/tvshow.nfo'), 'short');
  expect((await run()).counts).toMatchObject({ filesWritten: 3, scans: 1 });
  expect(await readTree(library())).toEqual(before);
  const nfo = before['The Wire (2002)/tvshow.nfo'] ?? '';
  await writeFile(library('The Wire (2002)/tvshow.nfo'), nfo.replace('Wire', 'Fire'));
  expect((await run()).counts).toMatchObject({ filesWritten: 0 });
  expect((await run({ force: true })).counts).toMatchObject({ filesWritten: 1, scans: 1 });
  expect(await readTree(library())).toEqual(before);
});

test('a scan that takes longer is waited for, and one that does not end is left to the next run', async () => {
  server.scanTakes = 3;
  expect((await run()).counts).toMatchObject({ placeholdersMarked: 2 });
  await seedPicks(db, john, ids);
  server.scanTakes = 10;
  const late = await run();
  expect(late.counts).toMatchObject({ placeholdersMarked: 0 });
  expect(late.record.lines.at(-1)).toMatchObject({
    level: 'warn',
    message: expect.stringContaining('1 of 3 placeholders'),
  });
  const next = await run();
  expect(next.counts).toMatchObject({ filesWritten: 0, scans: 0, placeholdersMarked: 1 });
  expect(server.marked.at(-1)?.itemId).toContain('fargo-placeholder.strm');
});

test('a scan that could not be asked for is asked for by the next run', async () => {
  server.before = (call) => {
    if (call === 'refreshLibrary') throw new ShowrunnerError('MEDIA_SERVER_UNREACHABLE', 'Gone.');
  };
  const first = await run();
  expect(first.record.failures).toMatchObject([
    { item: 'John', error: { code: 'MEDIA_SERVER_UNREACHABLE' } },
  ]);
  server.before = () => {};
  expect((await run()).counts).toMatchObject({ filesWritten: 0, scans: 1, placeholdersMarked: 2 });
});

test('a library removed at the media server is created and scanned again', async () => {
  await run();
  server.libraries.length = 0;
  expect((await run()).counts).toMatchObject({ filesWritten: 0, libraries: 1, scans: 1 });
});

test('a library name that is taken gets a number', async () => {
  server.libraries.push(serverLibrary('x', "john's PICKS", ['/movies'], { collectionType: 'movies' }));
  await run();
  expect(server.created).toEqual(["John's picks 2"]);
});

test('STRM files hold the path as the media server sees it, doubles share one file, unusable episodes are left out', async () => {
  const titles = await seedSeries(db, [
    {
      name: 'Doubles',
      seasons: [],
      files: [
        [1, 1, 'D:\\TV\\Doubles\\1-2.mkv'],
        [1, 2, 'D:\\TV\\Doubles\\1-2.mkv'],
        [1, 3, 'https://cdn.example/3.mp4'],
        [1, 4, null],
        [0, null, 'D:\\TV\\Doubles\\extra.mkv'],
      ],
    },
    { name: 'No files', seasons: [], files: [[1, 1, null]] },
  ]);
  await seedPicks(db, john, titles);
  const { counts, record } = await run({}, { mode: 'strm' });
  const tree = await readTree(library('Doubles (2008)'));
  expect(Object.keys(tree).filter((path) => path.startsWith('Season 1'))).toEqual([
    'Season 1/Doubles - S01E01-E02.nfo',
    'Season 1/Doubles - S01E01-E02.strm',
    'Season 1/Doubles - S01E03.nfo',
    'Season 1/Doubles - S01E03.strm',
  ]);
  expect(tree['Season 1/Doubles - S01E01-E02.strm']).toBe('D:\\TV\\Doubles\\1-2.mkv');
  expect(tree['Season 1/Doubles - S01E01-E02.nfo']).toContain('<durationinseconds>5640<');
  expect(counts.series).toBe(1);
  expect(record.lines).toContainEqual(
    expect.objectContaining({ fields: { series: ['No files'], count: 1 } }),
  );
  expect(record.lines).toContainEqual(
    expect.objectContaining({ level: 'warn', message: expect.stringContaining('10.11.8') }),
  );
});

test('a media server on Windows is given its own path, and its placeholders are recognised', async () => {
  const local = (path: string) => join(folder.path, path.slice('M:\\libraries'.length).replaceAll('\\', '/'));
  server = libraryMediaServer('emby', local);
  const mappings = [{ server: 'M:\\libraries', local: folder.path }];
  const { counts } = await run({}, { mode: 'strm', pathMappings: mappings });
  expect(server.libraries[0]?.locations).toEqual(['M:\\libraries\\users\\john\\ai-series']);
  expect(counts.placeholdersMarked).toBe(2);
  const again = await run({}, { mode: 'strm', pathMappings: [], serverRoot: 'm:/libraries/' });
  expect(again.counts).toMatchObject({ libraries: 0, filesWritten: 0 });
});

test('episodes come from a library that the user may see, or not at all', async () => {
  await db.rows(sql`update media_users set enable_all_folders = false, enabled_folders = '{elsewhere}'`);
  const { counts } = await run();
  expect(counts).toMatchObject({ users: 1, series: 0, filesWritten: 0 });
  expect(await readTree(folder.path)).toEqual({ users: '/' });
  await db.rows(sql`update media_users set enabled_folders = '{shows}'`);
  expect((await run()).counts).toMatchObject({ series: 2 });
});

test('a user who wants no explanations gets none', async () => {
  await db.rows(sql`update media_users set explanations_enabled = false`);
  await run();
  expect(await readFile(library('The Wire (2002)/tvshow.nfo'), 'utf8')).toContain(
    '<plot>About The Wire.</plot>',
  );
});

test('only the chosen users are written, and an unknown one is an error', async () => {
  const zoe = await seedUser(db, 'Zoe');
  await seedPicks(db, zoe, ids);
  expect((await run({ userIds: [zoe] })).counts).toMatchObject({ users: 1, series: 3 });
  await expect(lstat(library())).rejects.toThrow('ENOENT');
  await expect(run({ userIds: [zoe, 9999] })).rejects.toMatchObject({ code: 'NOT_FOUND', value: '9999' });
});

test('an unusable root ends the run with a remedy', async () => {
  const missing = run({}, { root: join(folder.path, 'missing') });
  await expect(missing).rejects.toMatchObject({
    code: 'LIBRARY_WRITE_FAILED',
    remedy: expect.stringContaining('Create the folder'),
  });
  await writeFile(join(folder.path, 'file'), '');
  await expect(run({}, { root: join(folder.path, 'file') })).rejects.toMatchObject({
    code: 'LIBRARY_WRITE_FAILED',
  });
  await expect(run({}, { root: 'relative' })).rejects.toMatchObject({
    code: 'BAD_CONFIGURATION',
    field: 'root',
  });
  await expect(run({}, { root: '/proc' })).rejects.toMatchObject({
    code: 'LIBRARY_WRITE_FAILED',
    remedy: expect.any(String),
  });
});

test('a damaged manifest is an error for that user, and nothing is touched', async () => {
  await run();
  const manifest = library('.showrunner-manifest.json');
  await writeFile(
    manifest,
    (await readFile(manifest, 'utf8')).replace('"The Wire (2002)/tvshow.nfo"', '"../../x"'),
  );
  const before = await readStamps(folder.path);
  const { counts, record } = await run();
  expect(counts.users).toBe(0);
  expect(record.failures).toMatchObject([{ item: 'John', error: { code: 'LIBRARY_WRITE_FAILED' } }]);
  expect(await readStamps(folder.path)).toEqual(before);
});

test('the tree of a library is read from its manifest', async () => {
  const { libraries } = await run();
  const tree = await readLibraryTree(libraries, 'john', 3);
  expect(tree).toEqual([
    {
      name: 'Breaking Bad (2008)',
      children: [
        {
          name: 'Season 00',
          children: [
            { name: 'Breaking Bad - S00E01.mp4', children: [] },
            { name: 'Breaking Bad - S00E01.nfo', children: [] },
            { name: 'breaking-bad-placeholder.nfo', children: [] },
          ],
        },
      ],
    },
  ]);
  expect(await readLibraryTree(libraries, 'nobody', 10)).toEqual([]);
  await expect(readLibraryTree(libraries, '../john', 10)).rejects.toMatchObject({
    code: 'BAD_CONFIGURATION',
  });
});

test('a library to which somebody added a folder is never removed, and the user is told', async () => {
  await run();
  const [own] = server.libraries;
  if (own) server.libraries[0] = { ...own, locations: [...own.locations, '/media/home videos'] };
  await db.rows(sql`update media_users set recommendations_enabled = false`);
  const { counts, record } = await run();
  expect(counts).toMatchObject({ librariesRemoved: 0, filesRemoved: 16, scans: 1 });
  expect(server.libraries).toHaveLength(1);
  expect(record.lines).toContainEqual(
    expect.objectContaining({ level: 'warn', message: expect.stringContaining('so it stays') }),
  );
});

test('a library that is being scanned is waited for before its files change', async () => {
  await run();
  const [own] = server.libraries;
  if (own) server.libraries[0] = { ...own, isScanning: true };
  await seedPicks(db, john, ids);
  let looks = 0;
  server.before = (call) => {
    if (call !== 'serverLibraries') return;
    looks += 1;
    if (looks === 3 && own) server.libraries[0] = own;
  };
  const before = await readStamps(library());
  const { counts, record } = await run();
  expect([looks, counts.filesWritten, record.lines]).toEqual([3, 7, []]);
  expect(await readStamps(library())).not.toEqual(before);
});

test('a scan that does not end is not waited for without end', async () => {
  await run();
  const [own] = server.libraries;
  if (own) server.libraries[0] = { ...own, isScanning: true };
  await seedPicks(db, john, ids);
  const { counts, record } = await run();
  expect(counts.filesWritten).toBe(7);
  expect(record.lines[0]).toMatchObject({ level: 'warn', message: expect.stringContaining('still scans') });
});

test('a placeholder that does not become watched is told, and tried again by the next run', async () => {
  server.ignoresMarks = true;
  const first = await run();
  expect(first.counts).toMatchObject({ placeholdersMarked: 0 });
  expect(first.record.lines).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      message: expect.stringContaining('2 placeholders were marked'),
    }),
  );
  server.ignoresMarks = false;
  expect((await run()).counts).toMatchObject({ filesWritten: 0, scans: 0, placeholdersMarked: 2 });
  expect((await run()).counts).toMatchObject({ placeholdersMarked: 0 });
});

test.each(['policies', 'policy', 'setPolicy', 'removeLibrary'])(
  'a removal that is cut off at %s is finished by the next run',
  async (call) => {
    server.policies.set('user-John', { EnableAllFolders: false, EnabledFolders: [] });
    await run();
    await db.rows(sql`update media_users set recommendations_enabled = false`);
    server.before = (name) => {
      if (name === call) throw new ShowrunnerError('MEDIA_SERVER_UNREACHABLE', 'Gone.');
    };
    const broken = run();
    if (call === 'policies') await expect(broken).rejects.toMatchObject({ code: 'MEDIA_SERVER_UNREACHABLE' });
    else
      expect((await broken).record.failures).toMatchObject([
        { item: 'John', target: { kind: 'user', id: john } },
      ]);
    server.before = () => {};
    expect((await run()).counts).toMatchObject({ librariesRemoved: 1 });
    expect(server.libraries).toEqual([]);
    expect(server.policies.get('user-John')).toEqual({ EnableAllFolders: false, EnabledFolders: [] });
    expect(await readTree(folder.path)).toEqual({ users: '/' });
    expect(await db.rows(sql`select * from user_libraries`)).toEqual([]);
  },
);

test('files carry no date of the future: clients of 32 bits stop at 2038, and file systems a little later', async () => {
  await run({}, { mode: 'strm' });
  for (const path of Object.keys(await readTree(library())))
    expect((await stat(library(path))).mtime.getTime()).toBeLessThanOrEqual(Date.now() + 60_000);
});
