import { describe, expect, test } from 'vitest';
import { nameFolders } from '../../../src/library-writer/name-folders.ts';
import { episodeNfo, placeholderDate, placeholderNfo, seriesNfo } from '../../../src/library-writer/nfo.ts';
import { defaultOutputMode, playsLocalStrm } from '../../../src/library-writer/output-mode.ts';
import { planLibrary } from '../../../src/library-writer/plan-library.ts';
import { emby } from '../../../src/media-server/emby.ts';
import { jellyfin } from '../../../src/media-server/jellyfin.ts';
import { ownLibraryOptions } from '../../../src/media-server/library-options.ts';
import { parseLibrary } from '../../../src/media-server/parse-server.ts';
import { pick, pickedEpisode } from '../../support/library-writing.ts';

/**
 * What Jellyfin and Emby do with libraries, NFO and STRM files, each fact with where it was read: class names are those
 * of the servers' public sources. What needs a server is tested in tests/integration/library-writer.
 */
const full = pick(1, 'Dark', {
  overview: 'A child vanishes.',
  explanation: 'You liked Fargo.',
  premiereDate: '2017-12-01',
  tvdbId: '334824',
  imdbId: 'tt5753856',
  tmdbId: '70523',
  addedOn: '2024-03-01',
});
const plan = (mode: 'symlink' | 'strm', runtimeMs: number | null = null) =>
  planLibrary([full], [pickedEpisode(1, 1, 1, { runtimeMs }), pickedEpisode(1, 0, 1)], mode);
const nfos = (mode: 'symlink' | 'strm') =>
  [...plan(mode).files].flatMap(([path, file]) =>
    path.endsWith('.nfo') && 'content' in file ? [{ path, text: file.content }] : [],
  );

