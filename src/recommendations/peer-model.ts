import { invertPositiveDefinite } from './invert-matrix.ts';
import type { NearestTitles } from './nearest-titles.ts';

/** Viewers whose histories are learnt from; beyond, those with the longest are taken: the cost grows with the cube. */
const MAX_PEERS = 600;

/** What was learnt from the histories X (viewers by titles) of a server. */
export interface PeerModel {
  readonly nearest: NearestTitles;
  readonly size: number;
  /** The rows of X that were learnt from, as ascending title rows. */
  readonly histories: readonly (readonly number[])[];
  readonly lambda: number;
  /** (X X' + lambda I)^-1, row by row. */
  readonly inverse: Float64Array;
  /** X - X B0, row by row. */
  readonly residuals: Float32Array;
  /** The multiplier of each title's zero diagonal. */
  readonly multipliers: Float64Array;
}

/**
 * EASE (Steck 2019) drawn towards a content prior: minimises |X - XB|^2 + lambda |B - B0|^2 with diag(B) = 0, where B0
 * holds each title's similarity to its nearest by content and lambda = 4 sqrt(N) + 2. Solved in the dual, so that only
 * an N x N matrix is inverted: few viewers lean on content, many on each other.
 */
export function peerModel(nearest: NearestTitles, allHistories: readonly (readonly number[])[]): PeerModel {
  const histories = [...allHistories].sort((a, b) => b.length - a.length).slice(0, MAX_PEERS);
  const titles = nearest.rows.length / nearest.count;
  const count = histories.length;
  const lambda = 4 * Math.sqrt(count) + 2;
  const gram = new Float64Array(count * count);
  const residuals = new Float32Array(count * titles);
  for (const [viewer, history] of histories.entries()) {
    const watched = markers(history, titles);
    for (let other = 0; other < count; other += 1) {
      gram[viewer * count + other] =
        overlap(watched, histories[other] ?? []) + (viewer === other ? lambda : 0);
    }
    const prior = priorScores(nearest, watched);
    for (let row = 0; row < titles; row += 1) {
      residuals[viewer * titles + row] = (watched[row] ?? 0) - (prior[row] ?? 0);
    }
  }
  const inverse = invertPositiveDefinite(gram, count);
  return {
    nearest,
    size: titles,
    histories,
    lambda,
    inverse,
    residuals,
    multipliers: diagonalMultipliers(histories, inverse, residuals, lambda, titles),
  };
}

/** A viewer's row of X B, apart by where it comes from; the two sum to it. */
export interface PeerScores {
  /** X B0: the share of each title's nearest by content that the viewer watched, 0..1. */
  readonly byContent: Float64Array;
  /** What the histories of the server's viewers add to it or take from it. */
  readonly byViewers: Float64Array;
}

/** Scores every title for a viewer, whether the viewer is one of those learnt from or not. */
export function peerScores(model: PeerModel, history: readonly number[]): PeerScores {
  const count = model.histories.length;
  const watched = markers(history, model.size);
  const scores = new Float64Array(model.size);
  const overlaps = model.histories.map((other) => overlap(watched, other));
  const pull = new Float64Array(model.size);
  for (const row of history) pull[row] = 1;
  for (let viewer = 0; viewer < count; viewer += 1) {
    let share = 0;
    for (let other = 0; other < count; other += 1) {
      share += (overlaps[other] ?? 0) * (model.inverse[other * count + viewer] ?? 0);
    }
    if (share === 0) continue;
    const start = viewer * model.size;
    for (let row = 0; row < model.size; row += 1) {
      scores[row] = (scores[row] ?? 0) + share * (model.residuals[start + row] ?? 0);
    }
    for (const row of model.histories[viewer] ?? []) pull[row] = (pull[row] ?? 0) - share;
  }
  for (let row = 0; row < model.size; row += 1) {
    scores[row] = (scores[row] ?? 0) - ((pull[row] ?? 0) / model.lambda) * (model.multipliers[row] ?? 0);
  }
  return { byContent: priorScores(model.nearest, watched), byViewers: scores };
}

/** g_j = (x_j' A r_j) lambda / (1 - x_j' A x_j), over the viewers who watched title j. */
function diagonalMultipliers(
  histories: readonly (readonly number[])[],
  inverse: Float64Array,
  residuals: Float32Array,
  lambda: number,
  titles: number,
): Float64Array {
  const count = histories.length;
  const watchers: number[][] = Array.from({ length: titles }, () => []);
  for (const [viewer, history] of histories.entries()) for (const row of history) watchers[row]?.push(viewer);
  return Float64Array.from(watchers, (own, row) => {
    let residual = 0;
    let leverage = 0;
    for (const viewer of own) {
      for (let other = 0; other < count; other += 1) {
        residual += (inverse[viewer * count + other] ?? 0) * (residuals[other * titles + row] ?? 0);
      }
      for (const other of own) leverage += inverse[viewer * count + other] ?? 0;
    }
    return (residual * lambda) / (1 - leverage);
  });
}

/** Row of X B0: which share of each title's nearest by content was watched. */
function priorScores(nearest: NearestTitles, watched: Uint8Array): Float64Array {
  const scores = new Float64Array(watched.length);
  for (let at = 0; at < nearest.rows.length; at += 1) {
    if (!watched[nearest.rows[at] ?? 0]) continue;
    const row = Math.floor(at / nearest.count);
    scores[row] = (scores[row] ?? 0) + (nearest.weights[at] ?? 0);
  }
  return scores;
}

function markers(history: readonly number[], size: number): Uint8Array {
  const watched = new Uint8Array(size);
  for (const row of history) watched[row] = 1;
  return watched;
}

function overlap(watched: Uint8Array, history: readonly number[]): number {
  let count = 0;
  for (const row of history) count += watched[row] ?? 0;
  return count;
}
