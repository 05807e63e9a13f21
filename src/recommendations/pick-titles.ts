import type { Audience, ViewerTaste } from './audience.ts';
import type { CandidatePools } from './candidates.ts';
import { compareCandidates, diversify, type RankedCandidate } from './diversify.ts';
import { pickEvidence } from './evidence.ts';
import { explain } from './explanation.ts';
import type { Library } from './library.ts';
import type { NewPick } from './recommendations.repo.ts';
import { scoreParts, scoreTitles } from './score-titles.ts';
import type { ScorerWeights } from './weights.ts';

/** Finished series offered again at most, after the first-time picks. */
const MAX_REWATCH = 2;

/** How to pick. */
export interface PickOptions {
  readonly weights: ScorerWeights;
  /** First-time picks wanted. */
  readonly count: number;
  /** Calendar year of now. */
  readonly currentYear: number;
  readonly withExplanations: boolean;
}

/** Scores a library for one viewer and picks: first-time titles made diverse, best first, then up to two to watch again. */
export function pickTitles(
  library: Library,
  audience: Audience,
  taste: ViewerTaste,
  pools: CandidatePools,
  options: PickOptions,
): NewPick[] {
  const result = scoreTitles(library, audience, taste, options.weights, options.currentYear);
  const ranked = (titleIds: readonly number[]): RankedCandidate[] =>
    titleIds.flatMap((titleId) => {
      const row = library.rowOf.get(titleId);
      if (row === undefined) return [];
      return [{ row, titleId, score: result.scores[row] ?? 0, rating: library.titles[row]?.rating ?? null }];
    });
  const firstTime = diversify(ranked(pools.firstTime), options.count, library.content);
  const rewatch = ranked(pools.rewatch).sort(compareCandidates).slice(0, MAX_REWATCH);
  const toPick = (candidate: RankedCandidate, isRewatch: boolean): NewPick => {
    const { row, titleId, score, rating } = candidate;
    const evidence = pickEvidence(library, audience, taste, result, row, options.currentYear);
    const facts = {
      nameOf: (id: number) => library.titles[library.rowOf.get(id) ?? -1]?.name,
      rating,
      year: library.titles[row]?.year ?? null,
    };
    const explanation = options.withExplanations ? explain(evidence, facts) : null;
    return { titleId, score, parts: scoreParts(result, row), evidence, explanation, isRewatch };
  };
  return [
    ...firstTime.map((candidate) => toPick(candidate, false)),
    ...rewatch.map((candidate) => toPick(candidate, true)),
  ];
}
