import { createHash } from 'node:crypto';
import type { Evidence } from '../../drizzle/tables/recommendations.ts';

/** The evidence of a pick with names instead of ids: all that a language model is told, and all that it may name. */
export interface PickFacts {
  readonly title: string;
  /** Watched series that it resembles, the most alike first, with the traits both have. */
  readonly similarTo: readonly { readonly title: string; readonly shared: readonly string[] }[];
  /** Traits it shares with the rest of the history. */
  readonly oftenWatched: readonly string[];
  /** How many viewers with a like history watched it; null when it is no reason. */
  readonly viewersLikeYou: number | null;
  /** How many other viewers of the server watched it; null when it is no reason. */
  readonly viewersHere: number | null;
  /** Whether it is known to many beyond the server, where that is a reason. */
  readonly isWidelyKnown: boolean;
  /** Rating as shown, 0.0..10.0; null when it is no reason. */
  readonly rating: string | null;
  /** Year of a new series; null for an older one. */
  readonly newIn: number | null;
}

/** What is known of a pick beside its evidence. */
export interface PickedTitle {
  readonly title: string;
  readonly year: number | null;
  readonly rating: number | null;
  readonly evidence: readonly Evidence[];
}

/** Takes from a pick what may be said of it. */
export function pickFacts(pick: PickedTitle, nameOf: (titleId: number) => string | undefined): PickFacts {
  const of = (kind: Evidence['kind']) => pick.evidence.filter((entry) => entry.kind === kind);
  const [viewers] = of('VIEWERS_LIKE_YOU');
  const [popular] = of('POPULAR');
  return {
    title: pick.title,
    similarTo: of('SIMILAR_TO_WATCHED').flatMap(({ titleId, traits }) => {
      const title = titleId === undefined ? undefined : nameOf(titleId);
      return title === undefined ? [] : [{ title, shared: traits ?? [] }];
    }),
    oftenWatched: of('SHARED_TRAITS').flatMap((entry) => entry.traits ?? []),
    viewersLikeYou: viewers?.count ?? null,
    viewersHere: popular?.count ?? null,
    isWidelyKnown: popular !== undefined && popular.count === undefined,
    rating: of('WELL_RATED').length > 0 && pick.rating !== null ? pick.rating.toFixed(1) : null,
    newIn: of('FRESH').length > 0 ? pick.year : null,
  };
}

/** Whether there is anything to say. */
export function saysSomething(facts: PickFacts): boolean {
  const { similarTo, oftenWatched, viewersLikeYou, viewersHere, isWidelyKnown, rating, newIn } = facts;
  if (similarTo.length + oftenWatched.length > 0 || isWidelyKnown) return true;
  return (viewersLikeYou ?? viewersHere ?? rating ?? newIn) !== null;
}

/** Equal evidence has an equal hash, whoever's it is: an explanation is worded once for all. */
export function factsHash(facts: PickFacts): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
}
