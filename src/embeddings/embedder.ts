/** Vectors as an embedder answers them, in the order of the texts. */
export interface EmbeddingAnswer {
  /** One vector for each text: of one dimension, finite, of length 1. */
  readonly vectors: readonly Float32Array[];
  /** Tokens the provider counted for the whole batch; 0 when it counts none. */
  readonly tokens: number;
}

/** Something that turns texts into vectors. */
export interface Embedder {
  /** Name under which the vectors are stored: vectors of one model are comparable with each other only. */
  readonly model: string;
  /** Dimension of the vectors; null while only an answer can tell. */
  readonly dimensions: number | null;
  /** Texts in one call at most. */
  readonly maxBatchTexts: number;
  /** Tokens in one call at most, by the estimate of `estimateTokens`. */
  readonly maxBatchTokens: number;
  /** Calls that may be open at the same time. */
  readonly concurrency: number;
  /**
   * Embeds non-empty texts, within the limits above.
   *
   * @throws ShowrunnerError `BAD_INPUT` with field `text` when the provider refuses a text of the batch,
   *   `PROVIDER_REFUSED` or `PROVIDER_BAD_ANSWER` when no text can succeed, `PROVIDER_UNREACHABLE` when it may later
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<EmbeddingAnswer>;
}

/** Tokens of a text as byte-pair encoders count English, rounded up: one for every four characters. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
