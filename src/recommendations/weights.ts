import { OFFLINE_MODEL } from '../embeddings/offline-embedder.ts';

/**
 * Weights of the scorer: a feature counts `w0 + w1 ln(viewers of the server) + w2 ln(1 + series the viewer watched)`.
 * They were fitted by `bench/recommend/train.ts` to published viewing histories of television series, on servers of 1 to
 * 110 viewers, so that series watched later rank first; nothing of those histories is kept here but these numbers. Media
 * servers know no votes, so none are used.
 */
type FeatureWeights = readonly [w0: number, w1: number, w2: number];

/** What has a weight: features of one name, or the two halves of the collaborative score together. */
export type WeightName =
  | 'embeddingMean'
  | 'embeddingP4'
  | 'embeddingP8'
  | 'embeddingRecent'
  | 'text'
  | 'traits'
  | 'votes'
  | 'rating'
  | 'fresh'
  | 'yearTaste'
  | 'viewers'
  | 'seen'
  | 'neighbours'
  | 'peers'
  | 'peersScaled';

/** Weights of a scorer; a feature without one is not used. */
export type ScorerWeights = Partial<Record<WeightName, FeatureWeights>>;

/** A set of weights with the name that is kept with every recommendation made with it. */
export interface Scorer {
  readonly version: string;
  readonly weights: ScorerWeights;
}

/** For series with vectors of a language model. */
export const EMBEDDING_SCORER: Scorer = {
  version: 'series-embeddings-1',
  weights: {
    embeddingMean: [0.107, -0.006656, 0.07457],
    embeddingP4: [-0.02447, -0.006352, 0.02963],
    embeddingP8: [-0.08621, -0.001172, 0.001864],
    embeddingRecent: [0.2389, -0.01931, 0.00186],
    text: [-0.124, 0.003, 0.0297],
    traits: [-0.07757, 0.05251, -0.02868],
    rating: [0.1979, -0.003396, 0.007959],
    fresh: [-0.1604, 0.05337, 0.1663],
    yearTaste: [0.2904, -0.07427, -0.179],
    viewers: [0.8025, 0.1746, 0.01393],
    seen: [-0.6397, -0.08482, -0.03321],
    neighbours: [4.726, -1.146, -2.031],
    peers: [11.33, -9.882, 8.456],
    peersScaled: [-0.09396, -0.06649, 0.4353],
  },
};

/** For series with vectors of the offline embedder. */
export const OFFLINE_SCORER: Scorer = {
  version: 'series-offline-1',
  weights: {
    embeddingMean: [0.2156, 0.006664, 0.05809],
    embeddingP4: [0.03538, -0.01117, -0.004559],
    embeddingP8: [-0.002257, -0.0009478, 0.005016],
    embeddingRecent: [0.1704, -0.01025, 0.008116],
    text: [-0.1767, 0.0002034, 0.06014],
    traits: [-0.1456, 0.04567, -0.04387],
    rating: [0.2118, -0.008838, -0.00241],
    fresh: [-0.152, 0.04487, 0.1326],
    yearTaste: [0.3161, -0.07491, -0.1241],
    viewers: [0.8787, 0.1549, 0.001934],
    seen: [-0.724, -0.05921, -0.02481],
    neighbours: [5.146, -1.179, -1.907],
    peers: [9.629, -9.057, 7.796],
    peersScaled: [-0.1382, -0.0673, 0.4459],
  },
};

/** For series without vectors: words and traits carry the content. */
export const LEXICAL_SCORER: Scorer = {
  version: 'series-lexical-1',
  weights: {
    text: [-0.1774, 0.004598, 0.07177],
    traits: [-0.06571, 0.05493, -0.02898],
    rating: [0.2126, -0.009088, 0.005323],
    fresh: [-0.178, 0.05062, 0.1545],
    yearTaste: [0.3545, -0.07927, -0.1514],
    viewers: [0.7733, 0.1988, -0.007904],
    seen: [-0.6775, -0.08497, -0.01124],
    neighbours: [3.318, -0.6834, -2.575],
    peers: [13.93, -13.57, 12.34],
    peersScaled: [-0.06206, -0.07351, 0.49],
  },
};

/** The scorer that fits the embedding model in use; null for none. */
export function scorerFor(model: string | null): Scorer {
  if (model === null) return LEXICAL_SCORER;
  return model === OFFLINE_MODEL ? OFFLINE_SCORER : EMBEDDING_SCORER;
}
