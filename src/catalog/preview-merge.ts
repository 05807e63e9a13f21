import type { TitleMerge } from './decide-titles.ts';
import {
  addFile,
  forgetVersions,
  type PreviewEpisode,
  type PreviewWorld,
  putEpisode,
} from './preview-world.ts';

/** Does to the world what merging two titles does to the database. */
export function previewMerge(world: PreviewWorld, { gone, kept }: TitleMerge): void {
  const [goneTitle, keptTitle] = [world.titles.get(gone), world.titles.get(kept)];
  if (!goneTitle || !keptTitle) return;
  world.titles.set(kept, {
    ...keptTitle,
    providerIds: { ...goneTitle.providerIds, ...keptTitle.providerIds },
    removed: goneTitle.removed && keptTitle.removed,
  });
  world.titles.delete(gone);
  for (const copy of world.copies.values())
    if (copy.titleId === gone) world.copies.set(copy.id, { ...copy, titleId: kept });
  forgetVersions(world, [kept]);
  const former = [...(world.episodes.get(gone)?.values() ?? [])];
  world.episodes.delete(gone);
  for (const episode of former) moveEpisode(world, episode, kept);
}

function moveEpisode(world: PreviewWorld, episode: PreviewEpisode, titleId: number): void {
  for (const { itemId } of episode.files) world.episodesOfItem.get(itemId)?.delete(episode);
  const twin = world.episodes.get(titleId)?.get(episode.slot);
  if (!twin) {
    putEpisode(world, { ...episode, titleId });
    return;
  }
  twin.removed &&= episode.removed;
  for (const file of episode.files) addFile(world, twin, file);
}
