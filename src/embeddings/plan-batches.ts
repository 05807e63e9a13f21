import { estimateTokens } from './embedder.ts';

/** Limits of one call of an embedder. */
export interface BatchLimits {
  readonly maxBatchTexts: number;
  readonly maxBatchTokens: number;
}

/** Cuts items into consecutive batches within the limits; a text above the token limit gets a batch of its own. */
export function planBatches<Item extends { readonly text: string }>(
  items: readonly Item[],
  limits: BatchLimits,
): Item[][] {
  const batches: Item[][] = [];
  let batch: Item[] = [];
  let tokens = 0;
  for (const item of items) {
    const more = estimateTokens(item.text);
    if (batch.length > 0 && (batch.length >= limits.maxBatchTexts || tokens + more > limits.maxBatchTokens)) {
      batches.push(batch);
      batch = [];
      tokens = 0;
    }
    batch.push(item);
    tokens += more;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
