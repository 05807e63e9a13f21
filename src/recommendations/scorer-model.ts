import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Tree } from './forest.ts';
import { CONDITIONS, type Condition, type Conditions } from './viewer-conditions.ts';

/** Features that the linear half weighs, by the names of `measureFeatures`; the two peer scores stand for both their halves. */
export const LINEAR_FEATURES = [
  'embeddingMean',
  'embeddingP4',
  'embeddingP8',
  'embeddingRecent',
  'text',
  'traits',
  'votes',
  'rating',
  'fresh',
  'yearTaste',
  'viewers',
  'seen',
  'neighbours',
  'peers',
  'peersScaled',
] as const;

/** Features that trees ask for. */
export const TREE_FEATURES = [
  'embeddingMean',
  'embeddingP4',
  'embeddingP8',
  'embeddingRecent',
  'embeddingRank',
  'text',
  'textRank',
  'traits',
  'name',
  'genres',
  'networks',
  'nearest',
  'votes',
  'votesRank',
  'votesTaste',
  'rating',
  'ratingTaste',
  'fresh',
  'year',
  'yearTaste',
  'length',
  'lengthTaste',
  'viewers',
  'neighbours',
  'neighboursRank',
  'peersScaled',
  'peersRank',
] as const;

export type LinearFeature = (typeof LINEAR_FEATURES)[number];
export type TreeFeature = (typeof TREE_FEATURES)[number];

/** What a server may have to do without: votes, embeddings, and what its viewers' histories have in common. */
const LACKS = ['votes', 'embeddings', 'peers'] as const;

/** What is missing. */
export type Lacks = Readonly<Record<(typeof LACKS)[number], boolean>>;

const Numbers = z.array(z.number());
/** Weights of each feature: plain, for each condition, and for each thing that may be missing. */
export const FACTOR_COUNT = 1 + CONDITIONS.length + LACKS.length;
const Weights = Numbers.length(FACTOR_COUNT);

const ScorerModel = z.object({
  version: z.string().min(1),
  /** Mean and deviation of each condition over the training data. */
  conditions: z.record(z.enum(CONDITIONS), z.tuple([z.number(), z.number().positive()])),
  /** For each feature its weight, what every condition adds to it, and what the lack of votes, embeddings and peers adds. */
  linear: z.record(z.enum(LINEAR_FEATURES), Weights),
  trees: z.array(
    z
      .object({
        inputs: z.array(z.enum([...TREE_FEATURES, ...CONDITIONS])),
        thresholds: Numbers,
        leaves: Numbers,
        covers: Numbers,
      })
      .refine(
        ({ inputs, thresholds, leaves, covers }) =>
          thresholds.length === inputs.length &&
          leaves.length === 2 ** inputs.length &&
          covers.length === leaves.length,
      ),
  ),
  /** What turns sums into log-odds: a constant, and what the spread, the titles and the history count. */
  base: z.object({ constant: z.number(), spread: z.number(), logTitles: z.number(), logHistory: z.number() }),
});

/**
 * A scorer: a linear model whose weights follow the conditions of the viewer, and a forest of small trees, added up to the
 * logarithm of the odds that the viewer watches a title. The odds are right over all viewers that it was calibrated on and had
 * not seen; on one kind of server they may be up to 1.8 times too high or too low, and they are too low for beginners. Within
 * one viewer's titles that changes no order.
 */
export interface ScorerModel extends Omit<z.infer<typeof ScorerModel>, 'trees'> {
  readonly trees: readonly Tree<TreeFeature | Condition>[];
}

/** Reads a model; throws where it is not one. */
export function parseScorerModel(value: unknown): ScorerModel {
  return ScorerModel.parse(value);
}

/** What `npm run bench:recommend:train` writes, given published viewing histories; nothing of them is in it but coefficients. */
export const SHIPPED_SCORER: ScorerModel = parseScorerModel(
  JSON.parse(readFileSync(new URL('./scorer-model.json', import.meta.url), 'utf8')),
);

/** Conditions beyond these many deviations say no more: nothing was learnt there. */
const MAX_DEVIATIONS = 2.5;

/** What the weights of the linear half multiply: 1, the standardised conditions, and 1 for each thing that is missing. */
export function linearFactors(
  model: Pick<ScorerModel, 'conditions'>,
  conditions: Conditions,
  lacks: Lacks,
): number[] {
  const standardised = CONDITIONS.map((name) => {
    const [mean, deviation] = model.conditions[name];
    return Math.max(-MAX_DEVIATIONS, Math.min(MAX_DEVIATIONS, (conditions[name] - mean) / deviation));
  });
  return [1, ...standardised, ...LACKS.map((name) => (lacks[name] ? 1 : 0))];
}
