import type { Queryable } from '../platform/database.ts';
import { type SeriesStateThresholds, seriesState } from './series-state.ts';
import {
  type NewSeriesState,
  saveSeriesStates,
  type TitleProgress,
  titleProgress,
} from './series-states.repo.ts';

const BATCH = 1_000;

/** Works out where a user stands with every series they touched, and writes what changed; returns how many rows. */
export async function updateSeriesStates(
  tx: Queryable,
  userId: number,
  thresholds: SeriesStateThresholds,
  now: Date,
): Promise<number> {
  const progress = await titleProgress(tx, userId, now);
  const states = progress.map((title) => stateOf(title, thresholds, now));
  let written = 0;
  for (let at = 0; at < states.length; at += BATCH)
    written += await saveSeriesStates(tx, userId, states.slice(at, at + BATCH), now);
  return written;
}

function stateOf(title: TitleProgress, thresholds: SeriesStateThresholds, now: Date): NewSeriesState {
  const { titleId, watchedCount, airedCount, playCount, isFavorite, datedPlays, playDays } = title;
  const lastPlayedAt = dateOf(title.lastPlayedMs);
  const state = seriesState({ ...title, lastPlayedAt }, thresholds, now);
  const firstPlayedAt = state === 'UNWATCHED' ? null : dateOf(title.firstPlayedMs);
  return {
    titleId,
    state,
    watchedCount,
    airedCount,
    playCount,
    isFavorite,
    datedPlays,
    playDays,
    firstPlayedAt,
    lastPlayedAt,
  };
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
