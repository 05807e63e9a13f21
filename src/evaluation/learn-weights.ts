import type { HoldOutMeasure } from '../../drizzle/tables/weights.ts';
import { inTurns, type Pause } from '../recommendations/steps.ts';
import { type Example, fitIntercept, fitWeights, logLoss, weightedScore } from './fit-weights.ts';
import { mean, ndcg } from './ranking-metrics.ts';

/** A pick that was shown to a user, and what became of it. */
export interface ShownExample extends Example {
  readonly userId: number;
}

/** Share of the picks, the latest ones, that weights are compared on and not learnt from. */
const HELD_OUT_SHARE = 0.3;
const LIST = 10;

/**
 * Learns weights from the earlier picks and measures them on the later ones, beside the weights in force. A signal that
 * contributed to none of the earlier picks, as one that was left out, keeps its weight.
 *
 * @param picks in the order in which they were shown
 * @param before the weights in force, in the order of the contributions
 * @returns null when one of the two parts has no started pick, or nothing but started ones
 */
export async function learn(
  picks: readonly ShownExample[],
  before: readonly number[],
  highest: number,
  pause: Pause,
): Promise<{ weights: number[]; measured: HoldOutMeasure } | null> {
  const cut = Math.round(picks.length * (1 - HELD_OUT_SHARE));
  const earlier = picks.slice(0, cut);
  const later = picks.slice(cut);
  if (!isMixed(earlier) || !isMixed(later)) return null;
  const fitted = await inTurns(fitWeights(earlier, before.length, highest), pause);
  const weights = before.map((weight, index) =>
    earlier.some(({ contributions }) => contributions[index] !== 0)
      ? Math.round((fitted.weights[index] ?? weight) * 1_000) / 1_000
      : weight,
  );
  const after = { weights, intercept: await inTurns(fitIntercept(earlier, weights), pause) };
  const known = { weights: before, intercept: await inTurns(fitIntercept(earlier, before), pause) };
  await pause();
  return {
    weights,
    measured: {
      learntFrom: earlier.length,
      started: earlier.filter(({ started }) => started).length,
      heldOut: later.length,
      logLoss: logLoss(later, after),
      logLossBefore: logLoss(later, known),
      ndcg: rankingQuality(later, weights),
      ndcgBefore: rankingQuality(later, before),
    },
  };
}

/** Mean NDCG@10 over the users who started something: how high the weights rank what they started among what they were shown. */
function rankingQuality(picks: readonly ShownExample[], weights: readonly number[]): number {
  const lists = new Map<number, ShownExample[]>();
  for (const pick of picks) {
    const list = lists.get(pick.userId);
    if (list) list.push(pick);
    else lists.set(pick.userId, [pick]);
  }
  const qualities = [...lists.values()].flatMap((list) => {
    // By place, not by title: a title may have been shown under two versions.
    const started = new Set(list.flatMap((pick, place) => (pick.started ? [place] : [])));
    if (started.size === 0) return [];
    const ranked = list
      .map((pick, place) => ({ place, score: weightedScore(pick, weights) }))
      .sort((a, b) => b.score - a.score || a.place - b.place)
      .map(({ place }) => place);
    return [ndcg(ranked, started, LIST)];
  });
  return mean(qualities);
}

function isMixed(picks: readonly ShownExample[]): boolean {
  return picks.some(({ started }) => started) && picks.some(({ started }) => !started);
}
