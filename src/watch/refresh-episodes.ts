import type { MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { askEpisodes, writeAskedEpisodes } from './ask-episodes.ts';
import { type HistoryPlan, planHistory } from './history-libraries.ts';
import { historyLibraries } from './play-states.repo.ts';
import { ordinary } from './read-whole-history.ts';
import type { SeriesStateThresholds } from './series-state.ts';
import { finishedSeries } from './series-states.repo.ts';
import { updateSeriesStates } from './update-series-states.ts';
import { folded } from './user-activity.ts';
import { readVirtualLibraries, type VirtualLibraryHistory } from './virtual-library.ts';
import { wantedEpisodes } from './wanted-episodes.repo.ts';
import { type EnabledUser, enabledUsers } from './watch-snapshot.repo.ts';

type WatchContext = VerbContext & { readonly mediaServer: MediaServer };

/** Which play states to look at again. */
export interface RefreshEpisodesInput {
  /** The media server's id of the user, in whichever form it writes it. */
  readonly userId: string;
  /** The media server's ids of episodes or series. */
  readonly itemIds: readonly string[];
  readonly thresholds: SeriesStateThresholds;
}

/** What a refresh found. */
export interface RefreshedEpisodes {
  /** Our id of the user; null for one that Showrunner does not work for. */
  readonly userId: number | null;
  readonly playStatesChanged: number;
  readonly playStatesCleared: number;
  readonly playsAdded: number;
  /** Our ids of the series that the user has caught up with or completed by this. */
  readonly finished: readonly number[];
}

const NOTHING: RefreshedEpisodes = {
  userId: null,
  playStatesChanged: 0,
  playStatesCleared: 0,
  playsAdded: 0,
  finished: [],
};

/**
 * Asks the media server what a user did with some episodes, in all their copies, and writes it: what makes a history
 * fresh to the minute when a webhook tells of a play. An item that no ordinary library holds is looked for in the
 * libraries that Showrunner wrote for the user.
 *
 * @throws ShowrunnerError `MEDIA_SERVER_*` when the server does not answer
 */
export async function refreshEpisodes(
  context: WatchContext,
  input: RefreshEpisodesInput,
): Promise<RefreshedEpisodes> {
  const { db } = context;
  const user = (await enabledUsers(db)).find((one) => folded(one.providerId) === folded(input.userId));
  if (!user) return NOTHING;
  const readAt = context.now();
  const plan = planHistory(user, await historyLibraries(db, user.id));
  const libraryIds = ordinary(plan.read);
  const wanted = await wantedEpisodes(db, libraryIds, [...new Set(input.itemIds.map(folded))]);
  const virtual = wanted.areAllKnown ? null : await readOwn(context, user, plan);
  const { change, ...asked } = await askEpisodes(context, user, {
    plan,
    episodeIds: wanted.episodeIds,
    virtual,
    source: 'WEBHOOK',
    readAt,
  });
  const plays = change.plays.map((play) => ({ ...play, source: 'WEBHOOK' as const }));
  return db.transaction(async (tx) => {
    const now = context.now();
    const before = await finishedSeries(tx, user.id);
    const written = await writeAskedEpisodes(tx, user.id, { ...asked, change: { ...change, plays } }, now);
    await updateSeriesStates(tx, user.id, input.thresholds, now);
    const after = await finishedSeries(tx, user.id);
    return { userId: user.id, ...written, finished: [...after].filter((titleId) => !before.has(titleId)) };
  });
}

async function readOwn(
  context: WatchContext,
  user: EnabledUser,
  plan: HistoryPlan,
): Promise<VirtualLibraryHistory | null> {
  const own = plan.read.filter((library) => library.isVirtual);
  return own.length === 0 ? null : readVirtualLibraries(context, user.providerId, own);
}
