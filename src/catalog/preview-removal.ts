import { refuseLargeRemoval } from './large-removal.ts';
import type { Library } from './libraries.repo.ts';
import {
  copiesIn,
  forgetVersions,
  type PreviewCopy,
  type PreviewEpisode,
  type PreviewFile,
  type PreviewWorld,
} from './preview-world.ts';
import type { Seen } from './seen.ts';

/** What would be marked removed: series by name. */
export interface RemovalPreview {
  readonly series: readonly string[];
  readonly episodes: number;
}

/**
 * Does to the world what removing the unseen does to the database.
 *
 * @throws ShowrunnerError `LARGE_REMOVAL` as there
 */
export function previewRemoval(
  world: PreviewWorld,
  library: Library,
  seen: Seen,
  allowLargeRemoval: boolean,
): RemovalPreview {
  const { gone, kept, titles, goneTitles } = splitCopies(world, library.id, seen.series);
  const read = kept.filter((copy) => seen.read.has(copy.itemId));
  const files = goneFiles(world, read, seen.episodes);
  const refusal = refuseLargeRemoval({
    library: library.name,
    titles,
    goneTitles,
    episodes: seen.isWhole ? files.episodes : countFiles(world, library.id),
    goneEpisodes: files.goneEpisodes,
  });
  if (refusal && !allowLargeRemoval) throw refusal;
  const removed = removeSeries(world, gone);
  dropFiles(
    files.gone.map(({ episode }) => episode),
    (file) => files.keys.has(fileKey(file)),
  );
  forgetVersions(world, new Set(files.gone.map(({ episode }) => episode.titleId)));
  const among = seen.isWhole ? copiesIn(world, library.id) : read;
  const held = withCopies(world);
  const bare = [...world.titles.keys()].filter((id) => !held.has(id));
  const rest = settle(world, [...among.map((copy) => copy.titleId), ...bare]);
  return { series: [...removed.series, ...rest.series], episodes: removed.episodes + rest.episodes };
}

/** Does to the world what removing a whole library does to the database. */
export function previewRemovalOfAll(
  world: PreviewWorld,
  library: Library,
  allowLargeRemoval: boolean,
): RemovalPreview {
  const { gone, titles, goneTitles } = splitCopies(world, library.id, new Set());
  const nothing = { episodes: 0, goneEpisodes: 0 };
  const refusal = refuseLargeRemoval({ library: library.name, titles, goneTitles, ...nothing });
  if (refusal && library.removedAt && !allowLargeRemoval) throw refusal;
  return removeSeries(world, gone);
}

/** Files that a library holds. */
export function countFiles(world: PreviewWorld, libraryId: number): number {
  const own = new Set(copiesIn(world, libraryId).flatMap((copy) => (copy.removed ? [] : [copy.id])));
  let files = 0;
  for (const episode of episodesOf(world))
    files += episode.files.filter((file) => own.has(file.copyId)).length;
  return files;
}

function splitCopies(world: PreviewWorld, libraryId: number, seen: ReadonlySet<string>) {
  const live = copiesIn(world, libraryId).filter((copy) => !copy.removed);
  const gone = live.filter((copy) => !seen.has(copy.itemId));
  const kept = live.filter((copy) => seen.has(copy.itemId));
  const titles = new Set(live.map((copy) => copy.titleId)).size;
  return { gone, kept, titles, goneTitles: titles - new Set(kept.map((copy) => copy.titleId)).size };
}

function goneFiles(world: PreviewWorld, read: readonly PreviewCopy[], seen: ReadonlySet<string>) {
  const own = new Set(read.map((copy) => copy.id));
  const gone: { episode: PreviewEpisode; file: PreviewFile }[] = [];
  let episodes = 0;
  let goneEpisodes = 0;
  for (const episode of episodesOf(world)) {
    const files = episode.files.filter((file) => own.has(file.copyId));
    const lost = files.filter((file) => !seen.has(file.itemId));
    if (files.length > 0) episodes += 1;
    if (files.length > 0 && lost.length === files.length) goneEpisodes += 1;
    gone.push(...lost.map((file) => ({ episode, file })));
  }
  return { gone, episodes, goneEpisodes, keys: new Set(gone.map(({ file }) => fileKey(file))) };
}

function removeSeries(world: PreviewWorld, copies: readonly PreviewCopy[]): RemovalPreview {
  const ids = new Set(copies.map((copy) => copy.id));
  const titleIds = new Set(copies.map((copy) => copy.titleId));
  for (const copy of copies) world.copies.set(copy.id, { ...copy, removed: true });
  for (const id of titleIds)
    dropFiles(world.episodes.get(id)?.values() ?? [], (file) => ids.has(file.copyId));
  forgetVersions(world, titleIds);
  return settle(world, titleIds);
}

/** Episodes without a file and titles without a copy. */
function settle(world: PreviewWorld, titleIds: Iterable<number>): RemovalPreview {
  const live = withCopies(world, (copy) => !copy.removed);
  const series: string[] = [];
  let episodes = 0;
  for (const id of new Set(titleIds)) {
    for (const episode of world.episodes.get(id)?.values() ?? []) {
      if (episode.removed || episode.files.length > 0) continue;
      episode.removed = true;
      episodes += 1;
    }
    const title = world.titles.get(id);
    if (!title || title.removed || live.has(id)) continue;
    world.titles.set(id, { ...title, removed: true });
    series.push(title.name);
  }
  return { series, episodes };
}

function dropFiles(episodes: Iterable<PreviewEpisode>, isGone: (file: PreviewFile) => boolean): void {
  for (const episode of episodes) episode.files = episode.files.filter((file) => !isGone(file));
}

function withCopies(world: PreviewWorld, isMeant: (copy: PreviewCopy) => boolean = () => true): Set<number> {
  return new Set([...world.copies.values()].filter(isMeant).map((copy) => copy.titleId));
}

function* episodesOf(world: PreviewWorld): Generator<PreviewEpisode> {
  for (const ofTitle of world.episodes.values()) yield* ofTitle.values();
}

function fileKey({ copyId, itemId }: PreviewFile): string {
  return `${copyId}\n${itemId}`;
}
