import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { syncSeries } from '../../../src/catalog/sync-series.ts';
import { previewLibrary } from '../../../src/library-writer/preview-library.ts';
import { restrictLibraryAccess } from '../../../src/library-writer/restrict-library-access.ts';
import type { Database } from '../../../src/platform/database.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import { seedPicks } from '../../support/library-catalog.ts';
import { readStamps, readTree } from '../../support/library-folder.ts';
import { type LibraryHousehold, startHousehold } from '../../support/library-household.ts';

const SERVERS = [
  { dialect: 'jellyfin', version: '10.8.13' },
  { dialect: 'jellyfin', version: '10.10.7' },
  { dialect: 'jellyfin', version: '10.11.7' },
  { dialect: 'jellyfin', version: '12.0.0' },
  { dialect: 'emby', version: '4.8.11' },
] as const;

let db: Database;
let home: LibraryHousehold;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterEach(() => home.close());
afterAll(() => db.close());

/** Everything that a run could change: files, rows, libraries with their options, policies, plays. */
async function world() {
  return {
    files: await readStamps(home.folder),
    rows: await db.rows(sql`select * from user_libraries order by user_id`),
    libraries: await db.rows(sql`select provider_id, is_virtual, removed_at from libraries order by id`),
    server: await home.mediaServer.serverLibraries(new AbortController().signal),
    policies: [await home.policy('ada'), await home.policy('ben')],
    writes: await home.writes(),
  };
}

const pickLibraries = async () =>
  (await home.demo.libraries()).filter(({ Name }) => Name.endsWith("'s picks"));
const optionsOf = (library: unknown) =>
  z.object({ LibraryOptions: z.record(z.string(), z.unknown()) }).parse(library).LibraryOptions;

