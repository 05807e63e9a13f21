import { expect, test } from 'vitest';
import { parseLibrary, parseList, parseServerInfo } from '../../../src/media-server/parse-server.ts';

test('a server that names its product is Jellyfin, one that does not is Emby [OpenAPI of both]', () => {
  const info = { Id: 'x', Version: '10.11.6', ServerName: 'Home' };
  expect(parseServerInfo({ ...info, ProductName: 'Jellyfin Server' })?.dialect).toBe('jellyfin');
  expect(parseServerInfo(info)?.dialect).toBe('emby');
});

test.each([[{}], [{ Id: 'x' }], [{ Version: '1' }], [null], ['ok'], [[]]])(
  '%j does not introduce a server',
  (raw) => {
    expect(parseServerInfo(raw)).toBeNull();
  },
);

test('lists come bare or in an object, with or without a count', () => {
  expect(parseList([1, 2])).toEqual({ items: [1, 2], total: 2 });
  expect(parseList({ Items: [1], TotalRecordCount: 0 })).toEqual({ items: [1], total: 0 });
  expect(parseList({ Items: [] })).toEqual({ items: [], total: null });
});

test.each([[{}], [{ Items: null }], ['x'], [null]])('%j is not a list', (raw) => {
  expect(parseList(raw)).toBeNull();
});

test('a library has an id, a type and its folders', () => {
  const raw = {
    Name: 'TV',
    ItemId: 'i1',
    CollectionType: 'tvshows',
    Locations: ['/tv', 5, '/more tv'],
    Guid: 'g1',
    Id: 'i1',
  };
  expect(parseLibrary(raw)).toEqual({
    library: { id: 'i1', name: 'TV', collectionType: 'tvshows', locations: ['/tv', '/more tv'] },
    aliases: ['i1', 'i1', 'g1'],
    folderId: 'g1',
    options: null,
    isScanning: false,
  });
});

test.each([['mixed'], [''], [null], ['CollectionFolder']])(
  'the collection type %j means none',
  (CollectionType) => {
    expect(parseLibrary({ Name: 'TV', ItemId: 'i1', CollectionType })?.library.collectionType).toBeNull();
  },
);

test('a library without an item id is none yet [Jellyfin LibraryManager.GetVirtualFolderInfo]', () => {
  expect(parseLibrary({ Name: 'TV', Locations: ['/tv'] })).toBeNull();
});
