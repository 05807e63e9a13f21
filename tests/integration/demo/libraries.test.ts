import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DemoClient, given, startDemo } from './demo-client.ts';

let demo: DemoClient;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-library-'));
});
afterEach(async () => {
  await demo.close();
  await rm(folder, { recursive: true });
});

/** Writes a tree as the library writer lays it out: one copy of "The Lantern" with a placeholder. */
async function writeCopy(): Promise<string> {
  const path = join(folder, 'The Lantern (2015)');
  await mkdir(join(path, 'Season 1'), { recursive: true });
  await mkdir(join(path, 'Season 00'));
  await writeFile(
    join(path, 'tvshow.nfo'),
    '<?xml version="1.0" encoding="UTF-8"?>\n<tvshow>\n<title>The Lantern &amp; Co</title><plot>A copy.</plot>' +
      '<year>2015</year><mpaa>TV-14</mpaa><genre>Crime/Drama</genre><uniqueid type="tvdb" default="true">1001</uniqueid>' +
      '<imdbid>tt1001</imdbid><lockdata>true</lockdata><dateadded>2026-01-02 12:00:00</dateadded></tvshow>',
  );
  await writeFile(
    join(path, 'Season 1', 'The Lantern - S01E01.strm'),
    '# a comment\n\nhttp://127.0.0.1/stream/1\n',
  );
  await writeFile(
    join(path, 'Season 1', 'The Lantern - S01E01.nfo'),
    '<episodedetails><title>Storm</title><season>1</season><episode>1</episode><aired>2015-03-01</aired>' +
      '<runtime>50</runtime><fileinfo><streamdetails><video><durationinseconds>3001</durationinseconds></video>' +
      '</streamdetails></fileinfo></episodedetails>',
  );
  await writeFile(join(path, 'Season 1', 'The Lantern - S01E02.strm'), '/media/shows/The Lantern/S01E02.mkv');
  await writeFile(join(path, 'Season 00', 'the-lantern-placeholder.strm'), 'http://127.0.0.1/none');
  await writeFile(
    join(path, 'Season 00', 'the-lantern-placeholder.nfo'),
    '<episodedetails><title>Rank</title><season>0</season><episode>0</episode>' +
      '<dateadded>2125-01-01 12:00:00</dateadded></episodedetails>',
  );
  return path;
}

async function createOnJellyfin(name: string, options: object = {}, refreshLibrary = true): Promise<void> {
  const query = new URLSearchParams({
    name,
    collectionType: 'tvshows',
    refreshLibrary: String(refreshLibrary),
  });
  const body = { LibraryOptions: { PathInfos: [{ Path: folder }], ...options } };
  expect((await demo.call('POST', `/Library/VirtualFolders?${query}`, body)).status).toBe(204);
}

/** Episodes of a library once there are as many as expected. */
async function episodesOf(library: string, count: number) {
  return vi.waitFor(
    async () => {
      const { Items } = await demo.page(
        `/Items?ParentId=${library}&IncludeItemTypes=Episode&Recursive=true&Fields=Path,DateCreated&SortBy=SortName`,
      );
      expect(Items).toHaveLength(count);
      return Items;
    },
    { timeout: 10_000 },
  );
}

