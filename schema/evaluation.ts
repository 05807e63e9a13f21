import { z } from 'zod';
import type { Cohort, EvaluatedScorer, EvaluationParameters } from '../drizzle/tables/evaluation.ts';
import { latestEvaluation, listEvaluations } from '../src/evaluation/evaluation-reads.repo.ts';
import type { CohortResult } from '../src/evaluation/summarise.ts';
import { builder } from './builder.ts';
import { toConnection } from './connection.ts';
import { cursor } from './cursor.ts';
import { integer, pageSize, parseInput } from './input.ts';
import { OPERATOR } from './job-types.ts';
import { Evaluation, WeightsVersion } from './refs.ts';
import type * as rows from './rows.ts';
import { parseDateTime } from './scalars.ts';
import { selectionOf } from './selection.ts';
import { shapes } from './shapes.ts';

const EVALUATIONS = 'EVALUATIONS';
const ListArguments = z.object({
  first: pageSize(20),
  after: cursor(EVALUATIONS, z.tuple([z.string().refine((value) => parseDateTime(value) !== null), integer])),
});

const ScorerEnum = builder.enumType('EvaluatedScorer', {
  description: 'What is compared in an evaluation.',
  values: {
    RECOMMENDER: { description: 'The recommender with the weights in force for everybody.' },
    POPULARITY: { description: 'What most viewers of this server watched.' },
    CONTENT: { description: 'Likeness by content to what the viewer watched, alone.' },
  } satisfies Record<EvaluatedScorer, { description: string }>,
});

const CohortEnum = builder.enumType('EvaluationCohort', {
  description: 'Viewers by the number of series that the scorers knew of them.',
  values: {
    ALL: { description: 'All viewers.' },
    NONE: { description: 'No series.' },
    FROM_1: { description: '1 to 2 series.' },
    FROM_3: { description: '3 to 9 series.' },
    FROM_10: { description: '10 to 49 series.' },
    FROM_50: { description: '50 series and more.' },
  } satisfies Record<Cohort, { description: string }>,
});

const EvaluationResult = builder.objectRef<CohortResult>('EvaluationResult').implement({
  description: 'How one scorer did for the viewers of one cohort; means over the viewers.',
  fields: (t) => ({
    scorer: t.expose('scorer', { type: ScorerEnum, description: 'What was measured.' }),
    cohort: t.expose('cohort', { type: CohortEnum, description: 'Which viewers.' }),
    userCount: t.exposeInt('userCount', { description: 'Viewers of the cohort.' }),
    ndcg: t.exposeFloat('ndcg', {
      description: 'How high what was held out is ranked among the first 10, 0..1: NDCG@10.',
    }),
    ndcgError: t.exposeFloat('ndcgError', {
      nullable: true,
      description: 'Standard error of `ndcg`; null for a single viewer.',
    }),
    recall: t.exposeFloat('recall', {
      description: 'Share of what was held out that is among the first 20, 0..1: Recall@20.',
    }),
    hitRate: t.exposeFloat('hitRate', {
      description: 'Share of viewers for whom something held out is among the first 10, 0..1.',
    }),
    coverage: t.exposeFloat('coverage', {
      description: 'Share of the catalog that is in the list of 20 of at least one viewer, 0..1.',
    }),
    novelty: t.exposeFloat('novelty', {
      description: 'How little known on this server the series of the lists are, in bits.',
    }),
    diversity: t.exposeFloat('diversity', {
      description: 'How unlike by content the series of one list are, 0..1.',
    }),
  }),
});

const Parameters = builder.objectRef<EvaluationParameters>('EvaluationParameters').implement({
  description: 'How an evaluation was made.',
  fields: (t) => ({
    holdOutShare: t.exposeFloat('holdOutShare', {
      description: 'Share of the series each viewer began that was held out, the last ones, 0..1.',
    }),
    shortList: t.exposeInt('shortList', { description: 'Length of the lists for NDCG and hit rate.' }),
    longList: t.exposeInt('longList', { description: 'Length of the lists for all else.' }),
  }),
});

builder.node(Evaluation, {
  description:
    "The recommender measured on the histories of this server: the end of each viewer's was held out.",
  id: { resolve: ({ id }) => id },
  authScopes: OPERATOR,
  runScopesOnType: true,
  fields: (t) => ({
    evaluatedAt: t.expose('evaluatedAt', { type: 'DateTime', description: 'When.' }),
    weightsVersion: t.exposeString('weightsVersion', { description: 'As of a recommendation set.' }),
    weights: t.expose('weights', {
      type: WeightsVersion,
      nullable: true,
      description: 'The version of the weights; null for the weights as shipped.',
    }),
    model: t.exposeString('model', { nullable: true, description: 'Embedding model; null without one.' }),
    userCount: t.exposeInt('userCount', { description: 'Viewers of whom something was held out.' }),
    heldOutCount: t.exposeInt('heldOutCount', { description: 'Series held out, over all viewers.' }),
    titleCount: t.exposeInt('titleCount', { description: 'Series on the server.' }),
    parameters: t.expose('parameters', { type: Parameters, description: 'How it was made.' }),
    results: t.expose('results', {
      type: [EvaluationResult],
      description: 'By cohort, all viewers first, and scorer. Cohorts without viewers are left out.',
    }),
  }),
});

const EvaluationConnection = builder.connectionObject(
  { type: Evaluation, name: 'EvaluationConnection', description: 'A page of evaluations.' },
  { name: 'EvaluationEdge', description: 'An evaluation and its place in the list.' },
);

builder.queryFields((t) => ({
  latestEvaluation: t.field({
    type: Evaluation,
    nullable: true,
    description: 'The newest evaluation; null before the first EVALUATE_RECOMMENDATIONS.',
    authScopes: OPERATOR,
    resolve: (_root, _args, { db }, info) => latestEvaluation<rows.Evaluation>(db, shapes, selectionOf(info)),
  }),
  evaluations: t.field({
    type: EvaluationConnection,
    description: 'The evaluations, the newest first.',
    authScopes: OPERATOR,
    args: {
      first: t.arg.int({ defaultValue: 20, description: 'How many, 1 to 100.' }),
      after: t.arg.string({ description: '`endCursor` of the page before.' }),
    },
    resolve: async (_root, args, { db }, info) => {
      const asked = parseInput(ListArguments, args);
      const page = await listEvaluations<rows.Evaluation>(db, shapes, asked, selectionOf(info));
      return toConnection(EVALUATIONS, page, asked);
    },
  }),
}));
