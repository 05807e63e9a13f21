/** US dollars that OpenAI asks for a million tokens (its price list, 2026-11). */
const OPENAI_PRICES: ReadonlyMap<string, number> = new Map([
  ['text-embedding-3-small', 0.02],
  ['text-embedding-3-large', 0.13],
  ['text-embedding-ada-002', 0.1],
]);

/** Host of OpenAI's own endpoint. */
export const OPENAI_HOST = 'api.openai.com';

/**
 * US dollars for a million tokens: what the operator says, else what OpenAI asks for its own models at its own
 * endpoint, else null. Nothing is guessed for endpoints of others.
 */
export function pricePerMillionTokens(
  provider: string,
  model: string,
  configured: number | null,
): number | null {
  if (configured !== null) return configured;
  return provider === OPENAI_HOST ? (OPENAI_PRICES.get(model) ?? null) : null;
}

/** Cost of tokens in millionths of a US dollar; null when either is not known. */
export function costMicroUsd(tokens: number | null, pricePerMillion: number | null): number | null {
  if (pricePerMillion === 0) return 0;
  return tokens === null || pricePerMillion === null ? null : tokens * pricePerMillion;
}
