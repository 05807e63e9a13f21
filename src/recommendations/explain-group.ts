import type { Evidence } from '../../drizzle/tables/recommendations.ts';
import { enumerate, phrasing, sentence } from './explanation.ts';

const MAX_NAMES = 3;
const MAX_TRAITS = 3;
/** A title among this share of a member's best candidates suits them. */
const BEST_SHARE = 0.1;

/** What one member brings to a group's pick. */
export interface MemberReasons {
  readonly evidence: readonly Evidence[];
  /** Place by score among the member's candidates, 0..1; 0 is the best. */
  readonly place: number;
}

/**
 * Words why a title suits a group, in up to two sentences: whom it suits as a count, and which watched series speak for it.
 * Nobody is named, and nobody is counted alone. Null when there is nothing to say.
 *
 * @param seed chooses among phrasings; equal seeds give equal words
 */
export function explainGroup(
  members: readonly MemberReasons[],
  nameOf: (titleId: number) => string | undefined,
  seed: number,
): string | null {
  const sentences = [suitsSentence(members), watchedSentence(members, nameOf, seed)];
  return sentences.filter((one) => one !== null).join(' ') || null;
}

function suitsSentence(members: readonly MemberReasons[]): string | null {
  const suited = members.filter(({ place }) => place <= BEST_SHARE).length;
  if (members.length < 2 || suited < 2) return null;
  if (suited < members.length) return `It is among the best for ${suited} of you.`;
  return suited === 2
    ? 'It is among the best for both of you.'
    : `It is among the best for all ${suited} of you.`;
}

function watchedSentence(
  members: readonly MemberReasons[],
  nameOf: (titleId: number) => string | undefined,
  seed: number,
): string | null {
  const weights = new Map<number, number>();
  const traits = new Map<string, number>();
  for (const { kind, titleId, weight, traits: shared = [] } of members.flatMap(({ evidence }) => evidence)) {
    if (kind !== 'SIMILAR_TO_WATCHED' || titleId === undefined) continue;
    weights.set(titleId, (weights.get(titleId) ?? 0) + weight);
    for (const trait of shared) traits.set(trait, (traits.get(trait) ?? 0) + weight);
  }
  const watched = heaviest(weights)
    .flatMap((titleId) => nameOf(titleId) ?? [])
    .slice(0, MAX_NAMES);
  if (watched.length === 0) return null;
  const names = enumerate(watched);
  const shared = enumerate(heaviest(traits).slice(0, MAX_TRAITS));
  const you = members.length === 1 ? 'you' : 'some of you';
  const because = phrasing(
    [`Because ${you} watched ${names}`, `It is like ${names}, which ${you} watched`],
    seed,
  );
  return sentence(shared === '' ? because : `${because}: ${shared}`);
}

/** Keys by weight, the heaviest first; equal ones in the order in which they came. */
function heaviest<Key>(weights: ReadonlyMap<Key, number>): Key[] {
  return [...weights].sort(([, a], [, b]) => b - a).map(([key]) => key);
}
