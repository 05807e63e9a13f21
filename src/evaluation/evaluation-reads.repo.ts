import { sql } from 'drizzle-orm';
import type { EvaluationParameters } from '../../drizzle/tables/evaluation.ts';
import type { Database } from '../platform/database.ts';
import { afterKey, jsonPage, orderByKey, type Page } from '../platform/json-pages.repo.ts';
import {
  column,
  jsonList,
  jsonStatement,
  readJson,
  type Shape,
  type Shapes,
} from '../platform/json-shapes.repo.ts';
import type { Selection } from '../platform/selection.ts';
import { versionOf } from '../recommendations/tuning/weights-reads.repo.ts';

/** An evaluation as read for the API; only the selected fields are there. */
export interface EvaluationRow {
  readonly id: number;
  /** RFC 3339 */
  readonly evaluatedAt: string;
  readonly weightsVersion: string;
  readonly model: string | null;
  readonly userCount: number;
  readonly heldOutCount: number;
  readonly titleCount: number;
  readonly parameters: EvaluationParameters;
}

/** Columns of an evaluation, and the ways to its results and to the version of the weights. */
export const evaluationShape: Shape = {
  table: 'evaluations',
  always: ['id'],
  columns: {
    id: 'id',
    evaluatedAt: 'evaluated_at',
    weightsVersion: 'weights_version',
    model: 'model',
    userCount: 'user_count',
    heldOutCount: 'held_out_count',
    titleCount: 'title_count',
  },
  links: {
    parameters: (_statement, row) => column(row, 'parameters'),
    weights: versionOf,
    results: (statement, evaluation, request) => {
      const row = statement.row();
      const item = statement.object('EvaluationResult', row, request.selection);
      return jsonList(sql`
        select ${item} as item from ${sql.raw(`evaluation_results ${row}
          where ${row}.evaluation_id = ${evaluation}.id
          order by array_position(array['ALL', 'NONE', 'FROM_1', 'FROM_3', 'FROM_10', 'FROM_50'], ${row}.cohort),
            array_position(array['RECOMMENDER', 'POPULARITY', 'CONTENT'], ${row}.scorer)`)}`);
    },
  },
};

/** Columns of the metrics of one scorer over one cohort. */
export const evaluationResultShape: Shape = {
  columns: {
    scorer: 'scorer',
    cohort: 'cohort',
    userCount: 'user_count',
    ndcg: 'ndcg',
    ndcgError: 'ndcg_error',
    recall: 'recall',
    hitRate: 'hit_rate',
    coverage: 'coverage',
    novelty: 'novelty',
    diversity: 'diversity',
  },
};

/** One page of the evaluations, the newest first; `after` is time and id of the last one before. */
export async function listEvaluations<Row extends object>(
  db: Database,
  shapes: Shapes,
  query: { readonly first: number; readonly after: readonly [string, number] | null },
  selection: Selection,
): Promise<Page<Row>> {
  const statement = jsonStatement(shapes);
  const row = statement.row();
  const order = {
    value: column(row, 'evaluated_at'),
    type: 'timestamptz',
    nullable: false,
    id: column(row, 'id'),
    descending: true,
  };
  const page = jsonPage(statement, {
    shape: 'Evaluation',
    table: 'evaluations',
    row,
    where: sql`true`,
    after: query.after ? afterKey(order, query.after) : null,
    orderBy: orderByKey(order),
    key: [order.value, order.id],
    first: query.first,
    selection,
  });
  return (await readJson<Page<Row>>(db, page)) ?? {};
}

/** The newest evaluation in one statement; null before the first. */
export async function latestEvaluation<Row extends object>(
  db: Database,
  shapes: Shapes,
  selection: Selection,
): Promise<Row | null> {
  const statement = jsonStatement(shapes);
  const row = statement.row();
  const object = statement.object('Evaluation', row, selection);
  const newest = sql`(select ${object} from ${sql.raw(`evaluations ${row} order by ${row}.evaluated_at desc, ${row}.id desc`)} limit 1)`;
  return (await readJson<Row | null>(db, newest)) ?? null;
}
