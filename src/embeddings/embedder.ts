/** Vectors as an embedder answers them, in the order of the texts. */
export interface EmbeddingAnswer {
  /** One vector for each text: of one dimension, finite, of length 1. */
  readonly vectors: readonly Float32Array[];
  /** Tokens the provider counted for the whole batch; null when it counts none. */
  readonly tokens: number | null;
}

/** Something that turns texts into vectors. */
export interface Embedder {
  /** Name under which the vectors are stored: vectors of one model are comparable with each other only. */
  readonly model: string;
  /** Who embeds: `offline`, or the host of the endpoint. */
  readonly provider: string;
  /** Dimension of the vectors; null while only an answer can tell. */
  readonly dimensions: number | null;
  /** US dollars for a million tokens; null when that is not known. */
  readonly pricePerMillionTokens: number | null;
  /** Tokens of one text at most, by the estimate of `estimateTokens`. */
  readonly maxTextTokens: number;
  /** Texts in one call at most. */
  readonly maxBatchTexts: number;
  /** Tokens in one call at most, by the same estimate. */
  readonly maxBatchTokens: number;
  /** Calls that may be open at the same time. */
  readonly concurrency: number;
  /** The embedder of another model of the same provider, by the name under which its vectors are stored; null when there is none. */
  withModel(model: string): Embedder | null;
  /**
   * Embeds non-empty texts, within the limits above.
   *
   * @throws ShowrunnerError `LIMIT_EXCEEDED` with field `text` when the provider finds a text or the batch too long,
   *   `BAD_INPUT` with field `text` when it refuses a text of the batch for another reason, `PROVIDER_REFUSED` or
   *   `PROVIDER_BAD_ANSWER` when no text can succeed, `PROVIDER_UNREACHABLE` when it may later
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<EmbeddingAnswer>;
}
