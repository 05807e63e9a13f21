import type { Evidence } from '../../drizzle/tables/recommendations.ts';

/** What an explanation needs beside the evidence. */
export interface ExplanationFacts {
  /** Name of a title by its id. */
  readonly nameOf: (titleId: number) => string | undefined;
  /** The picked title's rating, 0..10. */
  readonly rating: number | null;
  readonly year: number | null;
}

const MAX_SENTENCES = 3;

/** Words the evidence of a pick, strongest first, in up to three short sentences; null when there is nothing to say. */
export function explain(evidence: readonly Evidence[], facts: ExplanationFacts): string | null {
  const sentences = [
    similarSentence(evidence, facts),
    ...evidence.map((entry) => sentenceOf(entry, facts)),
  ].filter((sentence) => sentence !== null);
  return sentences.length === 0 ? null : sentences.slice(0, MAX_SENTENCES).join(' ');
}

function similarSentence(evidence: readonly Evidence[], facts: ExplanationFacts): string | null {
  const similar = evidence.filter((entry) => entry.kind === 'SIMILAR_TO_WATCHED');
  const names = similar.flatMap(({ titleId }) =>
    titleId === undefined ? [] : (facts.nameOf(titleId) ?? []),
  );
  if (names.length === 0) return null;
  const traits = [...new Set(similar.flatMap((entry) => entry.traits ?? []))].slice(0, 3);
  const because = `Because you watched ${enumerate(names)}`;
  return traits.length === 0 ? `${because}.` : `${because}: ${enumerate(traits)}.`;
}

function sentenceOf(entry: Evidence, facts: ExplanationFacts): string | null {
  if (entry.kind === 'SHARED_TRAITS' && entry.traits?.length)
    return `You watch a lot of ${enumerate(entry.traits)}.`;
  if (entry.kind === 'VIEWERS_LIKE_YOU')
    return `${entry.count} viewers with a history like yours watched it.`;
  if (entry.kind === 'WELL_RATED' && facts.rating !== null) return `Rated ${facts.rating.toFixed(1)} of 10.`;
  if (entry.kind === 'FRESH' && facts.year !== null) return `New in ${facts.year}.`;
  return null;
}

function enumerate(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