describe('a library over a folder on Jellyfin', () => {
  it('lists what lies in the folder, with ids, provider ids and the date from the NFO [BaseNfoParser.cs]', async () => {
    await writeCopy();
    demo = await startDemo();
    await createOnJellyfin('Picks');
    const library = await demo.libraryId('Picks');
    const episodes = await episodesOf(library, 3);
    expect(episodes.map((item) => [item.Name, item.ParentIndexNumber, item.IndexNumber])).toEqual([
      ['Rank', 0, 0],
      ['Storm', 1, 1],
      ['The Lantern - S01E02', 1, 2],
    ]);
    expect(episodes[0]).toMatchObject({ DateCreated: '2125-01-01T12:00:00.0000000Z' });
    expect(episodes[1]).toMatchObject({
      RunTimeTicks: 30_010_000_000,
      PremiereDate: '2015-03-01T00:00:00.0000000Z',
      Path: join(folder, 'The Lantern (2015)', 'Season 1', 'The Lantern - S01E01.strm'),
    });
    expect(episodes[2]).not.toHaveProperty('RunTimeTicks');
    const series = await demo.page(
      `/Items?ParentId=${library}&IncludeItemTypes=Series&Recursive=true&Fields=ProviderIds,Genres,DateCreated`,
    );
    expect(series.Items).toMatchObject([
      {
        Name: 'The Lantern & Co',
        ProductionYear: 2015,
        Genres: ['Crime', 'Drama'],
        ProviderIds: { Tvdb: '1001', Imdb: 'tt1001' },
        DateCreated: '2026-01-02T12:00:00.0000000Z',
      },
    ]);
    const warnings = await demo.get('/demo/warnings');
    expect(warnings.body).toEqual([
      { path: expect.stringContaining('S01E02.strm'), message: 'Ignoring invalid or non-remote .strm path' },
    ]);
  });

  it('takes STRM files with a local path before 10.11.7 [ProbeProvider.cs, v10.11.6 against v10.11.7]', async () => {
    await writeCopy();
    demo = await startDemo({ serverVersion: '10.10.7' });
    await createOnJellyfin('Picks');
    await episodesOf(await demo.libraryId('Picks'), 3);
    expect((await demo.get('/demo/warnings')).body).toEqual([]);
  });

  it('has no id until a scan when it was created without one [LibraryManager.AddVirtualFolder, GetVirtualFolderInfo]', async () => {
    demo = await startDemo();
    await createOnJellyfin('Later', {}, false);
    const later = async () => (await demo.libraries()).find((library) => library.Name === 'Later');
    expect(await later()).not.toHaveProperty('ItemId');
    expect((await demo.call('POST', '/Library/Refresh')).status).toBe(204);
    expect(await later()).toHaveProperty('ItemId');
  });

  it('follows symlinks, and does not see broken ones, other files, or an NFO that is not well-formed [ManagedFileSystem.cs, BaseNfoParser.cs]', async () => {
    const path = await writeCopy();
    const season = join(path, 'Season 1');
    await writeFile(join(folder, 'real.mkv'), '');
    await symlink(join(folder, 'real.mkv'), join(season, 'The Lantern - S01E03-E04.mkv'));
    await symlink(join(folder, 'gone.mkv'), join(season, 'The Lantern - S01E05.mkv'));
    await writeFile(join(season, 'notes.txt'), 'S01E06');
    await writeFile(join(season, 'sample.mkv'), '');
    await writeFile(join(path, 'tvshow.nfo'), '<tvshow><title>Salt & Pepper</title></tvshow>');
    demo = await startDemo();
    await createOnJellyfin('Picks');
    const episodes = await episodesOf(await demo.libraryId('Picks'), 4);
    expect(episodes.at(-1)).toMatchObject({ IndexNumber: 3, IndexNumberEnd: 4, SeriesName: 'The Lantern' });
  });

  it('sees what was added and removed at the next refresh, keeping the ids of what stayed', async () => {
    const path = await writeCopy();
    demo = await startDemo();
    await createOnJellyfin('Picks');
    const library = await demo.libraryId('Picks');
    const before = await episodesOf(library, 3);
    await rm(join(path, 'Season 00'), { recursive: true });
    expect((await demo.call('POST', `/Items/${library}/Refresh`)).status).toBe(204);
    const after = await episodesOf(library, 2);
    expect(after.map((item) => item.Id)).toEqual(before.slice(1).map((item) => item.Id));
    await writeFile(join(path, 'Season 1', 'The Lantern - S01E09.strm'), 'http://127.0.0.1/9');
    await demo.call('POST', '/Library/Media/Updated', { Updates: [{ Path: path, UpdateType: 'Modified' }] });
    await episodesOf(library, 3);
  });

  it('refuses a folder that is not there, a bad type and an empty name, and numbers a name that is taken [LibraryManager.AddVirtualFolder]', async () => {
    demo = await startDemo();
    const create = async (query: string, path = folder) =>
      (
        await demo.call('POST', `/Library/VirtualFolders?${query}`, {
          LibraryOptions: { PathInfos: [{ Path: path }] },
        })
      ).status;
    expect(await create('name=A&collectionType=tvshows', join(folder, 'missing'))).toBe(400);
    expect(await create('name=A&collectionType=series')).toBe(400);
    expect(await create('collectionType=tvshows')).toBe(400);
    expect(await create('name=Shows&collectionType=tvshows')).toBe(204);
    expect((await demo.libraries()).map((library) => library.Name)).toEqual(['Shows', 'Shows2']);
  });

  it('shows one of two copies over the whole server unless grouping is off, and keeps their play states apart [Series.cs, LibraryOptions.cs, UserDataManager.cs]', async () => {
    await writeCopy();
    demo = await startDemo();
    await createOnJellyfin('Picks', { EnableAutomaticSeriesGrouping: true });
    const library = await demo.libraryId('Picks');
    await episodesOf(library, 3);
    const lanterns = async () => {
      const { Items } = await demo.page(
        '/Items?IncludeItemTypes=Series&Recursive=true&CollapseBoxSetItems=false',
      );
      return Items.filter((item) => item.Name.startsWith('The Lantern'));
    };
    const [shown] = await lanterns();
    expect(await lanterns()).toHaveLength(1);
    expect((await demo.page(`/Shows/${given(shown, 'copy').Id}/Episodes`)).Items).toHaveLength(6 + 3);
    const options = { Id: library, LibraryOptions: { EnableAutomaticSeriesGrouping: false } };
    expect((await demo.call('POST', '/Library/VirtualFolders/LibraryOptions', options)).status).toBe(204);
    expect(await lanterns()).toHaveLength(2);
    const ada = await demo.userId('ada');
    const list = `/Items?userId=${ada}&ParentId=${library}&IncludeItemTypes=Episode&Recursive=true&Filters=IsPlayed`;
    expect((await demo.page(list)).Items).toEqual([]);
  });

  it('goes away with its items when it is deleted', async () => {
    await writeCopy();
    demo = await startDemo();
    await createOnJellyfin('Picks');
    const [episode] = await episodesOf(await demo.libraryId('Picks'), 3);
    expect((await demo.call('DELETE', '/Library/VirtualFolders?name=Picks')).status).toBe(204);
    expect((await demo.page(`/Items?Ids=${episode?.Id}`)).Items).toEqual([]);
    expect((await demo.call('DELETE', '/Library/VirtualFolders?name=Picks')).status).toBe(400);
  });

  it('orders its home row by the newest episode, so that placeholders decide it [GetLatestTvShowItems]', async () => {
    const path = await writeCopy();
    const other = join(folder, 'Comet (2022)');
    await mkdir(join(other, 'Season 1'), { recursive: true });
    await writeFile(join(other, 'Season 1', 'Comet - S01E01.strm'), 'http://127.0.0.1/1');
    demo = await startDemo();
    await createOnJellyfin('Picks');
    const library = await demo.libraryId('Picks');
    await episodesOf(library, 4);
    const row = async () => (await demo.get(`/Items/Latest?ParentId=${library}`)).body;
    expect(await row()).toMatchObject([{ Name: 'The Lantern & Co' }, { Name: 'Comet' }]);
    await rm(join(path, 'Season 00'), { recursive: true });
    await writeFile(
      join(path, 'Season 1', 'The Lantern - S01E01.nfo'),
      '<episodedetails><dateadded>2001-01-01 12:00:00</dateadded></episodedetails>',
    );
    await rm(join(path, 'Season 1', 'The Lantern - S01E02.strm'));
    await demo.call('POST', '/Library/Refresh');
    expect(await row()).toMatchObject([{ Name: 'Comet' }, { Name: 'The Lantern & Co' }]);
  });
});

describe('a library over a folder on Emby', () => {
  it('is created by a JSON body, has an id at once, and shares play states with the original [Emby OpenAPI, AddVirtualFolder; jellyfin#4895; the id at once is inferred]', async () => {
    await writeCopy();
    demo = await startDemo({ dialect: 'emby' });
    const body = {
      Name: 'Picks',
      CollectionType: 'tvshows',
      Paths: [folder],
      LibraryOptions: {},
      RefreshLibrary: false,
    };
    expect((await demo.call('POST', '/Library/VirtualFolders', body)).status).toBe(204);
    const library = await demo.libraryId('Picks');
    await demo.call('POST', `/Items/${library}/Refresh?Recursive=true`);
    await episodesOf(library, 3);
    const ada = await demo.userId('ada');
    const played = await demo.page(
      `/Users/${ada}/Items?ParentId=${library}&IncludeItemTypes=Episode&Recursive=true&Filters=IsPlayed`,
    );
    expect(played.Items.map((item) => item.IndexNumber)).toEqual([1, 2]);
    expect((await demo.get('/demo/warnings')).body).toEqual([]);
  });
});
