import { ShowrunnerError } from '../platform/errors.ts';

/** Libraries with fewer titles are let go: there, a few series are already a large share. */
const GUARDED_TITLES = 20;
const MAX_SHARE = 0.3;

/** What a complete pass of a library did not find again. */
export interface Removal {
  readonly library: string;
  /** Titles that the library held before. */
  readonly titles: number;
  readonly goneTitles: number;
  /** Episodes that the remaining titles held before. */
  readonly episodes: number;
  readonly goneEpisodes: number;
}

/**
 * Judges a removal: more than 30 % of the titles, or of the remaining titles' episodes, of a library with at least 20
 * titles look like an unmounted disk rather than a clean-up.
 *
 * @returns the error to report (`LARGE_REMOVAL`), or null when the removal may go ahead
 */
export function refuseLargeRemoval(removal: Removal): ShowrunnerError | null {
  if (removal.titles < GUARDED_TITLES) return null;
  const tooMany = (gone: number, all: number) => gone > all * MAX_SHARE;
  const what = tooMany(removal.goneTitles, removal.titles)
    ? `${removal.goneTitles} of ${removal.titles} titles`
    : tooMany(removal.goneEpisodes, removal.episodes)
      ? `${removal.goneEpisodes} of ${removal.episodes} episodes`
      : null;
  if (what === null) return null;
  return new ShowrunnerError(
    'LARGE_REMOVAL',
    `${what} are missing from the library "${removal.library}"; nothing was marked removed.`,
    {
      field: 'allowLargeRemoval',
      remedy:
        'Check that its folders are mounted; if the removal is intended, run again with allowLargeRemoval.',
    },
  );
}
