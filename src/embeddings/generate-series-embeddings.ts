import { z } from 'zod';
import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { cutOver, wouldCutOver } from './cut-over.ts';
import type { TitleText } from './embed-texts.ts';
import { type EmbeddedTitles, embedTitles } from './embed-titles.ts';
import type { Embedder } from './embedder.ts';
import { embeddedHashes } from './embeddings.repo.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { findUpkeep, keepActiveFresh } from './keep-active-fresh.ts';
import { costMicroUsd } from './provider-prices.ts';
import { titleTexts } from './title-texts.ts';

/** Titles that a dry run names one by one. */
const SHOWN_TITLES = 100;

/** Parameters of `generateSeriesEmbeddings`. */
export const GenerateSeriesEmbeddingsInput = z.object({
  /** Embeds titles again whose text did not change. */
  force: z.boolean().optional(),
  /** Only these titles; all when left out. */
  titleIds: z.array(z.number().int().positive()).optional(),
  /** At most so many titles; the next run goes on with the rest. */
  limit: z.number().int().positive().optional(),
  /** Only counts what would be embedded, with tokens and cost estimated. */
  dryRun: z.boolean().optional(),
});
export type GenerateSeriesEmbeddingsInput = z.infer<typeof GenerateSeriesEmbeddingsInput>;

type Context = VerbContext & { readonly embedder: Embedder };

/**
 * Embeds every title whose text or model changed and stores each batch as it comes, so that a stopped run loses what
 * was under way at most. The embedder's model takes over from the active one, in one step, when every title has its
 * vector; as long as that takes more than one run, titles that change are embedded with both.
 *
 * @returns counts: `titles` looked at, `embedded`, `unchanged`, `failed`, `truncated` of the embedded ones, `alsoEmbedded`
 *   with the model that is still active, `activated` 1 when the model changed; `tokens` and `costMicroUsd` where known
 * @throws ShowrunnerError `PROVIDER_REFUSED`, `PROVIDER_BAD_ANSWER` or `PROVIDER_UNREACHABLE` from the embedder
 */
export async function generateSeriesEmbeddings(
  context: Context,
  input: GenerateSeriesEmbeddingsInput = {},
): Promise<Record<string, number>> {
  const { db, signal, progress, embedder } = context;
  progress.step('Find titles to embed');
  const all = await titleTexts(db);
  signal.throwIfAborted();
  const selected = input.titleIds ? onlyTitles(all, input.titleIds) : all;
  const hashes = await embeddedHashes(db, embedder.model);
  const isCurrent = (item: TitleText) => hashes.get(item.titleId) === item.textHash;
  const due = selected.filter((item) => input.force || !isCurrent(item)).slice(0, input.limit);
  const looked = {
    titles: selected.length,
    unchanged: selected.filter(isCurrent).length - (input.force ? due.filter(isCurrent).length : 0),
  };
  const upkeep = await findUpkeep(context, selected, due.length < all.length && isPartial(input));
  signal.throwIfAborted();
  if (input.dryRun) {
    if (upkeep)
      progress.log('info', `Would embed ${upkeep.due.length} titles with ${upkeep.embedder.model} too.`);
    const alsoEmbedded = upkeep?.due.length ?? 0;
    return { ...looked, alsoEmbedded, ...(await planned(context, all, due)) };
  }
  const kept = upkeep && (await keepActiveFresh(context, upkeep));
  const done = await embedTitles(context, embedder, due);
  return {
    ...looked,
    embedded: done.embedded,
    failed: done.failedIds.size,
    truncated: done.truncated,
    alsoEmbedded: kept?.embedded ?? 0,
    ...spent(kept ? [kept, done] : [done]),
    activated: await cutOver(context, embedder.model, { all, ...done }),
  };
}

function isPartial({ limit, titleIds }: GenerateSeriesEmbeddingsInput): boolean {
  return limit !== undefined || titleIds !== undefined;
}

/** The sums, without those that are not known. */
function spent(parts: readonly Pick<EmbeddedTitles, 'tokens' | 'costMicroUsd'>[]): Record<string, number> {
  const sum = (values: readonly (number | null)[]) =>
    values.reduce((total, value) => (total === null || value === null ? null : total + value), 0);
  const tokens = sum(parts.map((part) => part.tokens));
  const cost = sum(parts.map((part) => part.costMicroUsd));
  return {
    ...(tokens !== null && { tokens }),
    ...(cost !== null && { costMicroUsd: Math.round(cost) }),
  };
}

/** What a run would count, found without asking the provider. */
async function planned(
  context: Context,
  all: readonly TitleText[],
  due: readonly TitleText[],
): Promise<Record<string, number>> {
  const { progress, embedder } = context;
  const { maxTextTokens, model, pricePerMillionTokens } = embedder;
  const wanted = due.filter((item) => item.text !== '');
  const sizes = wanted.map((item) => estimateTokens(item.text));
  const tokens = sizes.reduce((sum, size) => sum + Math.min(size, maxTextTokens), 0);
  for (const item of due.slice(0, SHOWN_TITLES)) progress.log('info', `Would embed ${item.name}.`);
  progress.log('info', `Would embed ${wanted.length} titles, about ${tokens} tokens, with ${model}.`);
  return {
    embedded: wanted.length,
    failed: due.length - wanted.length,
    truncated: sizes.filter((size) => size > maxTextTokens).length,
    ...spent([{ tokens, costMicroUsd: costMicroUsd(tokens, pricePerMillionTokens) }]),
    activated: await wouldCutOver(context, model, all, new Set(due.map((item) => item.titleId))),
  };
}

function onlyTitles(all: readonly TitleText[], titleIds: readonly number[]): TitleText[] {
  const wanted = new Set(titleIds);
  const found = all.filter((item) => wanted.has(item.titleId));
  if (found.length === wanted.size) return found;
  const missing = titleIds.find((id) => !found.some((item) => item.titleId === id));
  throw new ShowrunnerError('NOT_FOUND', `There is no title ${missing} on the media server.`, {
    field: 'titleIds',
    value: String(missing),
  });
}
