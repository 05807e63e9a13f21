import { type DialectRules, get } from './dialect.ts';
import { ownLibraryOptions } from './library-options.ts';

/** Emby, 4.2 and newer. An `/emby` prefix is optional there, so it is part of the configured URL or absent. */
export const emby: DialectRules = {
  name: 'emby',
  authorization: (apiKey) => ({ 'x-emby-token': apiKey }),
  introduction: {
    'x-emby-authorization':
      'Emby Client="Showrunner", Device="Showrunner", DeviceId="showrunner-sign-in", Version="1"',
  },
  libraries: get('/Library/VirtualFolders/Query'),
  users: get('/Users/Query'),
  parentalRatings: get('/Localization/ParentalRatings'),
  pagesUsers: true,
  items: (userId) => get(`/Users/${encodeURIComponent(userId)}/Items`),
  markPlayed: ({ userId, itemId, at }) => ({
    method: 'POST',
    path: `/Users/${encodeURIComponent(userId)}/PlayedItems/${encodeURIComponent(itemId)}`,
    query: { DatePlayed: at.toISOString().replace(/\D/g, '').slice(0, 14) },
  }),
  createLibrary: ({ name, path }) => ({
    method: 'POST',
    path: '/Library/VirtualFolders',
    query: {},
    json: {
      Name: name,
      CollectionType: 'tvshows',
      Paths: [path],
      RefreshLibrary: false,
      LibraryOptions: ownLibraryOptions(path),
    },
  }),
  refreshLibrary: (libraryId) => ({
    method: 'POST',
    path: `/Items/${encodeURIComponent(libraryId)}/Refresh`,
    query: { Recursive: 'true', MetadataRefreshMode: 'Default', ImageRefreshMode: 'Default' },
    idempotent: true,
  }),
  // What its own dashboard sends; the DELETE of the same path is not in every version.
  removeLibrary: ({ id, name }) => ({
    method: 'POST',
    path: '/Library/VirtualFolders/Delete',
    query: { id, name, refreshLibrary: 'false' },
    json: { Id: id, Name: name, RefreshLibrary: false },
    idempotent: true,
  }),
};
