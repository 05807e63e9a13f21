import type { MediaLibrary, MediaServer } from '../media-server/media-server.ts';
import type { LibraryContext } from './library-context.ts';
import { rememberServerLibrary } from './library-writer.repo.ts';
import { isSamePath } from './path-mapping.ts';
import { sanitizeName } from './sanitize-name.ts';

/** The media server's libraries, read once for a run and kept up to date with what the run creates. */
export type KnownLibraries = Map<string, MediaLibrary>;

/** Reads all libraries of the media server, by id. */
export async function knownLibraries(mediaServer: MediaServer, signal: AbortSignal): Promise<KnownLibraries> {
  const libraries = await mediaServer.libraries(signal);
  return new Map(libraries.map((library) => [library.id, library]));
}

/** The server's library over the folder `serverPath`, a path as the server sees it. */
export function libraryAt(known: KnownLibraries, serverPath: string): MediaLibrary | undefined {
  return [...known.values()].find((library) =>
    library.locations.some((location) => isSamePath(location, serverPath)),
  );
}

/**
 * Finds the library over `serverPath`, or creates it as `<userName>'s picks`, and marks it as one of ours. The folder
 * must exist: a server refuses a library over nothing.
 */
export async function ensureServerLibrary(
  context: LibraryContext,
  known: KnownLibraries,
  wanted: { readonly userName: string; readonly serverPath: string },
): Promise<{ readonly library: MediaLibrary; readonly isNew: boolean }> {
  const { db, mediaServer, signal } = context;
  const found = libraryAt(known, wanted.serverPath);
  const library =
    found ??
    (await mediaServer.createLibrary({
      name: freeName(known, wanted.userName),
      path: wanted.serverPath,
      signal,
    }));
  known.set(library.id, library);
  await rememberServerLibrary(db, library);
  return { library, isNew: !found };
}

/** Both servers keep a library in a folder of its name, so two of one name cannot be. */
function freeName(known: KnownLibraries, userName: string): string {
  const taken = new Set([...known.values()].map((library) => library.name.toLowerCase()));
  const plain = `${sanitizeName(userName, 100)}'s picks`;
  let name = plain;
  for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${plain} ${number}`;
  return name;
}
