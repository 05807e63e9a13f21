import type { VerbContext } from '../../platform/context.ts';
import { ShowrunnerError } from '../../platform/errors.ts';
import { cachedInputs } from '../cached-inputs.ts';
import { selectPicks } from '../select-picks.ts';
import type { SelectionSettings } from '../selection-settings.ts';
import { takingTurns } from '../steps.ts';
import { pickingOf } from '../user-recommendations.ts';
import { requireUser, viewerScores } from '../viewer-scores.ts';
import { comparePicks, type PickComparison } from './compare-picks.ts';
import { type GivenWeight, parseTuning, type TuningWeights, tuned } from './tuning-weights.ts';
import { weightsFor } from './weights.repo.ts';

/** More users at once are a job's work. */
const MAX_PREVIEWED_USERS = 20;

/** What weights would change for one user. */
export interface RecommendationPreview extends PickComparison {
  readonly userId: number;
}

/** For whom, with which weights and how many picks. */
export interface PreviewInput {
  readonly userIds: readonly number[];
  readonly weights: readonly GivenWeight[];
  readonly count: number;
}

/**
 * Makes the picks of some users with other weights, beside what the weights in force for them give today from the same
 * histories, and stores nothing.
 *
 * @throws ShowrunnerError `BAD_INPUT` for bad weights or more than 20 users, `NOT_FOUND` for a user that is not enabled,
 *   `PREREQUISITE_MISSING` without any title
 */
export async function previewRecommendations(
  context: Pick<VerbContext, 'db' | 'signal' | 'now'>,
  { userIds, weights, count }: PreviewInput,
  selection: SelectionSettings,
): Promise<RecommendationPreview[]> {
  const tuning = parseTuning(weights, 'input.weights');
  const ids = [...new Set(userIds)];
  if (ids.length === 0 || ids.length > MAX_PREVIEWED_USERS)
    throw new ShowrunnerError('BAD_INPUT', `Name 1 to ${MAX_PREVIEWED_USERS} users.`, {
      field: 'input.userIds',
      value: String(ids.length),
      remedy: 'Preview a few users first; apply the weights to some of them to try them longer.',
    });
  const inputs = await cachedInputs(context, selection);
  const users = ids.map((id) => requireUser(inputs, id, 'input.userIds'));
  const { library, audience } = inputs;
  const pause = takingTurns(context.signal);
  const previews: RecommendationPreview[] = [];
  for (const user of users) {
    const { taste, pools, options } = pickingOf(inputs, user, count, context.now());
    const scores = await viewerScores(library, audience, taste, { currentYear: options.currentYear }, pause);
    const picksWith = async (chosen: TuningWeights) => {
      await pause();
      return selectPicks(library, taste, tuned(scores, chosen).scores, pools, options);
    };
    const today = await picksWith(weightsFor(inputs.tuning, user.id).weights);
    previews.push({ userId: user.id, ...comparePicks(today, await picksWith(tuning)) });
  }
  return previews;
}
