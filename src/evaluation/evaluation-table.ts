import type { Cohort } from '../../drizzle/tables/evaluation.ts';
import type { CohortResult } from './summarise.ts';

const COHORT_NAMES: Readonly<Record<Cohort, string>> = {
  ALL: 'all',
  NONE: 'no history',
  FROM_1: '1 to 2 series',
  FROM_3: '3 to 9 series',
  FROM_10: '10 to 49 series',
  FROM_50: '50 and more',
};
const HEAD = [
  'viewers',
  'count',
  'scorer',
  'NDCG@10',
  '±',
  'Recall@20',
  'hit rate',
  'coverage',
  'novelty',
  'diversity',
];

/** The results of an evaluation as lines of text, one for each cohort and scorer, with a head. */
export function evaluationTable(results: readonly CohortResult[]): string[] {
  const rows = [
    HEAD,
    ...results.map((result) => [
      COHORT_NAMES[result.cohort],
      String(result.userCount),
      result.scorer.toLowerCase(),
      result.ndcg.toFixed(3),
      result.ndcgError === null ? '–' : result.ndcgError.toFixed(3),
      result.recall.toFixed(3),
      result.hitRate.toFixed(3),
      result.coverage.toFixed(3),
      result.novelty.toFixed(2),
      result.diversity.toFixed(3),
    ]),
  ];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 || column === 2 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  '),
  );
}
