import { sql } from 'drizzle-orm';
import type { EvaluationParameters } from '../../drizzle/tables/evaluation.ts';
import type { Database } from '../platform/database.ts';
import type { CohortResult } from './summarise.ts';

/** An evaluation to store. */
export interface NewEvaluation {
  readonly evaluatedAt: Date;
  readonly weightsVersion: string;
  readonly weightsId: number | null;
  readonly model: string | null;
  readonly parameters: EvaluationParameters;
  readonly userCount: number;
  readonly heldOutCount: number;
  readonly titleCount: number;
  readonly results: readonly CohortResult[];
}

/** Stores an evaluation with its results and returns its id. */
export async function storeEvaluation(db: Database, evaluation: NewEvaluation): Promise<number> {
  return db.transaction(async (tx) => {
    const [row] = await tx.rows<{ id: number }>(sql`
      insert into evaluations
        (evaluated_at, weights_version, weights_id, model, parameters, user_count, held_out_count, title_count)
      values (${evaluation.evaluatedAt.toISOString()}::timestamptz, ${evaluation.weightsVersion},
        ${evaluation.weightsId}::int, ${evaluation.model}, ${JSON.stringify(evaluation.parameters)}::text::jsonb,
        ${evaluation.userCount}, ${evaluation.heldOutCount}, ${evaluation.titleCount})
      returning id`);
    if (!row) throw new TypeError('The database returned no id for a new evaluation.');
    await tx.rows(sql`
      insert into evaluation_results (evaluation_id, scorer, cohort, user_count, ndcg, ndcg_error, recall, hit_rate,
        coverage, novelty, diversity)
      select ${row.id}::int, x.scorer, x.cohort, x."userCount", x.ndcg, x."ndcgError", x.recall, x."hitRate",
        x.coverage, x.novelty, x.diversity
      from json_to_recordset(${JSON.stringify(evaluation.results)}::json) as x(scorer text, cohort text,
        "userCount" int, ndcg float8, "ndcgError" float8, recall float8, "hitRate" float8, coverage float8,
        novelty float8, diversity float8)`);
    return row.id;
  });
}
