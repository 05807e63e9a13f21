import { expect, test } from 'vitest';
import {
  checkLibrarySettings,
  type LibrarySettings,
  libraryPlace,
} from '../../../src/library-writer/library-settings.ts';
import { defaultOutputMode, playsLocalStrm } from '../../../src/library-writer/output-mode.ts';
import { toLocalPath, toServerPath } from '../../../src/library-writer/path-mapping.ts';
import { isSamePath, isWithin } from '../../../src/media-server/server-path.ts';

const mappings = [
  { server: 'D:\\', local: '/mnt/d' },
  { server: 'D:\\TV\\', local: '/mnt/tv' },
  { server: '\\\\NAS\\Share', local: '/mnt/nas/' },
  { server: '/media', local: '/data/media' },
];

test.each([
  ['D:\\TV\\Fargo\\1.mkv', '/mnt/tv/Fargo/1.mkv'],
  ['d:/tv/Fargo/1.mkv', '/mnt/tv/Fargo/1.mkv'],
  ['D:\\TVShows\\1.mkv', '/mnt/d/TVShows/1.mkv'],
  ['D:\\TV', '/mnt/tv'],
  ['\\\\nas\\share\\A\\1.mkv', '/mnt/nas/A/1.mkv'],
  ['/media/a\\b/1.mkv', '/data/media/a\\b/1.mkv'],
  ['/Media/1.mkv', '/Media/1.mkv'],
  ['/mediatheque/1.mkv', '/mediatheque/1.mkv'],
])('the server path %s lies at %s', (server, local) => {
  expect(toLocalPath(server, mappings)).toBe(local);
});

test.each([
  ['/mnt/tv/Fargo/1.mkv', 'D:\\TV\\Fargo\\1.mkv'],
  ['/mnt/d/x', 'D:\\x'],
  ['/mnt/nas/A/1.mkv', '\\\\NAS\\Share\\A\\1.mkv'],
  ['/data/media/1.mkv', '/media/1.mkv'],
  ['/elsewhere', '/elsewhere'],
])('the server sees %s at %s', (local, server) => {
  expect(toServerPath(local, mappings)).toBe(server);
});

test('the root of the file system is a prefix like any other', () => {
  expect(toLocalPath('/a/b', [{ server: '/', local: '/host' }])).toBe('/host/a/b');
  expect(toServerPath('/a/b', [{ server: '/host', local: '/' }])).toBe('/host/a/b');
});

test('paths are compared without case and slashes on Windows, exactly elsewhere', () => {
  expect(isSamePath('C:\\A\\b\\', 'c:/a/B')).toBe(true);
  expect(isSamePath('/A', '/a')).toBe(false);
  expect(isSamePath('/a/', '/a')).toBe(true);
});

test.each([
  ['/libraries/users/ann', '/libraries', true],
  ['/libraries', '/libraries/', true],
  ['/libraries-old/users/ann', '/libraries', false],
  ['D:/Libraries/users/ann', 'd:\\libraries', true],
  ['/anything', '/', true],
])('that %s lies in %s is %s', (path, folder, expected) => {
  expect(isWithin(path, folder)).toBe(expected);
});

test.each([
  ['emby', '4.9.1.80', 'strm', true],
  ['jellyfin', '10.11.6', 'symlink', true],
  ['jellyfin', '10.11.7', 'symlink', false],
  ['jellyfin', '10.11.10', 'symlink', false],
  ['jellyfin', '10.12.0', 'symlink', false],
  ['jellyfin', '12.0.0', 'symlink', false],
  ['jellyfin', '9', 'symlink', true],
  ['jellyfin', 'unstable', 'symlink', false],
] as const)('%s %s gets %s; that it plays local STRM is %s', (dialect, version, mode, plays) => {
  expect(defaultOutputMode({ dialect, version })).toBe(mode);
  expect(playsLocalStrm({ dialect, version })).toBe(plays);
});

const settings: LibrarySettings = { root: '/srv/lib', mode: 'strm', pathMappings: [] };

test('the place of a library follows from root and folder', () => {
  const path = '/srv/lib/users/john/ai-series';
  expect(libraryPlace(settings, 'john')).toEqual({ base: 'users/john/ai-series', path, serverPath: path });
  expect(libraryPlace({ ...settings, serverRoot: 'L:\\lib' }, 'john').serverPath).toBe(
    'L:\\lib\\users\\john\\ai-series',
  );
  const mapped = { ...settings, pathMappings: [{ server: '/data', local: '/srv' }] };
  expect(libraryPlace(mapped, 'john').serverPath).toBe('/data/lib/users/john/ai-series');
});

test.each(['..', '', 'a/b', 'a\\b', '.'])('%j is not the folder of a user', (folder) => {
  expect(() => libraryPlace(settings, folder)).toThrow(
    expect.objectContaining({ code: 'BAD_CONFIGURATION' }),
  );
});

test.each([
  [{ root: 'lib' }, 'root'],
  [{ serverRoot: 'lib' }, 'serverRoot'],
])('%j is refused', (part, field) => {
  expect(() => checkLibrarySettings({ ...settings, ...part })).toThrow(
    expect.objectContaining({ code: 'BAD_CONFIGURATION', field }),
  );
});
