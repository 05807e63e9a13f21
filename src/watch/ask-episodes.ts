import type { PlaySource } from '../../drizzle/tables/watch.ts';
import type { MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import type { Queryable } from '../platform/database.ts';
import { itemsBehind, storedStates } from './episode-items.repo.ts';
import type { HistoryPlan } from './history-libraries.ts';
import { shiftPlayed } from './history-marks.repo.ts';
import { type Play, playOf } from './play-log.ts';
import { reportableEpisodes } from './play-states.repo.ts';
import { ordinary } from './read-whole-history.ts';
import { type Answered, playedDifference, resolveStates } from './resolve-states.ts';
import type { VirtualLibraryHistory } from './virtual-library.ts';
import { virtualStates } from './virtual-states.repo.ts';
import { type StatesChange, writeStates } from './write-history.ts';

type WatchContext = VerbContext & { readonly mediaServer: MediaServer };

/** Which episodes to ask for. */
interface AskInput {
  readonly plan: HistoryPlan;
  readonly episodeIds: readonly number[];
  /** What libraries of ours say; the episodes they speak of, now or before, are asked for too. */
  readonly virtual: VirtualLibraryHistory | null;
  /** How plays in ordinary libraries were learned of. */
  readonly source: PlaySource;
  /** When reading began, by our clock. */
  readonly readAt: Date;
}

/** What single episodes were found to be like, ready to be written. */
export interface AskedEpisodes extends Answered {
  readonly change: StatesChange;
  /** Our ids of the ordinary libraries that were asked. */
  readonly libraryIds: readonly number[];
}

/**
 * Asks for episodes in all their copies in ordinary libraries, without writing anything.
 *
 * @throws ShowrunnerError `MEDIA_SERVER_*` when the server does not answer
 */
export async function askEpisodes(
  { db, mediaServer, signal }: WatchContext,
  user: { readonly id: number; readonly providerId: string },
  { plan, virtual, source, readAt, ...input }: AskInput,
): Promise<AskedEpisodes> {
  const libraryIds = ordinary(plan.read);
  const episodeIds = new Set(input.episodeIds);
  if (virtual)
    for (const { episodeId } of [...virtual.states, ...(await virtualStates(db, user.id))])
      episodeIds.add(episodeId);
  const copies = await itemsBehind(db, libraryIds, { episodeIds, titleIds: [] });
  const itemIds = copies.map((copy) => copy.itemId);
  const items = await mediaServer.playStatesOf({ userId: user.providerId, itemIds, signal });
  signal.throwIfAborted();
  const answers = new Map(items.map((item) => [item.itemId, item]));
  const stored = await storedStates(db, user.id, episodeIds);
  const resolved = resolveStates(copies, answers, stored);
  const reportable = new Set(await reportableEpisodes(db, user.id, ordinary(plan.complete)));
  const plays: Play[] = copies.flatMap((copy) => {
    const item = answers.get(copy.itemId);
    return (item && playOf(item, copy, source)) ?? [];
  });
  const change = {
    states: resolved.states,
    untouched: resolved.untouched.filter((episodeId) => reportable.has(episodeId)),
    virtual,
    plays: [...plays, ...(virtual?.plays ?? [])],
    readAt,
    isFull: false,
  };
  return { copies, answers, stored, resolved, change, libraryIds };
}

/** Writes what was found, so that the next pass does not take it for an unexplained play. To be called in a transaction. */
export async function writeAskedEpisodes(tx: Queryable, userId: number, asked: AskedEpisodes, now: Date) {
  const written = await writeStates(tx, userId, asked.change, now);
  for (const libraryId of asked.libraryIds)
    await shiftPlayed(tx, userId, libraryId, playedDifference(libraryId, asked));
  return written;
}
