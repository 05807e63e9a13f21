import type { MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { itemsBehind } from './episode-items.repo.ts';
import { type HistoryPlan, looksRescanned } from './history-libraries.ts';
import { touchedSeries } from './history-marks.repo.ts';
import { readUpTo } from './history-marks.ts';
import { reportableEpisodes } from './play-states.repo.ts';
import { addState, type ReportedHistory, readPlayStates } from './read-play-states.ts';
import { type ResolvedStates, resolveStates } from './resolve-states.ts';
import { readOpinions } from './server-opinions.ts';
import { countsOf } from './unplayed-counts.ts';
import type { EnabledUser } from './watch-snapshot.repo.ts';
import type { HistoryChange } from './write-history.ts';

type WatchContext = VerbContext & { readonly mediaServer: MediaServer };

/**
 * Reads all play states of a user.
 *
 * @throws ShowrunnerError `MEDIA_SERVER_*` when a list breaks off
 */
export async function readWholeHistory(
  context: WatchContext,
  user: EnabledUser,
  plan: HistoryPlan,
): Promise<HistoryChange> {
  const { db, mediaServer, signal } = context;
  const readAt = context.now();
  const begin = mediaServer.serverTime() ?? readAt;
  const reported = await readPlayStates(context, user.providerId, plan.read);
  const missed = await askForUnreported(context, user, plan, reported);
  const states = new Map(reported.states);
  for (const state of missed.states.values()) addState(states, state);
  const touched = await touchedSeries(db, user.id, ordinary(plan.read), states.keys());
  const copyIds = touched.map((copy) => copy.itemId);
  const unplayed = await mediaServer.unplayedCounts({
    userId: user.providerId,
    itemIds: [...copyIds, ...reported.virtual.seriesIds],
    signal,
  });
  return {
    ...reported,
    states,
    untouched: missed.untouched,
    unplayed: countsOf(unplayed, new Set(reported.virtual.seriesIds)),
    played: reported.playedCounts,
    readAt,
    readTo: readUpTo(begin, reported.unknownAt),
    opinions: await readOpinions(context, user, plan.read),
    isFull: true,
  };
}

/** Our ids of the libraries that are not ours. */
export function ordinary(libraries: HistoryPlan['read']): number[] {
  return libraries.filter((library) => !library.isVirtual).map((library) => library.id);
}

const NOTHING: ResolvedStates = { states: new Map(), untouched: [] };

/**
 * Asks for the episodes that should have been reported and were not: only what the media server still shows, and calls
 * untouched, was unwatched. Items that it gave new ids since the last series sync do not answer.
 */
async function askForUnreported(
  { db, mediaServer, signal, progress }: WatchContext,
  user: EnabledUser,
  plan: HistoryPlan,
  reported: ReportedHistory,
): Promise<ResolvedStates> {
  const libraryIds = ordinary(plan.complete);
  const stored = await reportableEpisodes(db, user.id, libraryIds);
  const unreported = stored.filter((episodeId) => !reported.states.has(episodeId));
  if (unreported.length === 0) return NOTHING;
  const warn = () =>
    progress.log(
      'warn',
      `${user.name}: items were scanned anew; unwatched episodes are looked for after a series sync.`,
    );
  const { unknown } = reported;
  if (looksRescanned({ stored: stored.length, unreported: unreported.length, unknown })) {
    warn();
    return NOTHING;
  }
  const copies = await itemsBehind(db, libraryIds, { episodeIds: unreported, titleIds: [] });
  const itemIds = copies.map((copy) => copy.itemId);
  const items = await mediaServer.playStatesOf({ userId: user.providerId, itemIds, signal });
  const answers = new Map(items.map((item) => [item.itemId, item]));
  const resolved = resolveStates(copies, answers, new Map());
  if (resolved.states.size + resolved.untouched.length < unreported.length) warn();
  return resolved;
}
