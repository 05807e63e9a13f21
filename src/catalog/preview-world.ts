import type { KnownTitle } from './identity.ts';

/** A title as a dry run keeps it. */
export interface PreviewTitle extends KnownTitle {
  readonly name: string;
  readonly contentHash: string;
}

/** A series' appearance in a library. */
export interface PreviewCopy {
  readonly id: number;
  readonly libraryId: number;
  readonly itemId: string;
  readonly titleId: number;
  readonly removed: boolean;
  readonly listVersion: string | null;
}

/** An episode with the files that are there. */
export interface PreviewEpisode {
  readonly titleId: number;
  readonly slot: string;
  contentHash: string;
  removed: boolean;
  files: readonly PreviewFile[];
}

/** A file by the copy of the series that it lies in. */
export interface PreviewFile {
  readonly copyId: number;
  readonly itemId: string;
}

/** The catalog in memory, as far as a sync looks at it: what a dry run changes instead of the database. */
export interface PreviewWorld {
  readonly titles: Map<number, PreviewTitle>;
  /** By id, in the order of their ids. */
  readonly copies: Map<number, PreviewCopy>;
  /** By title, then slot. */
  readonly episodes: Map<number, Map<string, PreviewEpisode>>;
  /** Episodes that an item holds. */
  readonly episodesOfItem: Map<string, Set<PreviewEpisode>>;
}

/** An id that is free; new rows follow the stored ones. */
export function nextId(rows: ReadonlyMap<number, unknown>): number {
  return ([...rows.keys()].at(-1) ?? 0) + 1;
}

/** Copies of a library, removed ones included. */
export function copiesIn(world: PreviewWorld, libraryId: number): PreviewCopy[] {
  return [...world.copies.values()].filter((copy) => copy.libraryId === libraryId);
}

/** Puts an episode into the world, with its files. */
export function putEpisode(world: PreviewWorld, episode: PreviewEpisode): void {
  const ofTitle = world.episodes.get(episode.titleId) ?? new Map<string, PreviewEpisode>();
  ofTitle.set(episode.slot, episode);
  world.episodes.set(episode.titleId, ofTitle);
  for (const file of episode.files) noteFile(world, episode, file.itemId);
}

/** Adds a file to an episode unless it is there. */
export function addFile(world: PreviewWorld, episode: PreviewEpisode, file: PreviewFile): void {
  if (episode.files.some((one) => one.copyId === file.copyId && one.itemId === file.itemId)) return;
  episode.files = [...episode.files, file];
  noteFile(world, episode, file.itemId);
}

/** Has the copies of titles read again. */
export function forgetVersions(world: PreviewWorld, titleIds: Iterable<number>): void {
  const meant = new Set(titleIds);
  if (meant.size === 0) return;
  for (const copy of world.copies.values())
    if (meant.has(copy.titleId)) world.copies.set(copy.id, { ...copy, listVersion: null });
}

function noteFile(world: PreviewWorld, episode: PreviewEpisode, itemId: string): void {
  const holders = world.episodesOfItem.get(itemId) ?? new Set<PreviewEpisode>();
  holders.add(episode);
  world.episodesOfItem.set(itemId, holders);
}
