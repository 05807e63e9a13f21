import type { Evidence } from '../../drizzle/tables/recommendations.ts';

/** What an explanation needs beside the evidence. */
export interface ExplanationFacts {
  /** Name of a title by its id. */
  readonly nameOf: (titleId: number) => string | undefined;
  /** The picked title's rating, 0..10. */
  readonly rating: number | null;
  readonly year: number | null;
  /** Chooses among phrasings, so that a list does not begin each sentence alike; equal seeds give equal words. */
  readonly seed: number;
}

const MAX_SENTENCES = 3;
/** Fewer than two viewers would tell who they are. */
const MIN_VIEWERS = 2;

/** Words the evidence of a pick, strongest first, in up to three short sentences; null when there is nothing to say. */
export function explain(evidence: readonly Evidence[], facts: ExplanationFacts): string | null {
  const sentences = [
    similarSentence(evidence, facts),
    ...evidence.map((entry) => sentenceOf(entry, facts)),
  ].filter((sentence) => sentence !== null);
  return sentences.length === 0 ? null : sentences.slice(0, MAX_SENTENCES).join(' ');
}

/** Joins words as English does: `A`, `A and B`, `A, B and C`; what holds a comma or an "and" of its own is quoted. */
export function enumerate(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  const clear = words.map((word) => (/,| and /i.test(word) ? `“${word}”` : word));
  return `${clear.slice(0, -1).join(', ')} and ${clear.at(-1)}`;
}

/** Ends a sentence, unless its last word does (`S.W.A.T.`). */
export function sentence(text: string): string {
  return /[.!?…]”?$/.test(text) ? text : `${text}.`;
}

/** One of the phrasings; those of one seed differ from kind to kind. */
export function phrasing<Phrase>(phrases: readonly [Phrase, ...Phrase[]], seed: number): Phrase {
  return phrases[Math.abs(Math.trunc(seed)) % phrases.length] ?? phrases[0];
}

function similarSentence(evidence: readonly Evidence[], facts: ExplanationFacts): string | null {
  const similar = evidence.filter((entry) => entry.kind === 'SIMILAR_TO_WATCHED');
  const watched = similar.flatMap(({ titleId }) =>
    titleId === undefined ? [] : (facts.nameOf(titleId) ?? []),
  );
  if (watched.length === 0) return null;
  const names = enumerate(watched);
  const shared = enumerate([...new Set(similar.flatMap((entry) => entry.traits ?? []))].slice(0, 3));
  const them = watched.length === 1 ? 'it' : 'them';
  const plain = [
    `Because you watched ${names}`,
    `You watched ${names}, and this is like ${them}`,
    `This is for those who, like you, watched ${names}`,
  ] as const;
  const withTraits = [
    `Because you watched ${names}: ${shared}`,
    `You watched ${names}, and this shares ${shared} with ${them}`,
    `What you found in ${names} is here too: ${shared}`,
  ] as const;
  return sentence(phrasing(shared === '' ? plain : withTraits, facts.seed));
}

function sentenceOf(entry: Evidence, facts: ExplanationFacts): string | null {
  const { seed, rating, year } = facts;
  if (entry.kind === 'SHARED_TRAITS' && entry.traits?.length) {
    const traits = enumerate(entry.traits);
    return sentence(
      phrasing([`You watch a lot of ${traits}`, `Much of what you watch has ${traits} in it`], seed),
    );
  }
  if (entry.kind === 'VIEWERS_LIKE_YOU' && (entry.count ?? 0) >= MIN_VIEWERS) {
    return phrasing(
      [
        `${entry.count} viewers with a history like yours watched it.`,
        `${entry.count} viewers who watch what you watch have seen it.`,
      ],
      seed,
    );
  }
  if (entry.kind === 'POPULAR') return popularSentence(entry.count, seed);
  if (entry.kind === 'WELL_RATED' && rating !== null)
    return phrasing([`Rated ${rating.toFixed(1)} of 10.`, `It has a rating of ${rating.toFixed(1)}.`], seed);
  if (entry.kind === 'FRESH' && year !== null)
    return phrasing([`New in ${year}.`, `It is from ${year}.`], seed);
  return null;
}

function popularSentence(count: number | undefined, seed: number): string | null {
  if (count === undefined) return phrasing(['It is widely known.', 'Many people know it.'], seed);
  if (count < MIN_VIEWERS) return null;
  return phrasing([`${count} others here have watched it.`, `It was watched by ${count} others here.`], seed);
}
