import type { Dialect } from '../media-server/media-server.ts';

const MS_PER_DAY = 86_400_000;
/**
 * How late, at most, is found what the list of series does not tell of: on both a new name of an episode, on Emby, which
 * gives counts but no date of the last addition, also a file that took the place of another.
 */
const LONGEST_MS: Readonly<Record<Dialect, number>> = { jellyfin: 7 * MS_PER_DAY, emby: MS_PER_DAY };
/** Items that a page of the media server's lists holds. */
const PAGE_SIZE = 500;

/** What is stored of the last pass that read everything in a library. */
export interface LastFullPass {
  readonly lastCompleteSyncAt: Date | null;
  readonly listedAs: string | null;
}

/**
 * Whether everything in a library has to be read: it never was, a week ago or more (on Emby a day), or by another server,
 * version or user, whose lists cannot be compared with the stored ones.
 */
export function needsFullPass(last: LastFullPass, listedAs: string, dialect: Dialect, now: Date): boolean {
  if (last.lastCompleteSyncAt === null || last.listedAs !== listedAs) return true;
  return now.getTime() - last.lastCompleteSyncAt.getTime() >= LONGEST_MS[dialect];
}

/**
 * Whether it takes fewer requests to read the episodes and seasons of the changed series one by one, two requests each,
 * than those of the whole library.
 *
 * @param episodes episodes that the library held before
 */
export function readsSeriesAlone(changed: number, episodes: number): boolean {
  return changed * 2 <= Math.ceil(episodes / PAGE_SIZE) + 1;
}