describe.each(SERVERS)('$dialect $version', (server) => {
  test('a library is made, opened and scanned, and its placeholders are watched; the next run changes nothing', async () => {
    home = await startHousehold(db, server);
    const dry = await home.run({ dryRun: true });
    const { counts, record } = await home.run();
    expect(record.failures).toEqual([]);
    expect(counts).toMatchObject({ users: 2, libraries: 2, series: 4, scans: 2, placeholdersMarked: 4 });
    expect(dry.counts).toEqual(counts);
    expect(await pickLibraries()).toHaveLength(2);
    const list = { userId: await home.demo.userId('ada'), signal: new AbortController().signal };
    const libraryId = await home.demo.libraryId("ada's picks");
    const paths: (string | null)[] = [];
    for await (const page of home.mediaServer.episodes({ ...list, libraryId }))
      paths.push(...page.items.map(({ path }) => path));
    expect(paths).toHaveLength(5);
    const before = await world();
    const again = await home.run();
    expect(again.counts).toMatchObject({ filesWritten: 0, filesUnchanged: counts.filesWritten, scans: 0 });
    expect((await home.run({ dryRun: true })).counts).toEqual(again.counts);
    expect(await world()).toEqual(before);
  });

  test('options that somebody changed are set again, and those that are not ours stay', async () => {
    home = await startHousehold(db, server);
    await home.run();
    const libraryId = await home.demo.libraryId("ada's picks");
    const [own] = (await pickLibraries()).filter(({ ItemId }) => ItemId === libraryId);
    const changed = {
      ...optionsOf(own),
      EnableRealtimeMonitor: true,
      EnableAutomaticSeriesGrouping: true,
      TypeOptions: [{ Type: 'Series', MetadataFetchers: ['TheMovieDb'], ImageFetchers: [] }],
      PreferredMetadataLanguage: 'de',
    };
    await home.demo.call('POST', '/Library/VirtualFolders/LibraryOptions', {
      Id: libraryId,
      LibraryOptions: changed,
    });
    const preview = await previewLibrary(home.context(), { userId: home.ada });
    expect(preview.server).toMatchObject({
      state: 'CHANGED',
      steps: { repair: ['EnableRealtimeMonitor', 'EnableAutomaticSeriesGrouping', 'TypeOptions'] },
    });
    expect((await home.run({ dryRun: true })).counts).toMatchObject({ librariesRepaired: 1, scans: 0 });
    expect(optionsOf((await pickLibraries()).find(({ ItemId }) => ItemId === libraryId))).toMatchObject(
      changed,
    );
    expect((await home.run()).counts).toMatchObject({ librariesRepaired: 1, scans: 0, filesWritten: 0 });
    expect(optionsOf((await pickLibraries()).find(({ ItemId }) => ItemId === libraryId))).toEqual({
      ...optionsOf(own),
      PreferredMetadataLanguage: 'de',
    });
    expect((await home.run()).counts).toMatchObject({ librariesRepaired: 0 });
  });

  test('a user whose policy lists libraries gets theirs added; nothing else in the policy changes', async () => {
    home = await startHousehold(db, server);
    const shows = (await home.mediaServer.serverLibraries(new AbortController().signal))[0];
    await home.setPolicy('ben', {
      EnableAllFolders: false,
      EnabledFolders: [shows?.folderId],
      BlockedTags: ['horror'],
      MaxParentalRating: 10,
      // What a newer server may have, and one of either family has.
      SyncPlayAccess: 'JoinGroups',
      EnableSubtitleManagement: true,
      RestrictedFeatures: ['notifications'],
      FutureSetting: { nested: [1, null, 'x'] },
    });
    const before = await home.policy('ben');
    const { counts } = await home.run();
    expect(counts).toMatchObject({ accessGranted: 1, placeholdersMarked: 4 });
    const own = (await home.mediaServer.serverLibraries(new AbortController().signal)).find(
      ({ name }) => name === "ben's picks",
    );
    const after = await home.policy('ben');
    expect(after).toEqual({ ...before, EnabledFolders: [shows?.folderId, own?.folderId] });
    expect(own?.folderId === own?.id).toBe(server.dialect === 'jellyfin');
    expect(await home.policy('ada')).toMatchObject({ EnableAllFolders: true, EnabledFolders: [] });
    expect((await home.run()).counts).toMatchObject({ accessGranted: 0 });
  });

  test('who can open everything sees the picks of others: it is told, and mended without closing anything else', async () => {
    home = await startHousehold(db, server);
    const first = await home.run();
    expect(first.record.lines).toContainEqual({
      level: 'warn',
      message: '2 users can see the picks of others at the media server.',
      fields: { users: ['ada', 'ben'], remedy: expect.stringContaining('restrictLibraryAccess') },
    });
    const preview = await previewLibrary(home.context(), { userId: home.ben });
    expect(preview.visibleOthers).toEqual(["ada's picks"]);
    expect(preview.problems).toMatchObject([{ code: 'SEES_OTHERS_PICKS' }]);

    const before = await home.policy('ben');
    const access = await restrictLibraryAccess(home.context(), { userId: home.ben });
    expect(access).toEqual({ open: ['Shows', "ben's picks"], closed: ["ada's picks"] });
    const after = await home.policy('ben');
    const libraries = await home.mediaServer.serverLibraries(new AbortController().signal);
    const open = libraries.filter(({ name }) => name !== "ada's picks");
    expect(after).toEqual({
      ...before,
      EnableAllFolders: false,
      EnabledFolders: open.map(({ folderId }) => folderId),
    });
    expect((await previewLibrary(home.context(), { userId: home.ben })).problems).toEqual([]);
    expect(
      await db.rows(
        sql`select enable_all_folders as all, enabled_folders as list from media_users where name = 'ben'`,
      ),
    ).toEqual([{ all: false, list: open.map(({ id }) => id) }]);
    const settled = await world();
    expect(await restrictLibraryAccess(home.context(), { userId: home.ben })).toEqual({
      ...access,
      closed: [],
    });
    expect(await world()).toEqual(settled);
    expect((await home.run()).record.lines).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('One user can see') }),
    );
  });

  test('the library of a disabled user goes from the disk, the server and the policy, and comes back', async () => {
    home = await startHousehold(db, server);
    await home.setPolicy('ben', { EnableAllFolders: false, EnabledFolders: [] });
    await home.run();
    await writeFile(home.library('ben', 'Dark (2008)', 'mine.txt'), 'mine');
    await db.rows(sql`update media_users set recommendations_enabled = false where name = 'ben'`);
    const before = await world();
    const dry = await home.run({ dryRun: true });
    expect(await world()).toEqual(before);
    expect(dry.record.lines[1]).toMatchObject({
      message: 'ben (no longer enabled): would remove 12 files, remove the library from the media server.',
      fields: { remove: expect.arrayContaining(['Dark (2008)/tvshow.nfo']) },
    });
    const { counts } = await home.run();
    expect(counts).toEqual(dry.counts);
    expect(counts).toMatchObject({ users: 2, librariesRemoved: 1, filesRemoved: 12, series: 2 });
    expect(await pickLibraries()).toMatchObject([{ Name: "ada's picks" }]);
    expect((await home.policy('ben')).EnabledFolders).toEqual([]);
    expect(Object.keys(await readTree(join(home.settings.root, 'users/ben')))).toEqual([
      'ai-series/Dark (2008)/mine.txt',
    ]);
    expect((await home.run()).counts).toMatchObject({ users: 1, librariesRemoved: 0, filesRemoved: 0 });
    await db.rows(sql`update media_users set recommendations_enabled = true where name = 'ben'`);
    const back = await home.run();
    expect(back.counts).toMatchObject({ libraries: 1, filesWritten: 12, accessGranted: 1, conflicts: 0 });
    expect(back.record.failures).toEqual([]);
    expect((await home.policy('ben')).EnabledFolders).toHaveLength(1);
  });
});

