import {
  EVALUATED_SCORERS,
  type EvaluatedScorer,
  type EvaluationParameters,
} from '../../drizzle/tables/evaluation.ts';
import { contentSimilarities } from '../recommendations/nearest-titles.ts';
import type { RecommendationInputs } from '../recommendations/recommendation-inputs.ts';
import { SIGNAL_NAMES } from '../recommendations/score-titles.ts';
import { selectPicks } from '../recommendations/select-picks.ts';
import type { Pause } from '../recommendations/steps.ts';
import { type TuningWeights, tuned } from '../recommendations/tuning/tuning-weights.ts';
import { pickingOf } from '../recommendations/user-recommendations.ts';
import { viewerScores } from '../recommendations/viewer-scores.ts';
import type { HeldOutViewer } from './cut-histories.ts';
import { cohortOf } from './hold-out.ts';
import { hit, intraListDiversity, ndcg, novelty, recall } from './ranking-metrics.ts';
import type { ViewerResult } from './summarise.ts';

const CONTENT_ALONE: TuningWeights = Object.fromEntries(
  SIGNAL_NAMES.map((signal) => [signal, signal === 'CONTENT' ? 1 : 0]),
);

/**
 * Makes the lists of all scorers for one viewer from what they may know, and compares them with what was held out; others
 * get a turn every few ms.
 */
export async function evaluateViewer(
  inputs: RecommendationInputs,
  viewer: HeldOutViewer,
  { shortList, longList }: EvaluationParameters,
  now: Date,
  pause: Pause,
): Promise<ViewerResult[]> {
  const lists = await listsOf(inputs, viewer, longList, now, pause);
  const results: ViewerResult[] = [];
  for (const scorer of EVALUATED_SCORERS) {
    await pause();
    const list = lists[scorer];
    results.push({
      scorer,
      cohort: cohortOf(viewer.knownCount),
      list,
      ndcg: ndcg(list, viewer.heldOut, shortList),
      recall: recall(list, viewer.heldOut, longList),
      hit: hit(list, viewer.heldOut, shortList),
      novelty: novelty(list, (id) => watchersOf(inputs, id), inputs.audience.viewers.length),
      diversity: intraListDiversity(list, (id, others) => similarities(inputs, id, others)),
    });
  }
  return results;
}

async function listsOf(
  inputs: RecommendationInputs,
  { user }: HeldOutViewer,
  count: number,
  now: Date,
  pause: Pause,
): Promise<Record<EvaluatedScorer, readonly number[]>> {
  const { library, audience, tuning } = inputs;
  const { taste, pools, options } = pickingOf(inputs, user, count, now);
  const scores = await viewerScores(library, audience, taste, { currentYear: options.currentYear }, pause);
  const picked = async (weights: TuningWeights) => {
    await pause();
    const selected = selectPicks(library, taste, tuned(scores, weights).scores, pools, options);
    return selected.flatMap(({ titleId, isRewatch }) => (isRewatch ? [] : [titleId])).slice(0, count);
  };
  return {
    RECOMMENDER: await picked(tuning.everybody.weights),
    POPULARITY: mostWatched(inputs, pools.firstTime).slice(0, count),
    CONTENT: await picked(CONTENT_ALONE),
  };
}

/** Candidates by how many viewers watched them; among equals the better rated, then the older entry. */
function mostWatched(inputs: RecommendationInputs, candidates: readonly number[]): number[] {
  const { titles, rowOf } = inputs.library;
  const rating = (id: number) => titles[rowOf.get(id) ?? -1]?.rating ?? -1;
  const watchers = (id: number) => watchersOf(inputs, id);
  return [...candidates].sort((a, b) => watchers(b) - watchers(a) || rating(b) - rating(a) || a - b);
}

function watchersOf({ library, audience }: RecommendationInputs, titleId: number): number {
  return audience.watcherCounts[library.rowOf.get(titleId) ?? -1] ?? 0;
}

function similarities({ library }: RecommendationInputs, titleId: number, others: readonly number[]) {
  const row = library.rowOf.get(titleId);
  const rows = others.flatMap((id) => library.rowOf.get(id) ?? []);
  return row === undefined ? [] : contentSimilarities(library.content, row, rows);
}
