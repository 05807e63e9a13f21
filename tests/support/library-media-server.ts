import { readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Policy, ServerLibrary } from '../../src/media-server/library-control.ts';
import { ownLibraryOptions } from '../../src/media-server/library-options.ts';
import type {
  Dialect,
  EpisodeItem,
  ListInput,
  MediaServer,
  Page,
  PlayStateItem,
} from '../../src/media-server/media-server.ts';
import { episode, played, scriptedMediaServer } from './scripted-media-server.ts';

/** A media server in memory whose libraries are real folders, which it reads when it is asked for a scan. */
export interface LibraryMediaServer {
  readonly mediaServer: MediaServer;
  readonly libraries: ServerLibrary[];
  /** By user id; a user without one is not known to the server. */
  readonly policies: Map<string, Policy>;
  readonly created: string[];
  readonly scanned: string[];
  readonly marked: { userId: string; itemId: string }[];
  /** What the last scan found, by library id. */
  readonly episodes: Map<string, EpisodeItem[]>;
  /** Item ids that count as played, of any user. */
  readonly playedItems: Set<string>;
  /** How many lists of episodes a scan takes to show; change it between runs. */
  scanTakes: number;
  /** Whether marks are accepted and forgotten. */
  ignoresMarks: boolean;
  /** Called at the start of every call by its name; what it throws the call throws. */
  before: (call: string) => void;
}

/** @param localPathOf where a path of the server lies on this machine */
export function libraryMediaServer(
  dialect: Dialect = 'jellyfin',
  localPathOf: (path: string) => string = (path) => path,
): LibraryMediaServer {
  const due = new Map<string, number>();
  const server: LibraryMediaServer = {
    libraries: [],
    policies: new Map(),
    created: [],
    scanned: [],
    marked: [],
    episodes: new Map(),
    playedItems: new Set(),
    scanTakes: 0,
    ignoresMarks: false,
    before: () => {},
    mediaServer: {
      ...scriptedMediaServer().mediaServer,
      connect: async () => ({ dialect, id: 'server', name: 'Server', version: '10.11.8' }),
      serverLibraries: async () => {
        server.before('serverLibraries');
        return [...server.libraries];
      },
      setLibraryOptions: async ({ libraryId, options }) => {
        server.before('setLibraryOptions');
        const index = server.libraries.findIndex((one) => one.id === libraryId);
        const found = server.libraries[index];
        if (found) server.libraries[index] = { ...found, options };
      },
      removeLibrary: async ({ libraryId }) => {
        server.before('removeLibrary');
        const index = server.libraries.findIndex((one) => one.id === libraryId);
        if (index >= 0) server.libraries.splice(index, 1);
      },
      policies: async () => {
        server.before('policies');
        return new Map(server.policies);
      },
      policy: async (userId) => {
        server.before('policy');
        return server.policies.get(userId) ?? {};
      },
      setPolicy: async ({ userId, policy }) => {
        server.before('setPolicy');
        server.policies.set(userId, policy);
      },
      createLibrary: async ({ name, path }) => {
        server.before('createLibrary');
        const created = serverLibrary(`virtual-${server.libraries.length}`, name, [path], {
          options: ownLibraryOptions(path),
        });
        server.libraries.push(created);
        server.created.push(name);
        return created;
      },
      refreshLibrary: async (libraryId) => {
        server.before('refreshLibrary');
        server.scanned.push(libraryId);
        due.set(libraryId, server.scanTakes);
      },
      markPlayed: async ({ userId, itemId }) => {
        server.before('markPlayed');
        server.marked.push({ userId, itemId });
        if (!server.ignoresMarks) server.playedItems.add(itemId);
      },
      episodes: async function* (list: ListInput): AsyncGenerator<Page<EpisodeItem>> {
        server.before('episodes');
        const looks = due.get(list.libraryId);
        if (looks === 0) {
          due.delete(list.libraryId);
          server.episodes.set(list.libraryId, await scan(server, list.libraryId, localPathOf));
        } else if (looks !== undefined) due.set(list.libraryId, looks - 1);
        yield { items: server.episodes.get(list.libraryId) ?? [], skipped: 0 };
      },
      playStates: async function* (list: ListInput): AsyncGenerator<Page<PlayStateItem>> {
        const items = server.episodes.get(list.libraryId) ?? [];
        const states = items
          .filter((item) => server.playedItems.has(item.id))
          .map((item) => played(item.id, null));
        yield { items: states, skipped: 0 };
      },
    },
  };
  return server;
}

/** A TV library of a server, as it tells it to those who administer it. */
export function serverLibrary(
  id: string,
  name: string,
  locations: readonly string[],
  part: Partial<ServerLibrary> = {},
): ServerLibrary {
  return {
    id,
    name,
    collectionType: 'tvshows',
    locations,
    folderId: id,
    aliases: [id],
    options: null,
    isScanning: false,
    ...part,
  };
}

async function scan(
  server: LibraryMediaServer,
  libraryId: string,
  localPathOf: (path: string) => string,
): Promise<EpisodeItem[]> {
  const found = server.libraries.find((library) => library.id === libraryId);
  const items: EpisodeItem[] = [];
  for (const location of found?.locations ?? []) {
    const separator = location.includes('\\') ? '\\' : '/';
    for (const path of await walk(localPathOf(location))) {
      const season = /Season (\d+)\//.exec(path)?.[1];
      if (season === undefined || path.endsWith('.nfo')) continue;
      const itemPath = [location, ...path.split('/')].join(separator);
      items.push(episode(itemPath, 'series', Number(season), 0, { path: itemPath }));
    }
  }
  return items;
}

async function walk(folder: string, below = ''): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const paths: string[] = [];
  for (const entry of entries) {
    const path = posix.join(below, entry.name);
    paths.push(...(entry.isDirectory() ? await walk(folder, path) : [path]));
  }
  return paths.sort();
}
