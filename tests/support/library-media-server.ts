import { readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type {
  Dialect,
  EpisodeItem,
  ListInput,
  MediaLibrary,
  MediaServer,
  Page,
  PlayStateItem,
} from '../../src/media-server/media-server.ts';
import { episode, played, scriptedMediaServer } from './scripted-media-server.ts';

/** A media server in memory whose libraries are real folders, which it reads when it is asked for a scan. */
export interface LibraryMediaServer {
  readonly mediaServer: MediaServer;
  readonly libraries: MediaLibrary[];
  readonly created: string[];
  readonly scanned: string[];
  readonly marked: { userId: string; itemId: string }[];
  /** What the last scan found, by library id. */
  readonly episodes: Map<string, EpisodeItem[]>;
  /** Item ids that count as played, of any user. */
  readonly playedItems: Set<string>;
  /** How many lists of episodes a scan takes to show; change it between runs. */
  scanTakes: number;
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
    created: [],
    scanned: [],
    marked: [],
    episodes: new Map(),
    playedItems: new Set(),
    scanTakes: 0,
    before: () => {},
    mediaServer: {
      ...scriptedMediaServer().mediaServer,
      connect: async () => ({ dialect, id: 'server', name: 'Server', version: '10.11.8' }),
      libraries: async () => {
        server.before('libraries');
        return [...server.libraries];
      },
      createLibrary: async ({ name, path }) => {
        server.before('createLibrary');
        const created = {
          id: `virtual-${server.libraries.length}`,
          name,
          collectionType: 'tvshows',
          locations: [path],
        };
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
        server.playedItems.add(itemId);
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
