import type { MediaServer, PlayStateItem } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { byItem } from './held-episodes.ts';
import type { HistoryLibrary } from './history-libraries.ts';
import { episodesOfItems, type HeldEpisode } from './play-states.repo.ts';

/** An item that was played or begun lately, and what it holds. */
interface RecentItem {
  readonly item: PlayStateItem;
  readonly libraryId: number;
  /** Empty when the catalog does not know the item. */
  readonly held: readonly HeldEpisode[];
}

/** What the ordinary libraries report of a user since the last pass. */
export interface RecentHistory {
  readonly items: readonly RecentItem[];
  /** Episodes played in each library, as the media server counts; by our id of the library. */
  readonly played: ReadonlyMap<number, number>;
}

/**
 * Reads the episodes that a user has played since a time or has begun, library by library; begun ones first: an episode
 * that is finished between the two is then in both, in the other order it would be in neither.
 *
 * @throws ShowrunnerError `MEDIA_SERVER_*` when a list breaks off
 */
export async function readRecentPlays(
  { db, mediaServer, signal }: VerbContext & { readonly mediaServer: MediaServer },
  providerUserId: string,
  libraries: readonly HistoryLibrary[],
  since: Date,
): Promise<RecentHistory> {
  const items: RecentItem[] = [];
  const played = new Map<number, number>();
  for (const library of libraries) {
    const list = { libraryId: library.providerId, userId: providerUserId, signal };
    const found = new Map<string, PlayStateItem>();
    for await (const page of mediaServer.begunEpisodes(list)) {
      signal.throwIfAborted();
      for (const item of page.items) found.set(item.itemId, item);
    }
    const recent = await mediaServer.playsSince({ ...list, since });
    for (const item of recent.items) found.set(item.itemId, item);
    if (recent.total !== null) played.set(library.id, recent.total);
    const episodesOf = byItem(await episodesOfItems(db, library.id, [...found.keys()]));
    for (const [itemId, item] of found)
      items.push({ item, libraryId: library.id, held: episodesOf.get(itemId) ?? [] });
  }
  return { items, played };
}
