import type { SeriesOpinion } from '../media-server/media-server.ts';
import type { Queryable } from '../platform/database.ts';
import { markHistoryRead, savePlayed, saveUnplayed, type UnplayedCount } from './history-marks.repo.ts';
import type { PlayState } from './merge-play-states.ts';
import type { Play } from './play-log.ts';
import { clearPlayStates, savePlayStates } from './play-states.repo.ts';
import { recordPlays } from './plays.repo.ts';
import { addState } from './read-play-states.ts';
import type { SeriesStateThresholds } from './series-state.ts';
import { replaceOpinions } from './server-opinions.repo.ts';
import { updateSeriesStates } from './update-series-states.ts';
import type { VirtualLibraryHistory } from './virtual-library.ts';
import {
  handOverToCopies,
  keepPlaysOfRemovedCopies,
  saveVirtualStates,
  takenBackEpisodes,
  virtualStates,
} from './virtual-states.repo.ts';

const BATCH = 1_000;

/** Play states that were read of a user. */
export interface StatesChange {
  /** By episode, merged over its copies in ordinary libraries. */
  readonly states: ReadonlyMap<number, PlayState>;
  /** Episodes that no copy in an ordinary library reports any more. */
  readonly untouched: readonly number[];
  /** Null when the libraries of ours were not read. */
  readonly virtual: VirtualLibraryHistory | null;
  readonly plays: readonly Play[];
  /** When reading began, by our clock. */
  readonly readAt: Date;
  /** Whether everything was read. */
  readonly isFull: boolean;
}

/** What a pass read of a user, ready to be written. */
export interface HistoryChange extends StatesChange {
  readonly unplayed: readonly UnplayedCount[];
  /** All that the user said of series on the media server; left out where it was not asked. */
  readonly opinions?: readonly SeriesOpinion[];
  /** By our id of the library. */
  readonly played: ReadonlyMap<number, number>;
  /** Plays up to here are known now, by the media server's clock. */
  readonly readTo: Date;
  /** Items reported. */
  readonly seen: number;
  /** Items of catalog libraries that stand for no episode we know. */
  readonly unknown: number;
}

/** What one user's sync did. */
export interface UserHistoryCounts {
  readonly playStatesSeen: number;
  readonly playStatesChanged: number;
  readonly playStatesCleared: number;
  readonly playsAdded: number;
  readonly seriesStatesChanged: number;
  readonly unknownItems: number;
}

/** Writes what was read of a user and the series states that follow from it. To be called in a transaction. */
export async function writeHistory(
  tx: Queryable,
  userId: number,
  change: HistoryChange,
  { thresholds, now }: { readonly thresholds: SeriesStateThresholds; readonly now: Date },
): Promise<UserHistoryCounts> {
  const written = await writeStates(tx, userId, change, now);
  await saveUnplayed(tx, userId, change.unplayed);
  await savePlayed(tx, userId, change.played);
  if (change.opinions) await replaceOpinions(tx, userId, change.opinions);
  const seriesStatesChanged = await updateSeriesStates(tx, userId, thresholds, now);
  await markHistoryRead(tx, userId, {
    now,
    readTo: change.readTo,
    isFull: change.isFull,
    isVirtualRead: change.virtual !== null,
  });
  return { playStatesSeen: change.seen, ...written, seriesStatesChanged, unknownItems: change.unknown };
}

/** Writes play states and the log of plays, and nothing that follows from them. To be called in a transaction. */
export async function writeStates(
  tx: Queryable,
  userId: number,
  change: StatesChange,
  now: Date,
): Promise<{ playStatesChanged: number; playStatesCleared: number; playsAdded: number }> {
  const changed = change.virtual ? await saveVirtualStates(tx, userId, change.virtual) : [];
  const merged = await mergeWithVirtual(tx, userId, change, changed);
  const states = [...merged.values()];
  let playStatesChanged = 0;
  for (let at = 0; at < states.length; at += BATCH)
    playStatesChanged += await savePlayStates(tx, userId, states.slice(at, at + BATCH), {
      now,
      readAt: change.readAt,
    });
  const orphaned = change.virtual ? await takenBackEpisodes(tx, userId) : [];
  const unwatched = [...new Set([...change.untouched, ...orphaned])].filter((id) => !merged.has(id));
  let playStatesCleared = 0;
  for (let at = 0; at < unwatched.length; at += BATCH)
    playStatesCleared += await clearPlayStates(tx, userId, unwatched.slice(at, at + BATCH), change.readAt);
  return { playStatesChanged, playStatesCleared, playsAdded: await recordPlays(tx, userId, change.plays) };
}

/**
 * Adds what libraries of ours, and copies that are gone, say to the episodes that are to be written. A complete pass takes in all of it, another
 * one only that of episodes whose ordinary copies were asked too.
 */
async function mergeWithVirtual(
  tx: Queryable,
  userId: number,
  change: StatesChange,
  virtuallyChanged: readonly number[],
): Promise<ReadonlyMap<number, PlayState>> {
  const idsOf = (isPlayed: boolean) =>
    [...change.states.values()].filter(({ played }) => played === isPlayed).map(({ episodeId }) => episodeId);
  await handOverToCopies(tx, userId, idsOf(true));
  await keepPlaysOfRemovedCopies(tx, userId, idsOf(false));
  const merged = new Map(change.states);
  const looked = new Set([...merged.keys(), ...change.untouched, ...virtuallyChanged]);
  for (const { itemId: _, ...state } of await virtualStates(tx, userId))
    if (change.isFull || looked.has(state.episodeId)) addState(merged, state);
  return merged;
}
