import {
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import { weightsVersions } from './weights.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** What an evaluation compares: the recommender, what most viewers of the server watched, and likeness by content alone. */
export const EVALUATED_SCORERS = ['RECOMMENDER', 'POPULARITY', 'CONTENT'] as const;
export type EvaluatedScorer = (typeof EVALUATED_SCORERS)[number];

/** Viewers by the number of series that the scorers knew of them: none, 1 to 2, 3 to 9, 10 to 49, 50 and more; and all. */
export const COHORTS = ['ALL', 'NONE', 'FROM_1', 'FROM_3', 'FROM_10', 'FROM_50'] as const;
export type Cohort = (typeof COHORTS)[number];

/** How an evaluation was made. */
export interface EvaluationParameters {
  /** Share of each viewer's begun series that was held out, 0..1. */
  readonly holdOutShare: number;
  /** Length of the lists that NDCG and hit rate look at. */
  readonly shortList: number;
  /** Length of the lists that recall, coverage, novelty and diversity look at. */
  readonly longList: number;
}

/** Evaluations of the recommender on the server's own histories. */
export const evaluations = pgTable(
  'evaluations',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    evaluatedAt: at('evaluated_at').notNull(),
    /** As of a recommendation set. */
    weightsVersion: text('weights_version').notNull(),
    weightsId: integer('weights_id').references(() => weightsVersions.id),
    /** Embedding model; null when there was none. */
    model: text('model'),
    parameters: jsonb('parameters').$type<EvaluationParameters>().notNull(),
    /** Viewers whose series were held out. */
    userCount: integer('user_count').notNull(),
    /** Series held out, over all viewers. */
    heldOutCount: integer('held_out_count').notNull(),
    titleCount: integer('title_count').notNull(),
  },
  (table) => [index('evaluations_recent').on(table.evaluatedAt, table.id)],
);

/** Metrics of one scorer over the viewers of one cohort. */
export const evaluationResults = pgTable(
  'evaluation_results',
  {
    evaluationId: integer('evaluation_id')
      .notNull()
      .references(() => evaluations.id, { onDelete: 'cascade' }),
    scorer: text('scorer', { enum: EVALUATED_SCORERS }).notNull(),
    cohort: text('cohort', { enum: COHORTS }).notNull(),
    userCount: integer('user_count').notNull(),
    ndcg: doublePrecision('ndcg').notNull(),
    /** Standard error of `ndcg` over the viewers; null for one viewer. */
    ndcgError: doublePrecision('ndcg_error'),
    recall: doublePrecision('recall').notNull(),
    hitRate: doublePrecision('hit_rate').notNull(),
    coverage: doublePrecision('coverage').notNull(),
    /** Bits. */
    novelty: doublePrecision('novelty').notNull(),
    diversity: doublePrecision('diversity').notNull(),
  },
  (table) => [primaryKey({ columns: [table.evaluationId, table.scorer, table.cohort] })],
);
