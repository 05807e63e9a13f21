import type { Queryable } from '../platform/database.ts';
import { feedbackOfUsers } from '../taste/feedback.repo.ts';
import type { TitleFeedback } from '../taste/feedback.ts';
import { parentalRatings } from '../watch/parental-ratings.repo.ts';
import { type SeriesStateRow, seriesStatesOf, unsharedUserIds } from '../watch/watch-snapshot.repo.ts';
import type { ShownTitle } from './exposure.ts';
import type { ParentalRatings } from './parental-control.ts';
import { shownTitles } from './shown-titles.repo.ts';

/** What is known of viewers beside the catalog; by user id where it is a user's. */
export interface ViewerFacts {
  readonly states: ReadonlyMap<number, readonly SeriesStateRow[]>;
  readonly feedback: ReadonlyMap<number, readonly TitleFeedback[]>;
  /** Users whose histories count in nobody else's picks. */
  readonly unshared: ReadonlySet<number>;
  readonly shown: ReadonlyMap<number, readonly ShownTitle[]>;
  readonly ratings: ParentalRatings;
}

/**
 * Reads what is known of all enabled viewers, and what `userIds` (all when left out) were shown lately.
 */
export async function loadViewerFacts(
  db: Queryable,
  userIds: readonly number[] | undefined,
  now: Date,
): Promise<ViewerFacts> {
  return {
    states: byUser(await seriesStatesOf(db)),
    feedback: await feedbackOfUsers(db),
    unshared: new Set(await unsharedUserIds(db)),
    shown: await shownTitles(db, userIds, now),
    ratings: await parentalRatings(db),
  };
}

/** Users of whom there is anything to read a taste from, in order of their ids. */
export function viewersOf({ states, feedback }: ViewerFacts): number[] {
  return [...new Set([...states.keys(), ...feedback.keys()])].sort((a, b) => a - b);
}

function byUser(states: readonly SeriesStateRow[]): Map<number, SeriesStateRow[]> {
  const groups = new Map<number, SeriesStateRow[]>();
  for (const state of states) {
    const own = groups.get(state.userId);
    if (own) own.push(state);
    else groups.set(state.userId, [state]);
  }
  return groups;
}
