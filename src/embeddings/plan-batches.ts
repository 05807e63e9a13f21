import { estimateTokens } from './estimate-tokens.ts';

/** Limits of one call of an embedder, and how many calls are open at the same time. */
export interface BatchLimits {
  readonly maxBatchTexts: number;
  readonly maxBatchTokens: number;
  readonly concurrency: number;
}

/** Calls that each of those open at the same time makes at least, so that little is left to do when the last one ends. */
const CALLS_EACH = 4;
/** Fewer texts are not worth a call of their own. */
const LEAST_TEXTS = 32;

/**
 * Cuts items into consecutive batches within the limits; a text above the token limit gets a batch of its own. They are
 * of one size, and as many as keep all calls busy to the end.
 */
export function planBatches<Item extends { readonly text: string }>(
  items: readonly Item[],
  limits: BatchLimits,
): Item[][] {
  const maxTexts = textsOfBatch(items.length, limits);
  const batches: Item[][] = [];
  let batch: Item[] = [];
  let tokens = 0;
  for (const item of items) {
    const more = estimateTokens(item.text);
    if (batch.length > 0 && (batch.length >= maxTexts || tokens + more > limits.maxBatchTokens)) {
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

function textsOfBatch(count: number, { maxBatchTexts, concurrency }: BatchLimits): number {
  const wanted = Math.min(CALLS_EACH * concurrency, Math.floor(count / LEAST_TEXTS));
  const batches = Math.max(Math.ceil(count / maxBatchTexts), wanted, 1);
  return Math.ceil(count / (batches === 1 ? 1 : Math.ceil(batches / concurrency) * concurrency));
}
