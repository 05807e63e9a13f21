import type { EvaluationParameters } from '../../drizzle/tables/evaluation.ts';
import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import {
  loadRecommendationInputs,
  type RecommendationInputs,
} from '../recommendations/recommendation-inputs.ts';
import { DEFAULT_SELECTION, type SelectionSettings } from '../recommendations/selection-settings.ts';
import { takingTurns } from '../recommendations/steps.ts';
import { versionName } from '../recommendations/tuning/tuning-weights.ts';
import { currentWeights, isRetraining } from '../recommendations/tuning/weights.repo.ts';
import { cutHistories, type HeldOutViewer } from './cut-histories.ts';
import { evaluateViewer } from './evaluate-viewer.ts';
import { evaluationTable } from './evaluation-table.ts';
import { storeEvaluation } from './evaluations.repo.ts';
import { retrainWeights } from './retrain-weights.ts';
import { summarise, type ViewerResult } from './summarise.ts';

/** A fifth of each history; lists of 10 fit a screen, 20 are what a set holds by default. */
const PARAMETERS: EvaluationParameters = { holdOutShare: 0.2, shortList: 10, longList: 20 };

const NOT_RETRAINED = { shown: 0, started: 0, retrained: 0, applied: 0 };

/** Parameters of `evaluateRecommendations`. */
export interface EvaluateRecommendationsInput {
  /** Whether to fit the weights anew first; as the setting says when left out. */
  readonly retrain?: boolean | undefined;
  /** Computes everything and stores nothing. */
  readonly dryRun?: boolean | undefined;
}

/**
 * Measures the recommender on the server's own histories: the last fifth of the series that each viewer began is held out,
 * everything is computed as if those had never been played, and the lists are compared with what was held out, beside
 * those of two baselines. Past picks and how they were exposed play no part. Cut by each viewer's own time: what others
 * played later may be known. The same histories give the same figures.
 *
 * @returns counts: `users` measured, `skipped` ones without a series to hold out, `heldOut` series, `evaluations` stored,
 *   and those of `retrainWeights`
 * @throws ShowrunnerError `PREREQUISITE_MISSING` without any title, or when no viewer has begun a series
 */
export async function evaluateRecommendations(
  context: VerbContext,
  { retrain, dryRun = false }: EvaluateRecommendationsInput = {},
  selection: SelectionSettings = DEFAULT_SELECTION,
): Promise<Record<string, number>> {
  const { db, progress } = context;
  progress.step('Load catalog and histories');
  const inputs = await loadRecommendationInputs(context, undefined, selection);
  const pause = takingTurns(context.signal);
  const { known, viewers } = await cutHistories(inputs, PARAMETERS.holdOutShare, pause);
  if (viewers.length === 0)
    throw new ShowrunnerError(
      'PREREQUISITE_MISSING',
      'No viewer has begun a series: there is nothing to measure by.',
      {
        remedy: 'Run sync-series-watch-history once somebody has watched something.',
      },
    );
  const learnt =
    (retrain ?? (await isRetraining(db)))
      ? await retrainWeights(context, { scorer: inputs.scorer.version, dryRun })
      : NOT_RETRAINED;
  const tuning = await currentWeights(db);
  const results = await measure(context, { ...known, tuning }, viewers);
  const heldOutCount = viewers.reduce((sum, { heldOut }) => sum + heldOut.size, 0);
  const evaluation = {
    evaluatedAt: context.now(),
    weightsVersion: versionName(inputs.scorer.version, tuning.everybody.versionId),
    weightsId: tuning.everybody.versionId,
    model: inputs.model,
    parameters: PARAMETERS,
    userCount: viewers.length,
    heldOutCount,
    titleCount: inputs.titles.length,
    results: summarise(results, inputs.titles.length),
  };
  if (!dryRun) await storeEvaluation(db, evaluation);
  for (const line of evaluationTable(evaluation.results)) progress.log('info', line);
  return {
    users: viewers.length,
    skipped: inputs.users.length - viewers.length,
    heldOut: heldOutCount,
    evaluations: 1,
    ...learnt,
  };
}

async function measure(
  { signal, progress, now }: VerbContext,
  known: RecommendationInputs,
  viewers: readonly HeldOutViewer[],
): Promise<ViewerResult[]> {
  progress.step('Measure', viewers.length, 'viewers');
  const results: ViewerResult[] = [];
  const pause = takingTurns(signal);
  for (const viewer of viewers) {
    signal.throwIfAborted();
    results.push(...(await evaluateViewer(known, viewer, PARAMETERS, now(), pause)));
    progress.advance(1);
  }
  return results;
}
