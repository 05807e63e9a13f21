import {
  COHORTS,
  type Cohort,
  EVALUATED_SCORERS,
  type EvaluatedScorer,
} from '../../drizzle/tables/evaluation.ts';
import { coverage, mean, standardError } from './ranking-metrics.ts';

/** What one scorer did for one viewer. */
export interface ViewerResult {
  readonly scorer: EvaluatedScorer;
  readonly cohort: Exclude<Cohort, 'ALL'>;
  /** The long list, by title id. */
  readonly list: readonly number[];
  readonly ndcg: number;
  readonly recall: number;
  readonly hit: number;
  /** Bits. */
  readonly novelty: number;
  readonly diversity: number;
}

/** Metrics of one scorer over the viewers of one cohort. */
export interface CohortResult {
  readonly scorer: EvaluatedScorer;
  readonly cohort: Cohort;
  readonly userCount: number;
  readonly ndcg: number;
  readonly ndcgError: number | null;
  readonly recall: number;
  readonly hitRate: number;
  readonly coverage: number;
  readonly novelty: number;
  readonly diversity: number;
}

/** Means over the viewers of each cohort, in the order of cohorts and scorers; a cohort without viewers is left out. */
export function summarise(results: readonly ViewerResult[], catalogSize: number): CohortResult[] {
  return COHORTS.flatMap((cohort) =>
    EVALUATED_SCORERS.flatMap((scorer) => {
      const own = results.filter(
        (result) => result.scorer === scorer && (cohort === 'ALL' || result.cohort === cohort),
      );
      if (own.length === 0) return [];
      const ndcgs = own.map(({ ndcg }) => ndcg);
      return {
        scorer,
        cohort,
        userCount: own.length,
        ndcg: mean(ndcgs),
        ndcgError: standardError(ndcgs),
        recall: mean(own.map((result) => result.recall)),
        hitRate: mean(own.map((result) => result.hit)),
        coverage: coverage(
          own.map(({ list }) => list),
          catalogSize,
        ),
        novelty: mean(own.map((result) => result.novelty)),
        diversity: mean(own.map((result) => result.diversity)),
      };
    }),
  );
}
