import type { RecommendationInputs } from '../recommendations/recommendation-inputs.ts';
import type { Pause } from '../recommendations/steps.ts';
import { viewerTastes } from '../recommendations/viewer-tastes.ts';
import type { EnabledUser } from '../watch/watch-snapshot.repo.ts';
import { holdOut } from './hold-out.ts';

/** A viewer of whose begun series some are held out. */
export interface HeldOutViewer {
  readonly user: EnabledUser;
  /** Begun series that the scorers know. */
  readonly knownCount: number;
  /** Ids of titles. */
  readonly heldOut: ReadonlySet<number>;
}

/** Histories cut in two. */
export interface CutHistories {
  /** What the scorers may know: nothing of what is held out, by nobody, and nothing of past picks. */
  readonly known: RecommendationInputs;
  /** Viewers with anything held out, in order of their ids. */
  readonly viewers: readonly HeldOutViewer[];
}

/**
 * Holds out the last share of each enabled viewer's begun series, plays and feedback included.
 *
 * @param share 0..1
 * @param pause awaited every few ms of work
 */
export async function cutHistories(
  inputs: RecommendationInputs,
  share: number,
  pause: Pause,
): Promise<CutHistories> {
  const { library, viewers: facts, selection } = inputs;
  const onServer = new Set(inputs.titles.map(({ id }) => id));
  const viewers = inputs.users.flatMap((user) => {
    const begun = (facts.states.get(user.id) ?? []).filter(({ state }) => state !== 'UNWATCHED');
    const { known, heldOut } = holdOut(begun, share, (id) => onServer.has(id));
    return heldOut.size === 0 ? [] : [{ user, knownCount: known.size, heldOut }];
  });
  const heldOutOf = new Map(viewers.map(({ user, heldOut }) => [user.id, heldOut]));
  const without = <Row extends { readonly titleId: number }>(rows: ReadonlyMap<number, readonly Row[]>) =>
    new Map(
      [...rows].map(([userId, own]) => {
        const heldOut = heldOutOf.get(userId);
        return [userId, own.filter(({ titleId }) => !heldOut?.has(titleId))];
      }),
    );
  const known = {
    ...facts,
    states: without(facts.states),
    feedback: without(facts.feedback),
    shown: new Map(),
  };
  const tastes = await viewerTastes(library, known, selection, pause);
  return { viewers, known: { ...inputs, viewers: known, ...tastes } };
}
