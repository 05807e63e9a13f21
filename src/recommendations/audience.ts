import type { Library } from './library.ts';
import { type PeerModel, peerModel } from './peer-model.ts';
import type { Steps } from './steps.ts';
import { audienceHabits, type Habits } from './viewer-conditions.ts';

/** A viewer's taste on the rows of a library. */
export interface ViewerTaste {
  readonly entries: readonly {
    readonly row: number;
    /** As of `TasteEntry`. */
    readonly weight: number;
    readonly recency: number;
  }[];
  /** Rows with a positive weight, in ascending order: what the viewer counts as having watched. */
  readonly liked: readonly number[];
}

/** The taste of a viewer who watched nothing. */
export const NO_TASTE: ViewerTaste = { entries: [], liked: [] };

/** The viewers of a server whose histories count, and what is computed once over them. */
export interface Audience {
  readonly viewers: readonly ViewerTaste[];
  /** Whether it counts who watched what together; if not, only how many watched each title does. */
  readonly collaborative: boolean;
  /** For each row of the library how many viewers watched it. */
  readonly watcherCounts: Int32Array;
  /** Of nobody where it does not count who watched what together. */
  readonly peers: PeerModel;
  readonly habits: Habits;
}

/** Places a taste profile on a library; titles that the library does not have are left out. */
export function viewerTaste(
  library: Pick<Library, 'rowOf'>,
  profile: readonly { readonly titleId: number; readonly weight: number; readonly recency: number }[],
): ViewerTaste {
  const entries = profile.flatMap(({ titleId, weight, recency }) => {
    const row = library.rowOf.get(titleId);
    return row === undefined ? [] : [{ row, weight, recency }];
  });
  const liked = entries.filter((entry) => entry.weight > 0).map((entry) => entry.row);
  return { entries, liked: liked.sort((a, b) => a - b) };
}

/** Gathers the viewers who watched anything. */
export function* buildAudience(
  library: Library,
  tastes: readonly ViewerTaste[],
  { collaborative }: Pick<Audience, 'collaborative'> = { collaborative: true },
): Steps<Audience> {
  const viewers = tastes.filter((taste) => taste.liked.length > 0);
  const watcherCounts = new Int32Array(library.titles.length);
  for (const viewer of viewers) {
    for (const row of viewer.liked) watcherCounts[row] = (watcherCounts[row] ?? 0) + 1;
  }
  const histories = viewers.map((viewer) => viewer.liked);
  const habits = yield* audienceHabits(library, histories, watcherCounts);
  return {
    viewers,
    collaborative,
    watcherCounts,
    peers: yield* peerModel(library.nearest, collaborative ? histories : []),
    // All other habits follow from the watcher counts alone.
    habits: collaborative ? habits : { ...habits, contentOfWatched: 0 },
  };
}
