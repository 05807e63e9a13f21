import type { MediaLibrary } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { allLibraries, type Library, saveLibraries } from './libraries.repo.ts';
import { createLibraryStore, type LibraryStore } from './library-store.ts';
import { type Removed, removeAllOf } from './remove-unseen.ts';

/** Where Showrunner's own libraries lie. */
export interface OwnRoot {
  /** Folder of the libraries that Showrunner writes, as the media server sees it: they are no source. */
  readonly ownRoot?: string;
}

/** The catalog as a sync writes it: the database, or what a dry run keeps in its place. */
export interface CatalogStore {
  /** Brings the libraries in line with those listed and returns all that were ever known, ordered by id. */
  saveLibraries(listed: readonly MediaLibrary[]): Promise<readonly Library[]>;
  open(library: Library): LibraryStore;
  /** @throws ShowrunnerError `LARGE_REMOVAL`, with nothing marked, when a library vanished with many titles */
  removeAllOf(library: Library, allowLargeRemoval: boolean): Promise<Removed>;
}

/** The catalog in the database; with `force` every row is written again, changed or not. */
export function createCatalogStore(context: VerbContext & OwnRoot, force: boolean): CatalogStore {
  return {
    saveLibraries: (listed) =>
      context.db.transaction(async (tx) => {
        await saveLibraries(tx, listed, context.now(), context.ownRoot);
        return allLibraries(tx);
      }),
    open: (library) => createLibraryStore(context, library, force),
    removeAllOf: (library, allowLargeRemoval) => removeAllOf(context, library, allowLargeRemoval),
  };
}
