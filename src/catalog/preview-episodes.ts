import type { EpisodeRow } from './episode-rows.ts';
import {
  addFile,
  copiesIn,
  type PreviewCopy,
  type PreviewFile,
  type PreviewWorld,
  putEpisode,
} from './preview-world.ts';

/** An episode row with the copy of the series that it lies in. */
interface PlacedRow {
  readonly row: EpisodeRow;
  readonly copy: PreviewCopy;
}

/** Does to the world what saving a page of episodes does to the database. */
export function previewEpisodes(
  world: PreviewWorld,
  libraryId: number,
  rows: readonly EpisodeRow[],
  force: boolean,
): { readonly added: number; readonly updated: number; readonly unknown: number } {
  const copies = new Map<string, PreviewCopy>();
  for (const copy of copiesIn(world, libraryId)) if (!copy.removed) copies.set(copy.itemId, copy);
  const placed = rows.flatMap((row): PlacedRow[] => {
    const copy = copies.get(row.seriesId);
    return copy ? [{ row, copy }] : [];
  });
  retireFormer(world, libraryId, placed);
  const { added, updated } = saveChosen(world, placed, force);
  for (const { row, copy } of placed) {
    const episode = world.episodes.get(copy.titleId)?.get(row.slot);
    if (episode) addFile(world, episode, { copyId: copy.id, itemId: row.itemId });
  }
  return { added, updated, unknown: rows.length - placed.length };
}

/** An item that was renumbered or moved is not what it was before. */
function retireFormer(world: PreviewWorld, libraryId: number, placed: readonly PlacedRow[]): void {
  const stays = new Set(placed.map(({ row, copy }) => key(copy.id, row.itemId, copy.titleId, row.slot)));
  const own = new Set(copiesIn(world, libraryId).map((copy) => copy.id));
  for (const itemId of new Set(placed.map(({ row }) => row.itemId))) {
    for (const episode of world.episodesOfItem.get(itemId) ?? []) {
      episode.files = episode.files.filter(
        (file) =>
          file.itemId !== itemId ||
          !own.has(file.copyId) ||
          stays.has(key(file.copyId, itemId, episode.titleId, episode.slot)),
      );
    }
  }
}

/** Of several items of an episode the one of the oldest copy says what it is called. */
function saveChosen(world: PreviewWorld, placed: readonly PlacedRow[], force: boolean) {
  const chosen = new Map<string, PlacedRow>();
  for (const one of placed) {
    const at = key(one.copy.titleId, one.row.slot);
    const other = chosen.get(at);
    if (!other || isOlder(fileOf(one), fileOf(other))) chosen.set(at, one);
  }
  let added = 0;
  let updated = 0;
  for (const one of chosen.values()) {
    const { slot, contentHash } = one.row;
    const { titleId } = one.copy;
    const episode = world.episodes.get(titleId)?.get(slot);
    if (!episode) {
      added += 1;
      putEpisode(world, { titleId, slot, contentHash, removed: false, files: [] });
    } else if (
      (force || episode.removed || episode.contentHash !== contentHash) &&
      !episode.files.some((file) => isOlder(file, fileOf(one)))
    ) {
      updated += 1;
      episode.contentHash = contentHash;
      episode.removed = false;
    }
  }
  return { added, updated };
}

function fileOf({ row, copy }: PlacedRow): PreviewFile {
  return { copyId: copy.id, itemId: row.itemId };
}

function isOlder(one: PreviewFile, other: PreviewFile): boolean {
  return one.copyId === other.copyId ? one.itemId < other.itemId : one.copyId < other.copyId;
}

function key(...parts: readonly (string | number)[]): string {
  return parts.join('\n');
}
