import type { ScorePart } from '../../drizzle/tables/recommendations.ts';
import type { Audience, ViewerTaste } from './audience.ts';
import { type FeatureName, measureFeatures } from './features.ts';
import type { Library } from './library.ts';
import type { ScorerWeights, WeightName } from './weights.ts';

/** The signals that a score is made of, in the order in which they are added, each with its features and their weights. */
const SIGNALS = [
  {
    signal: 'CONTENT',
    features: [
      ['embeddingMean', 'embeddingMean'],
      ['embeddingP4', 'embeddingP4'],
      ['embeddingP8', 'embeddingP8'],
      ['embeddingRecent', 'embeddingRecent'],
      ['text', 'text'],
      ['traits', 'traits'],
      ['peersByContent', 'peers'],
      ['peersByContentScaled', 'peersScaled'],
    ],
  },
  {
    signal: 'VIEWERS_LIKE_YOU',
    features: [
      ['neighbours', 'neighbours'],
      ['peersByViewers', 'peers'],
      ['peersByViewersScaled', 'peersScaled'],
    ],
  },
  {
    signal: 'POPULARITY',
    features: [
      ['viewers', 'viewers'],
      ['seen', 'seen'],
      ['votes', 'votes'],
    ],
  },
  { signal: 'RATING', features: [['rating', 'rating']] },
  { signal: 'FRESHNESS', features: [['fresh', 'fresh']] },
  { signal: 'ERA', features: [['yearTaste', 'yearTaste']] },
] as const satisfies readonly {
  signal: string;
  features: readonly (readonly [FeatureName, WeightName])[];
}[];

export type Signal = (typeof SIGNALS)[number]['signal'];

/** Scores of every row of a library for one viewer. */
export interface TitleScores {
  readonly scores: Float64Array;
  /** What each signal contributed; for every row they sum to its score exactly, added in this order. */
  readonly bySignal: ReadonlyMap<Signal, Float64Array>;
}

/** The ranges that the weights were trained in: beyond them nothing is known, so nothing is extrapolated. */
const MAX_VIEWERS = 110;
const MAX_HISTORY = 300;

/** What weights follow: the logarithms of the server's size and of the length of the viewer's history. */
export function weightFactors(viewers: number, history: number): { logViewers: number; logHistory: number } {
  return {
    logViewers: Math.log(Math.min(MAX_VIEWERS, Math.max(1, viewers))),
    logHistory: Math.log(1 + Math.min(MAX_HISTORY, history)),
  };
}

/** Scores a whole library for one viewer with a linear model whose weights follow server size and history length. */
export function scoreTitles(
  library: Library,
  audience: Audience,
  taste: ViewerTaste,
  weights: ScorerWeights,
  currentYear: number,
): TitleScores {
  const features = measureFeatures(library, audience, taste, currentYear);
  const { logViewers, logHistory } = weightFactors(audience.viewers.length, taste.liked.length);
  const scores = new Float64Array(library.titles.length);
  const bySignal = new Map<Signal, Float64Array>();
  for (const { signal, features: parts } of SIGNALS) {
    const part = new Float64Array(library.titles.length);
    for (const [feature, name] of parts) {
      const values = features[feature];
      const weight = weights[name];
      if (!values || !weight) continue;
      const factor = weight[0] + weight[1] * logViewers + weight[2] * logHistory;
      for (let row = 0; row < part.length; row += 1)
        part[row] = (part[row] ?? 0) + factor * (values[row] ?? 0);
    }
    bySignal.set(signal, part);
    for (let row = 0; row < part.length; row += 1) scores[row] = (scores[row] ?? 0) + (part[row] ?? 0);
  }
  return { scores, bySignal };
}

/** The parts of one row's score. */
export function scoreParts(result: TitleScores, row: number): ScorePart[] {
  return [...result.bySignal].map(([signal, values]) => ({ signal, contribution: values[row] ?? 0 }));
}
