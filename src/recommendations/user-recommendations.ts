import type { EnabledUser } from '../watch/watch-snapshot.repo.ts';
import { NO_TASTE, type ViewerTaste } from './audience.ts';
import { type CandidateInput, type CandidatePools, candidatePools } from './candidates.ts';
import { exposures } from './exposure.ts';
import { inputHash } from './input-hash.ts';
import type { PickOptions } from './pick-titles.ts';
import type { RecommendationFacts } from './recommendation-facts.ts';
import { versionName } from './tuning/tuning-weights.ts';
import { type WeightsInForce, weightsFor } from './tuning/weights.repo.ts';

/**
 * A user's set without its picks, and what they are made from.
 *
 * @param tuning what each signal counts; what is in force for the user when left out
 */
export function userSet(
  facts: RecommendationFacts,
  user: EnabledUser,
  count: number,
  now: Date,
  tuning: WeightsInForce = weightsFor(facts.tuning, user.id),
) {
  const picking = pickingOf(facts, user, count, now, tuning);
  const { candidates, pools, taste, options } = picking;
  return {
    userId: user.id,
    generatedAt: now,
    weightsVersion: versionName(facts.scorer.version, tuning.versionId),
    weightsId: tuning.versionId,
    model: facts.model,
    /** Titles that may be picked for the first time, by id. */
    candidates: pools.firstTime,
    candidateCount: pools.firstTime.length + pools.rewatch.length,
    historyCount: candidates.states.filter((state) => state.state !== 'UNWATCHED').length,
    inputHash: inputHash([
      facts.hash,
      pools,
      taste,
      [...options.exposures],
      { ...options.selection, count },
      options.currentYear,
      options.withExplanations,
      tuning,
    ]),
    picking,
  };
}

/** What a user's picks are made from, beside the library and the audience. */
export interface Picking {
  readonly candidates: CandidateInput;
  readonly pools: CandidatePools;
  readonly taste: ViewerTaste;
  readonly options: PickOptions;
}

/** Gathers what a user's picks are made from; parameters as of `userSet`. */
export function pickingOf(
  inputs: RecommendationFacts,
  user: EnabledUser,
  count: number,
  now: Date,
  tuning: WeightsInForce = weightsFor(inputs.tuning, user.id),
): Picking {
  const { selection } = inputs;
  const candidates = candidateInput(inputs, user, now);
  return {
    candidates,
    pools: candidatePools(candidates),
    taste: inputs.tastes.get(user.id) ?? NO_TASTE,
    options: {
      tuning: tuning.weights,
      count,
      selection,
      exposures: exposures(inputs.viewers.shown.get(user.id) ?? [], selection.exposureHalfLifeWeeks, now),
      currentYear: now.getUTCFullYear(),
      withExplanations: user.explanationsEnabled,
    },
  };
}

/** What decides which titles the user may be offered. */
function candidateInput(inputs: RecommendationFacts, user: EnabledUser, now: Date): CandidateInput {
  return {
    titles: inputs.titles,
    begunTitles: inputs.knownTitles,
    states: inputs.viewers.states.get(user.id) ?? [],
    feedback: inputs.viewers.feedback.get(user.id) ?? [],
    user,
    foldersOf: inputs.foldersOf,
    ratings: inputs.viewers.ratings,
    rewatchAfterMonths: inputs.selection.rewatchAfterMonths,
    now,
  };
}
