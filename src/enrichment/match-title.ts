import { foldName, splitYear } from '../catalog/fold-name.ts';
import type { TitleIdentity } from './metadata-source.ts';

/** A hit of a search, as far as it helps to recognise a title. */
export interface MatchCandidate {
  readonly id: string;
  readonly names: readonly string[];
  readonly year: number | null;
}

/** Least confidence with which a hit is believed. */
export const MIN_CONFIDENCE = 0.8;

/** Confidence of an equal name by the distance of the years; further apart they are two series. */
const BY_YEAR_GAP = [1, 0.9] as const;
const ANOTHER_YEAR = 0.3;
/** One of the two has no year. */
const YEAR_UNKNOWN = 0.85;
/** An equal name but for what stands in brackets, such as `The Office (US)`. */
const BRACKETS_APART = 0.95;
/** A name that is only alike is never enough: sequels and spin-offs are named like that. */
const MOST_WHEN_ALIKE = 0.75;
/** Two hits closer than this cannot be told apart. */
const CLEAR_LEAD = 0.04;
/** What such a hit counts. */
const AMBIGUOUS = 0.5;

/**
 * The best of the hits with its confidence in 0..1: names are compared folded, years may be one apart. Two hits that fit
 * equally well halve it. Null when there is no hit.
 */
export function bestMatch<Candidate extends MatchCandidate>(
  title: TitleIdentity,
  candidates: readonly Candidate[],
): { readonly candidate: Candidate; readonly confidence: number } | null {
  const unique = [...new Map(candidates.map((candidate) => [candidate.id, candidate])).values()];
  const ranked = unique
    .map((candidate) => ({ candidate, confidence: confidenceOf(title, candidate) }))
    .sort((a, b) => b.confidence - a.confidence);
  const [best, second] = ranked;
  if (!best) return null;
  const isAmbiguous = second !== undefined && best.confidence - second.confidence < CLEAR_LEAD;
  return isAmbiguous ? { ...best, confidence: best.confidence * AMBIGUOUS } : best;
}

/** The name and year to search for: `Castle (2009)` is called `Castle`. */
export function searchTerms(title: TitleIdentity): { readonly name: string; readonly year: number | null } {
  const { name, year } = splitYear(title.name);
  return { name, year: title.year ?? year };
}

/** How sure it is that a hit is the title, 0..1. */
function confidenceOf(title: TitleIdentity, candidate: MatchCandidate): number {
  return nameLikeness(title, candidate) * yearLikeness(searchTerms(title).year, candidate.year);
}

/**
 * Whether what an id led to may be the title: ids on media servers are now and then wrong. Both another name and another
 * year speak against it; either alone does not, because names are translated and years are told differently.
 */
export function isPlausible(title: TitleIdentity, candidate: MatchCandidate): boolean {
  if (nameLikeness(title, candidate) > MOST_WHEN_ALIKE) return true;
  return yearLikeness(searchTerms(title).year, candidate.year) > ANOTHER_YEAR;
}

function nameLikeness(title: TitleIdentity, candidate: MatchCandidate): number {
  const own = spellings([title.name, title.originalName ?? '']);
  const theirs = spellings(candidate.names);
  if (overlap(own.whole, theirs.whole)) return 1;
  if (overlap(own.bare, theirs.whole) || overlap(own.whole, theirs.bare)) return BRACKETS_APART;
  const alike = own.whole.flatMap((name) => theirs.whole.map((other) => dice(name, other)));
  return MOST_WHEN_ALIKE * Math.max(0, ...alike);
}

function spellings(names: readonly string[]) {
  const given = names.filter((name) => name.trim() !== '').map((name) => splitYear(name).name);
  return {
    whole: given.map(foldName),
    bare: given.map((name) => foldName(name.replace(/\s*[([][^)\]]*[)\]]\s*$/u, ''))),
  };
}

function overlap(some: readonly string[], others: readonly string[]): boolean {
  return some.some((name) => name !== '' && others.includes(name));
}

function yearLikeness(one: number | null, other: number | null): number {
  if (one === null || other === null) return YEAR_UNKNOWN;
  return BY_YEAR_GAP[Math.abs(one - other)] ?? ANOTHER_YEAR;
}

/** The Sørensen-Dice coefficient of the letter pairs of two names, 0..1. */
function dice(one: string, other: string): number {
  const [pairs, others] = [letterPairs(one), letterPairs(other)];
  if (pairs.size + others.size === 0) return 0;
  let shared = 0;
  for (const pair of pairs) if (others.has(pair)) shared += 1;
  return (2 * shared) / (pairs.size + others.size);
}

function letterPairs(text: string): Set<string> {
  const letters = Array.from(text);
  return new Set(letters.slice(1).map((letter, index) => `${letters[index]}${letter}`));
}
