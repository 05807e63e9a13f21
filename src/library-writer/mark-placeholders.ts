import type { EpisodeItem } from '../media-server/media-server.ts';
import type { LibraryContext, LibraryReader } from './library-context.ts';
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
  /** Whether a path of the media server is that of a link to an episode in this library. */
  readonly isLink: (serverPath: string) => boolean;
}

/** What the media server shows of a library. */
interface Found {
  /** Placeholders. */
  readonly shown: number;
  /** Ids of the placeholders that the user has not watched. */
  readonly unplayed: readonly string[];
  /** Links to episodes. */
  readonly links: number;
}

/** What marking came to. */
export interface Marked {
  /** Placeholders that were marked and are then told to be watched. */
  readonly marked: number;
  /** Placeholders that the server does not show yet. */
  readonly missing: number;
  /** Placeholders that were marked and are still told to be unwatched. */
  readonly unverified: number;
  /** Links to episodes that the server shows. */
  readonly links: number;
}

/** Looks for the placeholders of a library and at what its user watched of them. */
export async function findPlaceholders(
  context: Pick<LibraryReader, 'mediaServer' | 'signal'>,
  library: PlaceholderLibrary,
): Promise<Found> {
  const { mediaServer, signal } = context;
  const found = new Set<string>();
  let links = 0;
  for await (const page of mediaServer.episodes({ ...list(library), signal })) {
    signal.throwIfAborted();
    for (const item of page.items) {
      if (isPlaceholder(item, library)) found.add(item.id);
      else if (item.path !== null && library.isLink(item.path)) links += 1;
    }
  }
  const unplayed = found.size > 0 ? await unplayedOf(context, library, found) : [];
  return { shown: found.size, unplayed, links };
}

/** Marks as watched those placeholders that the media server shows and the user has not watched, and checks that it holds. */
export async function markPlaceholders(
  context: LibraryContext,
  library: PlaceholderLibrary,
): Promise<Marked> {
  const { mediaServer, signal } = context;
  const { shown, unplayed, links } = await findPlaceholders(context, library);
  for (const itemId of unplayed) {
    signal.throwIfAborted();
    await mediaServer.markPlayed({ userId: library.userId, itemId, at: context.now(), signal });
  }
  const left = unplayed.length > 0 ? await unplayedOf(context, library, new Set(unplayed)) : [];
  return {
    marked: unplayed.length - left.length,
    missing: Math.max(0, library.expected - shown),
    unverified: left.length,
    links,
  };
}

async function unplayedOf(
  { mediaServer, signal }: Pick<LibraryReader, 'mediaServer' | 'signal'>,
  library: PlaceholderLibrary,
  ids: ReadonlySet<string>,
): Promise<readonly string[]> {
  const unplayed = new Set(ids);
  for await (const page of mediaServer.playStates({ ...list(library), signal })) {
    signal.throwIfAborted();
    for (const state of page.items) if (state.played) unplayed.delete(state.itemId);
  }
  return [...unplayed];
}

function list({ libraryId, userId }: PlaceholderLibrary) {
  return { libraryId, userId };
}

/** By path, or by its title among the specials where the server hides paths. */
function isPlaceholder(item: EpisodeItem, library: PlaceholderLibrary): boolean {
  if (item.path !== null) return library.isPlaceholder(item.path);
  return item.seasonNumber === 0 && item.name === PLACEHOLDER_TITLE;
}
