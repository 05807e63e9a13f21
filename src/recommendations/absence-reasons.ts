import type { SeriesState } from '../../drizzle/tables/watch.ts';
import type { Exclusion } from './candidates.ts';
import { compareCandidates, type RankedCandidate } from './diversify.ts';

/** Why a title is not among a user's picks, or that it is. */
export type AbsenceReason =
  | Exclusion
  /** It left the media server, or all its libraries are disabled. */
  | { readonly reason: 'REMOVED' }
  | { readonly reason: 'PICKED'; readonly rank: number }
  /** It scored less than every pick. */
  | { readonly reason: 'TOO_LOW'; readonly rank: number; readonly missing: number }
  /** It lost its place because it was shown before and not begun. */
  | { readonly reason: 'EXPOSURE'; readonly loss: number }
  /** It scored enough, but is too like other picks, or there were enough of its genre or network. */
  | { readonly reason: 'DIVERSITY' };

/** A candidate's score before and after what its exposure cost. */
interface ExposedCandidate extends RankedCandidate {
  readonly exposureLoss: number;
}

/** The candidates of a user as the picks are chosen from them. */
export interface Choice {
  /** All candidates of the pool; scores have lost what exposure costs. */
  readonly candidates: readonly ExposedCandidate[];
  /** What was picked from them, in order. */
  readonly picked: readonly { readonly titleId: number; readonly score: number }[];
  /** Rank of the first of `picked` among all picks. */
  readonly firstRank: number;
}

/** Where a candidate stands. */
export interface Standing {
  /** Place by score among the candidates; 1 is the best. */
  readonly rank: number;
  readonly candidate: ExposedCandidate;
  readonly reasons: readonly AbsenceReason[];
}

/** Says where a candidate stands and why it was picked or not; null for a title that is none of the candidates. */
export function standingOf(titleId: number, choice: Choice): Standing | null {
  const candidate = choice.candidates.find((one) => one.titleId === titleId);
  if (!candidate) return null;
  const rank = 1 + choice.candidates.filter((other) => compareCandidates(other, candidate) < 0).length;
  const place = choice.picked.findIndex((pick) => pick.titleId === titleId);
  if (place >= 0) return { rank, candidate, reasons: [{ reason: 'PICKED', rank: choice.firstRank + place }] };
  const lowest = Math.min(...choice.picked.map((pick) => pick.score));
  const exposure = { reason: 'EXPOSURE', loss: candidate.exposureLoss } as const;
  if (choice.picked.length > 0 && candidate.score >= lowest) {
    const reasons = [{ reason: 'DIVERSITY' } as const, ...(candidate.exposureLoss > 0 ? [exposure] : [])];
    return { rank, candidate, reasons };
  }
  if (candidate.score + candidate.exposureLoss >= lowest) return { rank, candidate, reasons: [exposure] };
  const missing = choice.picked.length > 0 ? lowest - candidate.score : 0;
  return { rank, candidate, reasons: [{ reason: 'TOO_LOW', rank, missing }] };
}

const STATES: Readonly<Record<SeriesState, string>> = {
  UNWATCHED: 'has not begun it',
  IN_PROGRESS: 'is watching it',
  CAUGHT_UP: 'has watched all there is of it',
  COMPLETED: 'has completed it',
  ABANDONED: 'began it and gave it up',
};

/** A reason as a sentence; `nameOf` names another entry of the same series. */
export function describeReason(
  reason: AbsenceReason,
  nameOf: (titleId: number) => string | undefined,
): string {
  switch (reason.reason) {
    case 'REMOVED':
      return 'It is not on the media server any more, or all its libraries are disabled.';
    case 'NOT_VISIBLE':
      return 'It is in no library that the user may open.';
    case 'PARENTAL_RATING':
      return "The user's parental control hides it.";
    case 'ALREADY_BEGUN':
      return `The user ${STATES[reason.state]}.`;
    case 'SECOND_COPY':
      return `It is another entry of ${nameOf(reason.titleId) ?? 'a series'} that the user has begun.`;
    case 'ALREADY_RATED':
      return `The user rated it ${reason.rating} of 10 without watching it here, and so knows it.`;
    case 'DISMISSED':
      return 'The user is not interested in it.';
    case 'SNOOZED':
      return `The user does not want to see it before ${reason.until.toISOString().slice(0, 10)}.`;
    case 'PICKED':
      return `It is picked at rank ${reason.rank}.`;
    case 'TOO_LOW':
      return `Its score is too low: it is number ${reason.rank} of the candidates.`;
    case 'EXPOSURE':
      return 'It was shown lately and not begun, which cost it score for a while.';
    case 'DIVERSITY':
      return 'It scored enough, but is too like other picks or one more of their genre or network.';
  }
}
