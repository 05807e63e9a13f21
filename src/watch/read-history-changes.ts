import type { MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import type { Queryable } from '../platform/database.ts';
import { begunEpisodes, itemsBehind, storedStates } from './episode-items.repo.ts';
import type { HistoryPlan } from './history-libraries.ts';
import { isVirtualStale, storedPlayed } from './history-marks.repo.ts';
import { readUpTo } from './history-marks.ts';
import { type Play, playOf } from './play-log.ts';
import { reportableEpisodes } from './play-states.repo.ts';
import { type RecentHistory, readRecentPlays } from './read-recent-plays.ts';
import { ordinary } from './read-whole-history.ts';
import { type Answered, playedDifference, resolveStates, saysNothingNew } from './resolve-states.ts';
import { completeCounts, type ReadCounts, readCounts } from './unplayed-counts.ts';
import { mayHavePlayedElsewhere, type UserActivity } from './user-activity.ts';
import { readVirtualLibraries, type VirtualLibraryHistory } from './virtual-library.ts';
import { virtualStates } from './virtual-states.repo.ts';
import type { EnabledUser } from './watch-snapshot.repo.ts';
import type { HistoryChange } from './write-history.ts';

type WatchContext = VerbContext & { readonly mediaServer: MediaServer };

/** Since when to read, and what else is known of the user. */
interface ChangesInput {
  readonly since: Date;
  /** Null when the media server tells nothing. */
  readonly activity: UserActivity | null;
}

/**
 * Reads what changed in a user's history: plays by their date, begun episodes in full, and, where the number of unplayed
 * episodes of a series is another than before, every episode of it. That takes two requests a library and one for about
 * 170 touched series, and more only for what changed. Libraries of ours are read when such a number of one of their
 * series changed, or the activity log tells of an episode that is in no other library.
 *
 * @returns null when the libraries' totals show that something else changed as well: everything has to be read then
 * @throws ShowrunnerError `MEDIA_SERVER_*` when a list breaks off
 */
export async function readHistoryChanges(
  context: WatchContext,
  user: EnabledUser,
  plan: HistoryPlan,
  { since, activity }: ChangesInput,
): Promise<HistoryChange | null> {
  const { db, mediaServer } = context;
  const readAt = context.now();
  const begin = mediaServer.serverTime() ?? readAt;
  const libraryIds = ordinary(plan.read);
  const counts = await readCounts(context, user, libraryIds);
  const sources = plan.read.filter((library) => !library.isVirtual);
  const recent = await readRecentPlays(context, user.providerId, sources, since);
  const virtual = await readOwnLibraries(context, user, plan, { activity, counts });
  const asked = await askAgain(context, user, libraryIds, {
    recent,
    virtual,
    titleIds: counts.changedTitles,
  });
  const { states, untouched } = asked.resolved;
  if (!(await isExplained(context, user, recent, asked))) return null;
  const reportable = new Set(
    untouched.length > 0 ? await reportableEpisodes(db, user.id, ordinary(plan.complete)) : [],
  );
  const unknown = recent.items.filter(({ held }) => held.length === 0).map(({ item }) => item);
  return {
    states,
    untouched: untouched.filter((episodeId) => reportable.has(episodeId)),
    virtual,
    plays: [...playsIn(asked), ...(virtual?.plays ?? [])],
    unplayed: await completeCounts(context, user, libraryIds, {
      counts,
      virtual,
      episodeIds: [...states.keys()],
    }),
    played: recent.played,
    readAt,
    readTo: readUpTo(
      begin,
      unknown.flatMap((item) => item.lastPlayedAt ?? []),
    ),
    isFull: false,
    seen: recent.items.length + (virtual?.seen ?? 0),
    unknown: unknown.length,
  };
}

async function readOwnLibraries(
  context: WatchContext,
  user: EnabledUser,
  plan: HistoryPlan,
  { activity, counts }: { readonly activity: UserActivity | null; readonly counts: ReadCounts },
): Promise<VirtualLibraryHistory | null> {
  const own = plan.read.filter((library) => library.isVirtual);
  if (own.length === 0) return null;
  const isChanged =
    counts.isVirtualChanged ||
    (await isVirtualStale(context.db, user.id)) ||
    (await mayHavePlayedElsewhere(context, user.providerId, activity));
  return isChanged ? readVirtualLibraries(context, user.providerId, own) : null;
}

/** Asks for the copies that the lists said nothing of. */
async function askAgain(
  { db, mediaServer, signal }: WatchContext,
  user: EnabledUser,
  libraryIds: readonly number[],
  changed: {
    readonly recent: RecentHistory;
    readonly virtual: VirtualLibraryHistory | null;
    readonly titleIds: ReadonlySet<number>;
  },
): Promise<Answered> {
  const episodeIds = await episodesToAsk(db, user, changed);
  const copies = await itemsBehind(db, libraryIds, { episodeIds, titleIds: changed.titleIds });
  const answers = new Map(changed.recent.items.map(({ item }) => [item.itemId, item]));
  const itemIds = copies.map((copy) => copy.itemId).filter((itemId) => !answers.has(itemId));
  for (const item of await mediaServer.playStatesOf({ userId: user.providerId, itemIds, signal }))
    answers.set(item.itemId, item);
  const stored = await storedStates(
    db,
    user.id,
    copies.map((copy) => copy.episodeId),
  );
  return { copies, answers, stored, resolved: resolveStates(copies, answers, stored) };
}

/** Episodes that were played or begun since, that are not begun any more, or that libraries of ours speak of. */
async function episodesToAsk(
  db: Queryable,
  user: EnabledUser,
  { recent, virtual }: { readonly recent: RecentHistory; readonly virtual: VirtualLibraryHistory | null },
): Promise<ReadonlySet<number>> {
  const reported = recent.items.flatMap(({ item, held }) =>
    held.map(({ episodeId }) => ({ item, episodeId })),
  );
  const known = await storedStates(
    db,
    user.id,
    reported.map(({ episodeId }) => episodeId),
  );
  const isNew = ({ item, episodeId }: (typeof reported)[number]) =>
    !saysNothingNew(item, known.get(episodeId));
  const spokenOf = new Set(reported.map(({ episodeId }) => episodeId));
  const begun = (await begunEpisodes(db, user.id)).filter((episodeId) => !spokenOf.has(episodeId));
  const wanted = new Set([...begun, ...reported.filter(isNew).map(({ episodeId }) => episodeId)]);
  if (virtual)
    for (const { episodeId } of [...virtual.states, ...(await virtualStates(db, user.id))])
      wanted.add(episodeId);
  return wanted;
}

/** Whether what was found accounts for how the number of played episodes changed in each library. */
async function isExplained(
  { db }: WatchContext,
  user: EnabledUser,
  recent: RecentHistory,
  asked: Answered,
): Promise<boolean> {
  const before = await storedPlayed(db, user.id);
  for (const [libraryId, played] of recent.played) {
    const expected = before.get(libraryId);
    // A library that the user could not open before, or that was not read then.
    if (expected === undefined) return false;
    if (played !== expected + playedDifference(libraryId, asked)) return false;
  }
  return true;
}

function* playsIn({ copies, answers }: Answered): Generator<Play> {
  for (const copy of copies) {
    const item = answers.get(copy.itemId);
    const play = item && playOf(item, copy, 'LIBRARY');
    if (play) yield play;
  }
}
