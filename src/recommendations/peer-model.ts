import { invertPositiveDefinite } from './invert-matrix.ts';
import { type NearestOf, type NearestTitles, nearestOf } from './nearest-titles.ts';
import type { Steps } from './steps.ts';

/** Viewers whose histories are learnt from; beyond, those with the longest are taken: the cost grows with the cube. */
const MAX_PEERS = 1200;
/** Pairs of viewers that are gone through in one step, about 1 ms. */
const STEP_PAIRS = 500_000;

/** What was learnt from the histories X (viewers by titles) of a server. */
export interface PeerModel {
  readonly prior: NearestOf;
  readonly size: number;
  /** The rows of X that were learnt from, as ascending title rows. */
  readonly histories: readonly (readonly number[])[];
  readonly lambda: number;
  /** (X X' + lambda I)^-1, row by row. */
  readonly inverse: Float64Array;
  /** X - X B0. */
  readonly residuals: Residuals;
  /** The multiplier of each title's zero diagonal. */
  readonly multipliers: Float64Array;
}

/** Rows of a matrix that holds mostly zeros: viewer `v` spans `starts[v] .. starts[v + 1]`. */
interface Residuals {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly values: Float32Array;
}

/**
 * EASE (Steck 2019) drawn towards a content prior: minimises |X - XB|^2 + lambda |B - B0|^2 with diag(B) = 0, where B0
 * holds each title's similarity to its nearest by content and lambda = 4 sqrt(N) + 2. Solved in the dual, so that only
 * an N x N matrix is inverted: few viewers lean on content, many on each other.
 */
export function* peerModel(
  nearest: NearestTitles,
  allHistories: readonly (readonly number[])[],
): Steps<PeerModel> {
  const histories = [...allHistories].sort((a, b) => b.length - a.length).slice(0, MAX_PEERS);
  const titles = nearest.rows.length / nearest.count;
  const count = histories.length;
  const lambda = 4 * Math.sqrt(count) + 2;
  const prior = nearestOf(nearest);
  const gram = new Float64Array(count * count);
  for (const [viewer, history] of histories.entries()) {
    yield;
    const watched = markers(history, titles);
    for (let other = 0; other < count; other += 1) {
      gram[viewer * count + other] =
        overlap(watched, histories[other] ?? []) + (viewer === other ? lambda : 0);
    }
  }
  const residuals = yield* residualsOf(histories, prior, titles);
  const inverse = yield* invertPositiveDefinite(gram, count);
  return {
    prior,
    size: titles,
    histories,
    lambda,
    inverse,
    residuals,
    multipliers: yield* diagonalMultipliers(histories, inverse, residuals, lambda, titles),
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
  const { histories, inverse, residuals, size } = model;
  const count = histories.length;
  const watched = markers(history, size);
  const scores = new Float64Array(size);
  const overlaps = histories.map((other) => overlap(watched, other));
  const pull = new Float64Array(size);
  for (const row of history) pull[row] = 1;
  for (let viewer = 0; viewer < count; viewer += 1) {
    // The inverse is symmetric: its row is its column.
    let share = 0;
    for (let other = 0; other < count; other += 1)
      share += (overlaps[other] ?? 0) * (inverse[viewer * count + other] ?? 0);
    if (share === 0) continue;
    const end = residuals.starts[viewer + 1] ?? 0;
    for (let at = residuals.starts[viewer] ?? 0; at < end; at += 1) {
      const row = residuals.rows[at] ?? 0;
      scores[row] = (scores[row] ?? 0) + share * (residuals.values[at] ?? 0);
    }
    for (const row of histories[viewer] ?? []) pull[row] = (pull[row] ?? 0) - share;
  }
  for (let row = 0; row < size; row += 1) {
    scores[row] = (scores[row] ?? 0) - ((pull[row] ?? 0) / model.lambda) * (model.multipliers[row] ?? 0);
  }
  return { byContent: priorScores(model.prior, history, size), byViewers: scores };
}

/** X - X B0 of the histories, without its zeros. */
function* residualsOf(
  histories: readonly (readonly number[])[],
  prior: NearestOf,
  titles: number,
): Steps<Residuals> {
  const starts = new Int32Array(histories.length + 1);
  const rows: number[] = [];
  const values: number[] = [];
  for (const [viewer, history] of histories.entries()) {
    yield;
    const expected = priorScores(prior, history, titles);
    for (const row of history) expected[row] = (expected[row] ?? 0) - 1;
    for (let row = 0; row < titles; row += 1) {
      if (expected[row] === 0) continue;
      rows.push(row);
      values.push(-(expected[row] ?? 0));
    }
    starts[viewer + 1] = rows.length;
  }
  return { starts, rows: Int32Array.from(rows), values: Float32Array.from(values) };
}

/** g_j = (x_j' A r_j) lambda / (1 - x_j' A x_j), over the viewers who watched title j. */
function* diagonalMultipliers(
  histories: readonly (readonly number[])[],
  inverse: Float64Array,
  residuals: Residuals,
  lambda: number,
  titles: number,
): Steps<Float64Array> {
  const count = histories.length;
  const watchers: number[][] = Array.from({ length: titles }, () => []);
  for (const [viewer, history] of histories.entries()) for (const row of history) watchers[row]?.push(viewer);
  const products = new Float64Array(titles);
  for (let viewer = 0; viewer < count; viewer += 1) {
    yield;
    for (let at = residuals.starts[viewer] ?? 0; at < (residuals.starts[viewer + 1] ?? 0); at += 1) {
      const row = residuals.rows[at] ?? 0;
      let share = 0;
      for (const own of watchers[row] ?? []) share += inverse[viewer * count + own] ?? 0;
      products[row] = (products[row] ?? 0) + share * (residuals.values[at] ?? 0);
    }
  }
  const multipliers = new Float64Array(titles);
  let pairs = 0;
  for (const [row, own] of watchers.entries()) {
    pairs += own.length ** 2;
    if (pairs > STEP_PAIRS) {
      yield;
      pairs = 0;
    }
    let leverage = 0;
    for (const viewer of own) for (const other of own) leverage += inverse[viewer * count + other] ?? 0;
    multipliers[row] = ((products[row] ?? 0) * lambda) / (1 - leverage);
  }
  return multipliers;
}

/** Row of X B0: which share of each title's nearest by content was watched. */
function priorScores(prior: NearestOf, history: readonly number[], size: number): Float64Array {
  const scores = new Float64Array(size);
  for (const watched of history) {
    const end = prior.starts[watched + 1] ?? 0;
    for (let at = prior.starts[watched] ?? 0; at < end; at += 1) {
      const row = prior.rows[at] ?? 0;
      scores[row] = (scores[row] ?? 0) + (prior.weights[at] ?? 0);
    }
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
