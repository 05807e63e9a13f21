import type { CandidateTitle } from '../catalog/catalog-snapshot.repo.ts';
import type { EnabledUser, SeriesStateRow } from '../watch/watch-snapshot.repo.ts';

/** A year has passed when this many ms have: only then may a finished series be offered again. */
const REWATCH_AFTER_MS = 365 * 86_400_000;

/** Titles that may be picked for one user, by id. */
export interface CandidatePools {
  /** Titles that the user never began, and that are no second entry of one the user began. */
  readonly firstTime: readonly number[];
  /** Ended series that the user completed over a year ago. */
  readonly rewatch: readonly number[];
}

/**
 * Sorts the titles on the media server into what a user may be offered.
 *
 * @param begunTitles the titles of `states`, those included that left the media server
 * @param foldersOf library ids (of the media server) that hold each title; needed for users with restricted folders only
 */
export function candidatePools(
  titles: readonly CandidateTitle[],
  begunTitles: readonly CandidateTitle[],
  states: readonly SeriesStateRow[],
  user: Pick<EnabledUser, 'enableAllFolders' | 'enabledFolders'>,
  foldersOf: ReadonlyMap<number, readonly string[]>,
  now: Date,
): CandidatePools {
  const begun = new Map(
    states.filter((state) => state.state !== 'UNWATCHED').map((state) => [state.titleId, state]),
  );
  const begunKeys = new Set(begunTitles.filter((title) => begun.has(title.id)).flatMap(identityKeys));
  const allowed = new Set(user.enabledFolders);
  const reachable = titles.filter(
    (title) => user.enableAllFolders || foldersOf.get(title.id)?.some((folder) => allowed.has(folder)),
  );
  return {
    firstTime: reachable
      .filter((title) => !begun.has(title.id) && !identityKeys(title).some((key) => begunKeys.has(key)))
      .map((title) => title.id),
    rewatch: reachable
      .filter((title) => mayRewatch(title, begun.get(title.id), now))
      .map((title) => title.id),
  };
}

function mayRewatch(title: CandidateTitle, state: SeriesStateRow | undefined, now: Date): boolean {
  if (state?.state !== 'COMPLETED' || title.status !== 'ENDED' || state.lastPlayedAt === null) return false;
  return now.getTime() - state.lastPlayedAt.getTime() > REWATCH_AFTER_MS;
}

/** Keys of which two entries of the same series share one: the provider ids, and name with year. */
function identityKeys(title: CandidateTitle): string[] {
  const name = title.name
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase();
  const ids = { tvdb: title.tvdbId, tmdb: title.tmdbId, imdb: title.imdbId };
  const keys = Object.entries(ids).flatMap(([provider, id]) => (id ? [`${provider}:${id}`] : []));
  return name && title.year !== null ? [...keys, `name:${name}:${title.year}`] : keys;
}
