import type { EpisodeItem } from '../media-server/media-server.ts';
import type { LibraryContext } from './library-context.ts';
import { PLACEHOLDER_TITLE } from './nfo.ts';

/** A library whose placeholders are to be marked as watched. */
export interface PlaceholderLibrary {
  readonly libraryId: string;
  /** The media server's id of the user. */
  readonly userId: string;
  /** How many placeholders the library holds. */
  readonly expected: number;
  /** Whether a path of the media server is that of a placeholder of this library. */
  readonly isPlaceholder: (serverPath: string) => boolean;
}

/**
 * Marks as watched those placeholders that the media server has scanned and the user has not watched.
 *
 * @returns how many it marked, and how many the server does not show yet
 */
export async function markPlaceholders(
  context: LibraryContext,
  library: PlaceholderLibrary,
): Promise<{ readonly marked: number; readonly missing: number }> {
  const { mediaServer, signal } = context;
  const list = { libraryId: library.libraryId, userId: library.userId, signal };
  const found = new Set<string>();
  for await (const page of mediaServer.episodes(list)) {
    signal.throwIfAborted();
    for (const item of page.items) if (isPlaceholder(item, library)) found.add(item.id);
  }
  const missing = Math.max(0, library.expected - found.size);
  if (found.size === 0) return { marked: 0, missing };
  const unplayed = new Set(found);
  for await (const page of mediaServer.playStates(list)) {
    signal.throwIfAborted();
    for (const state of page.items) if (state.played) unplayed.delete(state.itemId);
  }
  for (const itemId of unplayed) {
    signal.throwIfAborted();
    await mediaServer.markPlayed({ userId: library.userId, itemId, at: context.now(), signal });
  }
  return { marked: unplayed.size, missing };
}

/** By path, or by its title among the specials where the server hides paths. */
function isPlaceholder(item: EpisodeItem, library: PlaceholderLibrary): boolean {
  if (item.path !== null) return library.isPlaceholder(item.path);
  return item.seasonNumber === 0 && item.name === PLACEHOLDER_TITLE;
}
