import type { Library } from './library.ts';
import { type PeerModel, peerModel } from './peer-model.ts';

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

/** All viewers of a server with a history, and what is computed once over them. */
export interface Audience {
  readonly viewers: readonly ViewerTaste[];
  /** For each row of the library how many viewers watched it. */
  readonly watcherCounts: Int32Array;
  readonly peers: PeerModel;
}

/** Places a taste profile on a library; titles that the library does not have are left out. */
export function viewerTaste(
  library: Library,
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
export function buildAudience(library: Library, tastes: readonly ViewerTaste[]): Audience {
  const viewers = tastes.filter((taste) => taste.liked.length > 0);
  const watcherCounts = new Int32Array(library.titles.length);
  for (const viewer of viewers) {
    for (const row of viewer.liked) watcherCounts[row] = (watcherCounts[row] ?? 0) + 1;
  }
  return {
    viewers,
    watcherCounts,
    peers: peerModel(
      library.nearest,
      viewers.map((viewer) => viewer.liked),
    ),
  };
}
