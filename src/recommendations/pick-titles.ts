import type { Audience, ViewerTaste } from './audience.ts';
import type { CandidatePools } from './candidates.ts';
import type { ContentSums } from './content-sums.ts';
import { pickEvidence } from './evidence.ts';
import { explain } from './explanation.ts';
import type { Library } from './library.ts';
import type { NewPick } from './recommendations.repo.ts';
import { scoreParts, scoreTitles } from './score-titles.ts';
import { type SelectedTitle, type SelectionOptions, selectPicks } from './select-picks.ts';
import { type TuningWeights, tuned } from './tuning/tuning-weights.ts';

/** How to pick. */
export interface PickOptions extends SelectionOptions {
  /** What each signal counts beside `weights`; as shipped when left out. */
  readonly tuning?: TuningWeights;
  /** Calendar year of now. */
  readonly currentYear: number;
  readonly withExplanations: boolean;
}

/**
 * Scores a library for one viewer and picks: first-time titles made diverse, best first, then some to watch again.
 *
 * @param sums those of this viewer, where they were computed for many viewers at once
 */
export function pickTitles(
  library: Library,
  audience: Audience,
  taste: ViewerTaste,
  pools: CandidatePools,
  options: PickOptions,
  sums?: ContentSums,
): NewPick[] {
  const result = tuned(
    scoreTitles(library, audience, taste, options.currentYear, sums),
    options.tuning ?? {},
  );
  const toPick = (selected: SelectedTitle): NewPick => {
    const { row, titleId, score, rating, isRewatch, exposureLoss } = selected;
    const evidence = pickEvidence(library, audience, taste, result, row, options.currentYear);
    const facts = {
      nameOf: (id: number) => library.titles[library.rowOf.get(id) ?? -1]?.name,
      rating,
      year: library.titles[row]?.year ?? null,
      seed: titleId,
    };
    const explanation = options.withExplanations ? explain(evidence, facts) : null;
    const parts = scoreParts(result, row);
    if (exposureLoss > 0) parts.push({ signal: 'EXPOSURE', contribution: -exposureLoss });
    return { titleId, score, parts, evidence, explanation, isRewatch };
  };
  return selectPicks(library, taste, result.scores, pools, options).map(toPick);
}
