import { episodeRows } from '../catalog/episode-rows.ts';
import { matchTitle } from '../catalog/identity.ts';
import { seriesRow } from '../catalog/series-row.ts';
import { findKnownTitles } from '../catalog/series-upsert.repo.ts';
import type { ListInput, MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import type { HistoryLibrary } from './history-libraries.ts';
import { episodesInSlots, type HeldEpisode } from './play-states.repo.ts';

/**
 * Tells which episodes the items of a virtual library stand for. The catalog never takes such a library as a source, so
 * there are no copies to go by: its series are matched by identity and its episodes by number. Some servers keep play
 * states by item, and what was watched through a recommendation would be lost otherwise.
 */
export async function readVirtualLibrary(
  { db, mediaServer, signal }: VerbContext & { readonly mediaServer: MediaServer },
  library: HistoryLibrary,
  list: ListInput,
): Promise<HeldEpisode[]> {
  const titleOf = new Map<string, number>();
  for await (const page of mediaServer.series(list)) {
    signal.throwIfAborted();
    const rows = page.items.map(seriesRow);
    const { titles } = await findKnownTitles(db, library.id, rows);
    for (const row of rows) {
      const titleId = matchTitle({ ...row, copyOf: null }, titles);
      if (titleId !== null) titleOf.set(row.itemId, titleId);
    }
  }
  const held: HeldEpisode[] = [];
  for await (const page of mediaServer.episodes(list)) {
    signal.throwIfAborted();
    const slots = page.items.flatMap(episodeRows).flatMap(({ itemId, seriesId, slot }) => {
      const titleId = titleOf.get(seriesId);
      return titleId === undefined ? [] : [{ itemId, titleId, slot }];
    });
    held.push(...(await episodesInSlots(db, slots)));
  }
  return held;
}
