import type { MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { looksRescanned, planHistory } from './history-libraries.ts';
import {
  clearPlayStates,
  historyLibraries,
  markHistorySynced,
  reportableEpisodes,
  savePlayStates,
} from './play-states.repo.ts';
import { type ReportedHistory, readPlayStates } from './read-play-states.ts';
import type { SeriesStateThresholds } from './series-state.ts';
import { updateSeriesStates } from './update-series-states.ts';
import type { EnabledUser } from './watch-snapshot.repo.ts';

const BATCH = 1_000;

/** What one user's sync did. */
export interface UserHistoryCounts {
  readonly playStatesSeen: number;
  readonly playStatesChanged: number;
  readonly playStatesCleared: number;
  readonly seriesStatesChanged: number;
  readonly unknownItems: number;
}

/**
 * Reads all play states of a user, then writes the difference and the series states that follow from it in one
 * transaction: a user is synced wholly or not at all.
 *
 * @throws ShowrunnerError `MEDIA_SERVER_*` when a list breaks off; nothing of the user's was written then
 */
export async function syncUserHistory(
  context: VerbContext & { readonly mediaServer: MediaServer },
  user: EnabledUser,
  thresholds: SeriesStateThresholds,
): Promise<UserHistoryCounts> {
  const { db, signal, progress } = context;
  const plan = planHistory(user, await historyLibraries(db, user.id));
  const reported = await readPlayStates(context, user.providerId, plan.read);
  signal.throwIfAborted();
  const now = context.now();
  return db.transaction(async (tx) => {
    const states = [...reported.states.values()];
    let playStatesChanged = 0;
    for (let at = 0; at < states.length; at += BATCH)
      playStatesChanged += await savePlayStates(tx, user.id, states.slice(at, at + BATCH), now);
    const complete = plan.complete.filter((library) => !library.isVirtual).map((library) => library.id);
    const stored = await reportableEpisodes(tx, user.id, complete);
    const unwatched = findUnwatched(stored, reported);
    if (unwatched === null)
      progress.log(
        'warn',
        `${user.name}: items were scanned anew; unwatched episodes are looked for after a series sync.`,
      );
    for (let at = 0; at < (unwatched?.length ?? 0); at += BATCH)
      await clearPlayStates(tx, user.id, unwatched?.slice(at, at + BATCH) ?? []);
    const seriesStatesChanged = await updateSeriesStates(tx, user.id, thresholds, now);
    await markHistorySynced(tx, user.id, now);
    return {
      playStatesSeen: reported.seen,
      playStatesChanged,
      playStatesCleared: unwatched?.length ?? 0,
      seriesStatesChanged,
      unknownItems: reported.unknown,
    };
  });
}

/** Null when it cannot be told, as the catalog is behind the media server. */
function findUnwatched(stored: readonly number[], reported: ReportedHistory): number[] | null {
  const unreported = stored.filter((episodeId) => !reported.states.has(episodeId));
  const { unknown } = reported;
  return looksRescanned({ stored: stored.length, unreported: unreported.length, unknown })
    ? null
    : unreported;
}