describe('on any server', () => {
  test('links that lead nowhere as the media server sees them are told with the remedy, until they lead somewhere', async () => {
    home = await startHousehold(db, SERVERS[2]);
    await rename(join(home.folder, 'media'), join(home.folder, 'elsewhere'));
    for (const round of [1, 2]) {
      const { record } = await home.run({ userIds: [home.ada] });
      expect([round, record.failures]).toMatchObject([
        round,
        [
          {
            item: 'ada',
            target: { kind: 'user', id: home.ada },
            error: { code: 'LIBRARY_WRITE_FAILED', remedy: expect.stringContaining('Mount') },
          },
        ],
      ]);
    }
    await rename(join(home.folder, 'elsewhere'), join(home.folder, 'media'));
    const { counts, record } = await home.run({ userIds: [home.ada] });
    expect([counts.filesWritten, counts.scans, record.failures]).toEqual([0, 1, []]);
    expect((await home.run({ userIds: [home.ada] })).counts).toMatchObject({ scans: 0 });
  });

  test('a run killed after it made a library leaves no source of titles', async () => {
    home = await startHousehold(db, SERVERS[3]);
    await home.run({ userIds: [home.ada] });
    await db.rows(sql`delete from user_libraries`);
    await db.rows(sql`delete from libraries where is_virtual`);
    await db.rows(sql`update titles set removed_at = now()`);
    const context = testContext(db, { mediaServer: home.mediaServer, ownRoot: home.settings.root });
    await syncSeries(context, {});
    expect(await db.rows(sql`select name from libraries where is_virtual`)).toEqual([
      { name: "ada's picks" },
    ]);
    expect(
      await db.rows(sql`
        select t.name from title_copies c join titles t on t.id = c.title_id join libraries l on l.id = c.library_id
        where l.is_virtual`),
    ).toEqual([]);
    const { counts } = await home.run({ userIds: [home.ada] });
    expect(counts).toMatchObject({ libraries: 0 });
  });

  test('the size of a library can be limited, and a later run without the limit writes the rest', async () => {
    home = await startHousehold(db, SERVERS[3]);
    expect((await home.run({ limit: 1 })).counts).toMatchObject({ series: 2, users: 2 });
    expect(
      Object.keys(await readTree(home.library('ada'))).filter((path) => path.startsWith('Fargo')),
    ).toEqual([]);
    expect((await home.run()).counts).toMatchObject({ series: 4, filesRemoved: 0 });
  });

  test('a preview shows what comes, goes and moves, and writes nothing', async () => {
    home = await startHousehold(db, SERVERS[3]);
    const [dark = 0, fargo = 0] = home.titles;
    const empty = await world();
    const first = await previewLibrary(home.context(), { userId: home.ada });
    expect(first).toMatchObject({
      mode: 'symlink',
      path: home.library('ada'),
      series: {
        added: [
          { titleId: dark, rank: 1 },
          { titleId: fargo, rank: 2 },
        ],
        removed: [],
        moved: [],
        kept: 0,
      },
      filesKept: 0,
      server: { state: 'ABSENT', id: null, name: "ada's picks", steps: { create: true, scan: true } },
      problems: [],
    });
    expect(first.files).toHaveLength(12);
    expect(first.files[0]).toEqual({ path: 'Dark (2008)/Season 00/dark-placeholder.nfo', change: 'CREATE' });
    expect(await world()).toEqual(empty);

    await home.run({ userIds: [home.ada] });
    expect(await previewLibrary(home.context(), { userId: home.ada })).toMatchObject({
      series: { added: [], removed: [], moved: [], kept: 2 },
      files: [],
      filesKept: 12,
      server: { state: 'READY', steps: { create: false, scan: false, repair: [] } },
    });

    await seedPicks(db, home.ada, [fargo]);
    const moved = await previewLibrary(home.context(), { userId: home.ada });
    expect(moved.series).toEqual({
      added: [],
      removed: [{ titleId: dark, rank: 1 }],
      moved: [{ titleId: fargo, rank: 1, previousRank: 2 }],
      kept: 0,
    });
    expect(moved.server.steps).toMatchObject({ scan: true, create: false });

    await db.rows(sql`update recommendation_sets set is_current = false`);
    const idle = await previewLibrary(home.context(), { userId: home.ada });
    expect(idle).toMatchObject({
      series: { added: [], removed: [], moved: [], kept: 2 },
      files: [],
      server: { steps: { scan: false, remove: false } },
      problems: [{ code: 'NO_RECOMMENDATIONS' }],
    });
    await expect(previewLibrary(home.context(), { userId: 999 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(restrictLibraryAccess(home.context(), { userId: 999 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('a user whom the media server has forgotten fails alone, and is named for a repetition', async () => {
    home = await startHousehold(db, SERVERS[3]);
    await db.rows(
      sql`update media_users set provider_id = 'f00df00df00df00df00df00df00df00d' where name = 'ben'`,
    );
    const { counts, record } = await home.run();
    expect(counts).toMatchObject({ users: 2, placeholdersMarked: 2 });
    expect(record.failures).toMatchObject([{ item: 'ben', target: { kind: 'user', id: home.ben } }]);
    expect(await previewLibrary(home.context(), { userId: home.ben })).toMatchObject({
      problems: [{ code: 'USER_UNKNOWN' }],
    });
  });
});
