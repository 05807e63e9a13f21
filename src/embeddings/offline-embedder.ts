import type { Embedder } from './embedder.ts';
import { type EmbeddingTextField, embeddingTextFields } from './embedding-text.ts';
import { lexicalTokens } from './lexical-tokens.ts';

/** Name of the offline model; its number goes up whenever the same text gives another vector. */
export const OFFLINE_MODEL = 'offline-lexical-v1';

const DIMENSIONS = 768;

/** What one occurrence in a field counts: curated words say more of a series than a word of its overview. */
const FIELD_WEIGHTS: Record<EmbeddingTextField, number> = {
  Title: 1,
  Overview: 1,
  Genres: 2.5,
  Keywords: 2,
  Network: 1,
};

/** What a pair of neighbouring words counts beside its words. */
const PAIR_WEIGHT = 0.5;

/**
 * The default embedder: deterministic lexical vectors, computed here without any network. Terms (words, word pairs,
 * whole genres, keywords and networks) are hashed with a sign into a fixed number of dimensions with sublinear weights
 * (feature hashing, Weinberger et al. 2009). It sees shared words, not meaning.
 */
export function createOfflineEmbedder(): Embedder {
  return {
    model: OFFLINE_MODEL,
    provider: 'offline',
    dimensions: DIMENSIONS,
    pricePerMillionTokens: 0,
    maxTextTokens: Number.POSITIVE_INFINITY,
    maxBatchTexts: 100,
    maxBatchTokens: Number.POSITIVE_INFINITY,
    concurrency: 1,
    withModel: () => null,
    embed: async (texts, signal) => {
      signal.throwIfAborted();
      return { vectors: texts.map(lexicalVector), tokens: 0 };
    },
  };
}

/** The vector of one embedding text, of length 1; a text without any word gets the vector of its raw characters. */
export function lexicalVector(text: string): Float32Array {
  const terms = weightedTerms(text);
  if (terms.size === 0) terms.set(`text:${text}`, 1);
  const vector = new Float32Array(DIMENSIONS);
  for (const [term, weight] of terms) {
    const hash = fnv1a(term);
    const slot = hash % DIMENSIONS;
    const sign = (hash / DIMENSIONS) & 1 ? 1 : -1;
    vector[slot] = (vector[slot] ?? 0) + sign * (1 + Math.log(Math.max(1, weight))) * Math.min(1, weight);
  }
  const length = Math.hypot(...vector);
  // Signs may cancel out in a text of two terms: any fixed direction serves it as well as another.
  if (length === 0) return vector.fill(1 / Math.sqrt(DIMENSIONS));
  return vector.map((value) => value / length);
}

function weightedTerms(text: string): Map<string, number> {
  const terms = new Map<string, number>();
  const add = (term: string, weight: number) => terms.set(term, (terms.get(term) ?? 0) + weight);
  for (const [field, value] of embeddingTextFields(text)) {
    const weight = FIELD_WEIGHTS[field];
    if (field === 'Genres' || field === 'Keywords' || field === 'Network') {
      for (const whole of value.split(', ')) add(`${field}:${whole.toLowerCase()}`, weight);
    }
    const tokens = lexicalTokens(field === 'Title' ? value.replace(/ \(\d{4}\)$/, '') : value);
    for (const [index, token] of tokens.entries()) {
      add(token, weight);
      const next = tokens[index + 1];
      if (next !== undefined && field === 'Overview') add(`${token} ${next}`, PAIR_WEIGHT);
    }
  }
  return terms;
}

/** FNV-1a over UTF-16 units with a final mix, as an unsigned 32-bit number. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
