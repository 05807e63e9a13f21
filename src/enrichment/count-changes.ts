import type { EndedLookup } from './enrichment.repo.ts';
import type { LookupsOfTitle } from './look-up-title.ts';
import type { SeriesFacts } from './metadata-source.ts';

/** Whether look-ups of a title changed what is known of it: any fact, and what its embedding is made of. */
export function countChanges(
  ended: readonly EndedLookup[],
  stored: LookupsOfTitle,
): { readonly facts: boolean; readonly texts: boolean } {
  const pairs = ended
    .filter(({ outcome }) => outcome !== 'FAILED')
    .map(({ source, found }) => [stored.get(source)?.facts ?? null, found?.facts ?? null] as const);
  return {
    facts: pairs.some(([before, after]) => allOf(before) !== allOf(after)),
    texts: pairs.some(([before, after]) => textOf(before) !== textOf(after)),
  };
}

function textOf(facts: SeriesFacts | null): string {
  return JSON.stringify([facts?.keywords ?? [], facts?.genres ?? [], facts?.networks ?? []]);
}

function allOf(facts: SeriesFacts | null): string {
  return JSON.stringify([
    textOf(facts),
    facts?.status ?? null,
    facts?.voteAverage ?? null,
    facts?.voteCount ?? null,
    facts?.popularity ?? null,
  ]);
}
