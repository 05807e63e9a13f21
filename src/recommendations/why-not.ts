import type { ScorePart } from '../../drizzle/tables/recommendations.ts';
import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { type AbsenceReason, type Choice, describeReason, standingOf } from './absence-reasons.ts';
import { cachedInputs } from './cached-inputs.ts';
import { candidateRules } from './candidates.ts';
import { scoreRange, selectionPool } from './diversify.ts';
import { exposureLoss } from './exposure.ts';
import { currentRankOf, titleExists } from './pick-reads.repo.ts';
import type { RecommendationInputs } from './recommendation-inputs.ts';
import { scoreParts, type TitleScores } from './score-titles.ts';
import { rankedTitles, selectPicks } from './select-picks.ts';
import type { SelectionSettings } from './selection-settings.ts';
import { takingTurns } from './steps.ts';
import { type Picking, pickingOf } from './user-recommendations.ts';
import { requireUser, viewerScores } from './viewer-scores.ts';

/** A title's score in a user's picks. */
interface ScoredTitle {
  readonly titleId: number;
  readonly score: number;
  /** They sum to the score. */
  readonly parts: readonly ScorePart[];
}

/** Why a title is not among a user's picks. */
export interface WhyNot {
  readonly titleId: number;
  /** The reasons that hold now; never empty. */
  readonly reasons: readonly (AbsenceReason & { readonly message: string })[];
  /** Rank in the stored current set; null when it is not in it. */
  readonly currentRank: number | null;
  /** Null for a title that is not on the media server. */
  readonly scored: ScoredTitle | null;
  /** Place by score among the candidates; null when it is none. */
  readonly rank: number | null;
  readonly candidateCount: number;
  /** The pick that scored least among those it competes with; null without any. */
  readonly lowestPick: (ScoredTitle & { readonly rank: number }) | null;
}

/** Whose picks, and which title. */
export interface WhyNotInput {
  readonly userId: number;
  readonly titleId: number;
}

/**
 * Says why a title is not among a user's picks, by making these as they would be made now.
 *
 * @throws ShowrunnerError `NOT_FOUND` for an unknown title, or a user without recommendations; `PREREQUISITE_MISSING`
 *   without any title
 */
export async function whyNot(
  context: Pick<VerbContext, 'db' | 'signal' | 'now'> & { readonly selection: SelectionSettings },
  { userId, titleId }: WhyNotInput,
): Promise<WhyNot> {
  const { db, selection } = context;
  const inputs = await cachedInputs(context, selection);
  const user = requireUser(inputs, userId, 'userId');
  if (!(await titleExists(db, titleId)))
    throw new ShowrunnerError('NOT_FOUND', 'There is no such series.', {
      field: 'seriesId',
      remedy: 'Pass the id of a Series.',
    });
  const picking = pickingOf(inputs, user, selection.count, context.now());
  const pause = takingTurns(context.signal);
  const result = await viewerScores(inputs.library, inputs.audience, picking.taste, picking.options, pause);
  const choice = choiceFor(titleId, inputs, picking, result);
  const standing = standingOf(titleId, choice);
  const reasons = [...exclusions(titleId, inputs, picking), ...(standing?.reasons ?? [])];
  const lowest = choice.picked.reduce<(typeof choice.picked)[number] | null>(
    (least, pick) => (least && least.score <= pick.score ? least : pick),
    null,
  );
  const nameOf = (id: number) => inputs.knownTitles.find((title) => title.id === id)?.name;
  return {
    titleId,
    reasons: reasons.map((reason) => ({ ...reason, message: describeReason(reason, nameOf) })),
    currentRank: await currentRankOf(db, userId, titleId),
    scored: scoredTitle(inputs, result, titleId, standing?.candidate.exposureLoss ?? 0),
    rank: standing?.rank ?? null,
    candidateCount: choice.candidates.length,
    lowestPick: lowest && {
      titleId: lowest.titleId,
      score: lowest.score,
      parts: partsOf(inputs, result, lowest.titleId, lowest.exposureLoss),
      rank: choice.firstRank + choice.picked.indexOf(lowest),
    },
  };
}

/** The candidates that the title competes with: those to watch again for one of them, the first-time ones for any other. */
function choiceFor(titleId: number, inputs: RecommendationInputs, picking: Picking, result: TitleScores) {
  const { library } = inputs;
  const { pools, taste, options } = picking;
  const firstTime = rankedTitles(library, result.scores, pools.firstTime);
  const range = scoreRange(selectionPool(firstTime, options.count));
  const isRewatch = pools.rewatch.includes(titleId);
  const pool = isRewatch ? rankedTitles(library, result.scores, pools.rewatch) : firstTime;
  const picks = selectPicks(library, taste, result.scores, pools, options);
  return {
    candidates: pool.map((candidate) => {
      const loss = exposureLoss(options.exposures.get(candidate.titleId) ?? 0, range);
      return { ...candidate, score: candidate.score - loss, exposureLoss: loss };
    }),
    picked: picks.filter((pick) => pick.isRewatch === isRewatch),
    firstRank: isRewatch ? 1 + picks.filter((pick) => !pick.isRewatch).length : 1,
  } satisfies Choice;
}

function exclusions(titleId: number, inputs: RecommendationInputs, picking: Picking): AbsenceReason[] {
  const title = inputs.titles.find((one) => one.id === titleId);
  if (!title) return [{ reason: 'REMOVED' }];
  const exclusion = candidateRules(picking.candidates).exclusionOf(title);
  // A title to watch again is excluded from the first-time picks only.
  return exclusion && !picking.pools.rewatch.includes(titleId) ? [exclusion] : [];
}

function scoredTitle(
  inputs: RecommendationInputs,
  result: TitleScores,
  titleId: number,
  loss: number,
): ScoredTitle | null {
  const row = inputs.library.rowOf.get(titleId);
  if (row === undefined) return null;
  const score = (result.scores[row] ?? 0) - loss;
  return { titleId, score, parts: partsOf(inputs, result, titleId, loss) };
}

function partsOf(
  inputs: RecommendationInputs,
  result: TitleScores,
  titleId: number,
  loss: number,
): ScorePart[] {
  const row = inputs.library.rowOf.get(titleId);
  if (row === undefined) return [];
  const parts = scoreParts(result, row);
  return loss > 0 ? [...parts, { signal: 'EXPOSURE', contribution: -loss }] : parts;
}
