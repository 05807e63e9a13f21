/**
 * Weights of the scorer: a feature counts `w0 + w1 ln(viewers of the server) + w2 ln(1 + series the viewer watched)`.
 * They were trained offline on published viewing histories of television series and of anime, on servers of 1 to 110
 * viewers, to rank held-out series first; nothing of those histories is kept here but these numbers.
 */
export type FeatureWeights = readonly [w0: number, w1: number, w2: number];

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

/** For libraries with embeddings. */
export const EMBEDDING_SCORER: Scorer = {
  version: 'linear-embeddings-1',
  weights: {
    text: [-0.9513, -0.03277, 0.3669],
  },
};

/** For libraries without embeddings: words and traits carry the content. */
export const LEXICAL_SCORER: Scorer = {
  version: 'linear-lexical-1',
  weights: {
    text: [-0.9513, -0.03277, 0.3669],
    traits: [0.09207, 0.05923, -0.07386],
    rating: [0.2103, -0.01849, 0.01238],
    fresh: [-1.289, 0.02222, 0.4436],
    yearTaste: [1.225, -0.03828, -0.3767],
    viewers: [0.5115, 0.1083, 0.1182],
    seen: [0.1269, -0.05313, -0.2276],
    neighbours: [0.6327, 0.03077, -2.44],
    peers: [12.19, -13.44, 12.8],
    peersScaled: [0.5025, -0.1353, 0.4056],
  },
};

/** The weights that fit what is known of a library. */
export function scorerFor(hasEmbeddings: boolean): Scorer {
  return hasEmbeddings ? EMBEDDING_SCORER : LEXICAL_SCORER;
}
