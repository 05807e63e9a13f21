import { type DialectRules, get } from './dialect.ts';
import { ownLibraryOptions } from './library-options.ts';

/**
 * Jellyfin, 10.9 and newer. The `MediaBrowser` scheme with the token inside is the only way to sign in that every version
 * takes: since 12 all older headers are answered 401, as a revoked key would be.
 */
export const jellyfin: DialectRules = {
  name: 'jellyfin',
  authorization: (apiKey) => ({
    authorization: `MediaBrowser Client="Showrunner", Device="Showrunner", DeviceId="showrunner", Version="1", Token="${encodeURIComponent(apiKey)}"`,
  }),
  introduction: {
    authorization:
      'MediaBrowser Client="Showrunner", Device="Showrunner", DeviceId="showrunner-sign-in", Version="1"',
  },
  libraries: get('/Library/VirtualFolders'),
  users: get('/Users'),
  parentalRatings: get('/Localization/ParentalRatings'),
  pagesUsers: false,
  items: (userId) => get('/Items', { userId }),
  // With a date the server adds a play each time, so this is not idempotent.
  markPlayed: ({ userId, itemId, at }) => ({
    method: 'POST',
    path: `/UserPlayedItems/${encodeURIComponent(itemId)}`,
    query: { userId, datePlayed: at.toISOString() },
  }),
  // Until 10.8 the user stood in the path (PlaystateController of those versions).
  markPlayedBefore: ({ userId, itemId, at }) => ({
    method: 'POST',
    path: `/Users/${encodeURIComponent(userId)}/PlayedItems/${encodeURIComponent(itemId)}`,
    query: { datePlayed: at.toISOString() },
  }),
  // The path goes into the options: the `paths` parameter is split at commas.
  createLibrary: ({ name, path }) => ({
    method: 'POST',
    path: '/Library/VirtualFolders',
    // With it Jellyfin also queues a scan of all libraries, but nothing else has it make an item of the library and of its
    // folder (LibraryManager.AddVirtualFolder, ValidateTopLibraryFolders), without which the library has no id and its own
    // refresh finds no folder. A scan that is queued takes the place of one that waits, so that several new libraries
    // cost one. Stopping it could leave the server's watching of folders stopped, which only a scan starts again.
    query: { name, collectionType: 'tvshows', refreshLibrary: 'true' },
    json: { LibraryOptions: ownLibraryOptions(path) },
  }),
  // `/Library/Refresh` answers only after the whole scan; this one answers at once.
  refreshLibrary: (libraryId) => ({
    method: 'POST',
    path: `/Items/${encodeURIComponent(libraryId)}/Refresh`,
    query: { metadataRefreshMode: 'Default', imageRefreshMode: 'Default' },
    idempotent: true,
  }),
  // By name only (LibraryStructureController); names are unique, as each is a folder of the server.
  removeLibrary: ({ name }) => ({
    method: 'DELETE',
    path: '/Library/VirtualFolders',
    query: { name, refreshLibrary: 'false' },
    idempotent: true,
  }),
};