describe('which files are played', () => {
  test('Jellyfin from 10.11.7 refuses STRM files with a path (GHSA-j2hf-x4q5-47j3; ProbeProvider, v10.11.6 against v10.11.7)', () => {
    const versions = ['10.8.13', '10.10.7', '10.11.6', '10.11.7', '12.0.0'];
    expect(versions.map((version) => playsLocalStrm({ dialect: 'jellyfin', version }))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test('so links are chosen for every Jellyfin, also one that an update would break, and STRM for Emby', () => {
    for (const version of ['10.8.13', '10.11.6', '10.11.7', '12.0.0'])
      expect(defaultOutputMode({ dialect: 'jellyfin', version })).toBe('symlink');
    expect(defaultOutputMode({ dialect: 'emby', version: '4.8.11' })).toBe('strm');
  });

  test('a link and a STRM file hold the path as the server sees it, whatever the place of our folder (ManagedFileSystem follows links)', () => {
    const path = '/data/tv/Dark/S01E01.mkv';
    const one = (mode: 'symlink' | 'strm') =>
      [...planLibrary([full], [pickedEpisode(1, 1, 1, { path })], mode).files.values()][1];
    expect(one('symlink')).toEqual({ linkTarget: path });
    expect(one('strm')).toEqual({ content: path });
  });

  test('the first line of a STRM file counts, and "#" begins a comment: the file is that line alone (ProbeProvider)', () => {
    const file = plan('strm').files.get('Dark (2008)/Season 1/Dark - S01E01.strm');
    expect(file).toEqual({ content: '/media/1/S1E1.mkv' });
  });
});

describe('NFO files', () => {
  test('an episode without a runtime counts as watched at any stop (UserDataManager.UpdatePlayState): every one states it', () => {
    const episodes = nfos('strm').filter(({ path }) => !path.endsWith('tvshow.nfo'));
    expect(episodes).toHaveLength(3);
    for (const { text } of episodes) {
      expect(text).toMatch(/<runtime>[1-9]\d*<\/runtime>/);
      expect(text).toMatch(
        /<fileinfo><streamdetails><video><durationinseconds>[1-9]\d*<\/durationinseconds><\/video>/,
      );
    }
  });

  test('`dateadded` stands after `lockdata`, as the servers write it themselves (BaseNfoSaver)', () => {
    for (const text of [seriesNfo(full), placeholderNfo(full)])
      expect(text).toMatch(/<lockdata>true<\/lockdata>\n {2}<dateadded>[\d-]{10} 12:00:00<\/dateadded>/);
  });

  test('Jellyfin reads `dateadded` as UTC, Emby as local time (BaseNfoParser): at noon no zone moves the day', () => {
    for (let hours = -11; hours <= 11; hours += 1) {
      const zone = `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00`;
      const read = new Date(`${placeholderDate(1)}T12:00:00${zone}`);
      expect(read.toISOString().slice(0, 10)).toBe('2125-01-01');
    }
  });

  test('Latest sorts series by their newest episode, season 0 included (GetLatestTvShowItems): later ranks are earlier days', () => {
    const days = Array.from({ length: 500 }, (_, index) => placeholderDate(index + 1));
    expect(days).toEqual(days.toSorted().toReversed());
    expect(new Set(days).size).toBe(500);
  });

  test('dates are read as yyyy-MM-dd and in no other form (BaseNfoParser)', () => {
    expect(seriesNfo(full)).toContain('<premiered>2017-12-01</premiered>');
  });

  test('a locked series locks its episodes (BaseItem.GetParents), so `lockdata` stands in every file', () => {
    for (const { text } of nfos('symlink')) expect(text).toContain('<lockdata>true</lockdata>');
  });

  test('Emby does not read `uniqueid` everywhere (source of 3.5.2): ids stand in both forms, and only those that are known', () => {
    const text = seriesNfo(full);
    for (const [name, id] of [
      ['tvdb', '334824'],
      ['imdb', 'tt5753856'],
      ['tmdb', '70523'],
    ] as const) {
      expect(text).toContain(`type="${name}"`);
      expect(text).toContain(`<${name}id>${id}</${name}id>`);
    }
    expect(seriesNfo(pick(2, 'No ids'))).not.toMatch(/uniqueid|tvdbid|imdbid|tmdbid/);
  });

  test('`review` overwrites `plot`, and watch states in an NFO reach one user only (BaseNfoParser): neither is written', () => {
    for (const { text } of nfos('strm'))
      expect(text).not.toMatch(/<(review|biography|watched|playcount|lastplayed)>/);
  });

  test('what XML cannot hold makes a server ignore the whole file, a byte order mark too (BaseNfoParser)', () => {
    const text = seriesNfo(pick(1, 'A\u0000\u001FB\uFFFF', { overview: '\uD800 & <' }));
    expect(text.startsWith('<?xml version="1.0" encoding="utf-8"')).toBe(true);
    expect(text).toContain('<title>AB</title>');
    expect(text).toContain('<plot> &amp; &lt;</plot>');
  });

  test('an address after the closing tag is searched for ids (BaseNfoParser): the file ends there', () => {
    for (const { text } of nfos('strm')) expect(text).toMatch(/<\/(tvshow|episodedetails)>$/);
  });

  test('the reason stands in the plot when there is one, and only then', () => {
    expect(seriesNfo(full)).toContain(
      '<plot>Why you may like it: You liked Fargo.\n\nA child vanishes.</plot>',
    );
    expect(seriesNfo({ ...full, explanation: null })).toContain('<plot>A child vanishes.</plot>');
  });

  test('several episodes of one file are numbered by `episodenumberend` (EpisodeNfoParser)', () => {
    const episodes = [pickedEpisode(1, 1, 1), pickedEpisode(1, 1, 2)];
    const file = { seasonNumber: 1, number: 1, numberEnd: 2, episodes, path: '/a.mkv' };
    expect(episodeNfo('Dark', file, 1)).toContain('<episodenumberend>2</episodenumberend>');
  });
});

describe('folders and names', () => {
  test('"Season 1" and "Season 00" are read by both servers (SeasonPathParser); the placeholder stands beside real specials', () => {
    const paths = [...plan('strm').files.keys()];
    expect(new Set(paths.map((path) => path.split('/')[1]))).toEqual(
      new Set(['tvshow.nfo', 'Season 1', 'Season 00']),
    );
    expect(paths.filter((path) => path.includes('Season 00'))).toEqual([
      'Dark (2008)/Season 00/Dark - S00E01.strm',
      'Dark (2008)/Season 00/Dark - S00E01.nfo',
      'Dark (2008)/Season 00/dark-placeholder.strm',
      'Dark (2008)/Season 00/dark-placeholder.nfo',
    ]);
  });

  test('servers that share watch states by number would mark a real S00E00 (Episode.GetUserDataKeys): the placeholder evades it', () => {
    const number = (...special: number[]) => {
      const episodes = special.map((one) => pickedEpisode(1, 0, one));
      const { files } = planLibrary([full], [...episodes, pickedEpisode(1, 1, 1)], 'strm');
      const file = files.get('Dark (2008)/Season 00/dark-placeholder.nfo');
      return file && 'content' in file ? /<episode>(\d+)</.exec(file.content)?.[1] : undefined;
    };
    expect([number(), number(1, 2), number(0, 1)]).toEqual(['0', '0', '9999']);
  });

  test.each(['Subs', 'Metadata', 'Sample', 'Extras'])(
    'a folder called "%s" is not looked at (IgnorePatterns): it gets the year, or says that it is a series',
    (name) => {
      const folder = (year: number | null) =>
        nameFolders([{ titleId: 1, name, year, tvdbId: null, tmdbId: null, imdbId: null }]).get(1);
      expect([folder(2008), folder(null)]).toEqual([`${name} (2008)`, `${name} (series)`]);
    },
  );
});

describe('libraries', () => {
  test('grouping merges our copies with the originals (LibraryOptions, Series.CreatePresentationUniqueKey): it is off', () => {
    expect(ownLibraryOptions('/x').EnableAutomaticSeriesGrouping).toBe(false);
  });

  test('each write would fire a scan with the monitor on, and fetchers overwrite what we wrote: all is off (LibraryOptions)', () => {
    const options = ownLibraryOptions('/x');
    for (const name of [
      'EnableRealtimeMonitor',
      'SaveLocalMetadata',
      'ImportMissingEpisodes',
      'EnableInternetProviders',
      'EnableMarkerDetection',
      'EnableTrickplayImageExtraction',
      'EnableChapterImageExtraction',
      'EnableLUFSScan',
    ])
      expect([name, options[name]]).toEqual([name, false]);
    expect(JSON.stringify(options.TypeOptions)).not.toMatch(/Fetchers":\[[^\]]/);
  });

  test('Jellyfin splits `paths` at commas (LibraryStructureController): the path goes into the options', () => {
    const request = jellyfin.createLibrary({ name: 'A', path: '/a,b' });
    expect(Object.keys(request.query)).toEqual(['name', 'collectionType', 'refreshLibrary']);
    expect(request.json).toMatchObject({ LibraryOptions: { PathInfos: [{ Path: '/a,b' }] } });
  });

  test('Jellyfin makes an item of a new library only with a refresh (LibraryManager.AddVirtualFolder, ValidateTopLibraryFolders), Emby needs none', () => {
    expect(jellyfin.createLibrary({ name: 'A', path: '/a' }).query).toMatchObject({ refreshLibrary: 'true' });
    expect(emby.createLibrary({ name: 'A', path: '/a' }).json).toMatchObject({ RefreshLibrary: false });
    for (const { removeLibrary } of [jellyfin, emby])
      expect(removeLibrary({ id: '1', name: 'A' }).query).toMatchObject({ refreshLibrary: 'false' });
  });

  test('Emby takes one JSON body (OpenAPI, AddVirtualFolder)', () => {
    const { query, json } = emby.createLibrary({ name: 'A', path: '/a,b' });
    expect(query).toEqual({});
    expect(json).toMatchObject({ Name: 'A', CollectionType: 'tvshows', Paths: ['/a,b'] });
  });

  test('`/Library/Refresh` of Jellyfin answers after the whole scan (LibraryController): one library is refreshed', () => {
    for (const { refreshLibrary } of [jellyfin, emby])
      expect(refreshLibrary('lib').path).toBe('/Items/lib/Refresh');
  });

  test('Jellyfin removes a library by name with DELETE, Emby by id with POST (LibraryStructureController; OpenAPI 4.9.5)', () => {
    const library = { id: '7', name: "Ann's picks" };
    expect(jellyfin.removeLibrary(library)).toMatchObject({
      method: 'DELETE',
      query: { name: "Ann's picks" },
    });
    expect(emby.removeLibrary(library)).toMatchObject({ method: 'POST', json: { Id: '7' } });
  });

  test('Jellyfin before 10.9 marks as played with the user in the path (PlaystateController, v10.8)', () => {
    const request = { userId: 'u', itemId: 'i', at: new Date('2026-01-02T03:04:05Z') };
    expect(jellyfin.markPlayed(request).path).toBe('/UserPlayedItems/i');
    expect(jellyfin.markPlayedBefore?.(request).path).toBe('/Users/u/PlayedItems/i');
    expect(emby.markPlayed(request)).toMatchObject({
      path: '/Users/u/PlayedItems/i',
      query: { DatePlayed: '20260102030405' },
    });
  });

  test("Emby's policies name a library by its Guid, Jellyfin's by its id (inferred, not seen on a live Emby)", () => {
    const own = { Name: 'TV', ItemId: '389566', Guid: '8f0e0c4a7d6b4b6f9a51c0de00000001' };
    expect(parseLibrary(own)?.folderId).toBe(own.Guid);
    expect(parseLibrary({ Name: 'TV', ItemId: own.Guid })?.folderId).toBe(own.Guid);
  });
});
