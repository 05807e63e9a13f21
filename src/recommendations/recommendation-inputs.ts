import type { VerbContext } from '../platform/context.ts';
import { keptLibrary } from './kept-library.ts';
import {
  type LoadedFacts,
  loadRecommendationFacts,
  type RecommendationFacts,
  sharingOf,
} from './recommendation-facts.ts';
import { buildScoringModel, libraryOf, type ScoringModel, scorable } from './scoring-model.ts';
import type { SelectionSettings } from './selection-settings.ts';
import { takingTurns } from './steps.ts';

/** Everything recommendations are made of, ready for scoring. */
export interface RecommendationInputs extends RecommendationFacts, ScoringModel {}

/**
 * Loads the catalog, all histories and the active vectors, and prepares them for scoring.
 *
 * @param userIds the users to pick for; all enabled ones when left out
 * @throws as `loadRecommendationFacts`
 */
export async function loadRecommendationInputs(
  context: Pick<VerbContext, 'db' | 'signal' | 'now'>,
  userIds: readonly number[] | undefined,
  selection?: SelectionSettings,
): Promise<RecommendationInputs> {
  return preparedInputs(await loadRecommendationFacts(context, userIds, selection), context.signal);
}

/** Prepares what was loaded for scoring; others get a turn every few ms. */
export async function preparedInputs(
  { facts, vectors, catalogHash }: LoadedFacts,
  signal: AbortSignal,
): Promise<RecommendationInputs> {
  const pause = takingTurns(signal);
  const library = await keptLibrary(catalogHash, () =>
    libraryOf(facts.knownTitles.map(scorable), vectors, pause),
  );
  const model = await buildScoringModel(library, sharingOf(facts), facts.tastes, pause);
  return { ...facts, ...model };
}
