import type { HoldOutMeasure, WeightsOrigin as Origin } from '../drizzle/tables/weights.ts';
import { SIGNAL_NAMES } from '../src/recommendations/score-titles.ts';
import { builder } from './builder.ts';
import { OPERATOR } from './job-types.ts';
import { RecommendationSet, User, WeightsVersion } from './refs.ts';

const WeightsOrigin = builder.enumType('WeightsOrigin', {
  description: 'Where a version of the weights comes from.',
  values: {
    SHIPPED: { description: 'The weights as shipped: every signal counts 1.' },
    TUNED: { description: 'Somebody made it with `createWeights`.' },
    RETRAINED: { description: 'EVALUATE_RECOMMENDATIONS learnt it from what became of past picks.' },
  } satisfies Record<Origin, { description: string }>,
});

const SignalWeight = builder.objectRef<{ signal: string; weight: number }>('SignalWeight').implement({
  description: 'How much one signal counts.',
  fields: (t) => ({
    signal: t.exposeString('signal', { description: 'As in the parts of a score.' }),
    weight: t.exposeFloat('weight', {
      description: 'What its contribution is multiplied by, 0..3; 1 as shipped.',
    }),
  }),
});

const HoldOut = builder.objectRef<HoldOutMeasure>('WeightsHoldOut').implement({
  description:
    'How learnt weights did on later picks that they had not learnt from, beside the weights then in force.',
  fields: (t) => ({
    learntFrom: t.exposeInt('learntFrom', { description: 'Shown picks learnt from.' }),
    started: t.exposeInt('started', { description: 'Those of them that were started.' }),
    heldOut: t.exposeInt('heldOut', { description: 'Later picks that both were measured on.' }),
    logLoss: t.exposeFloat('logLoss', {
      description: 'Surprise at what was started, in nats for each pick; lower is better.',
    }),
    logLossBefore: t.exposeFloat('logLossBefore', { description: 'The same of the weights in force.' }),
    ndcg: t.exposeFloat('ndcg', { description: 'How high what was started is ranked, 0..1.' }),
    ndcgBefore: t.exposeFloat('ndcgBefore', { description: 'The same of the weights in force.' }),
  }),
});

builder.node(WeightsVersion, {
  description: 'A snapshot of the weights. It never changes; what changes is which one is in force.',
  id: { resolve: ({ id }) => id },
  authScopes: OPERATOR,
  runScopesOnType: true,
  fields: (t) => ({
    origin: t.expose('origin', { type: WeightsOrigin, description: 'Where it comes from.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    createdBy: t.exposeString('createdBy', { description: 'Name of the API key or the job that made it.' }),
    notes: t.exposeString('notes', { description: 'What it is for.' }),
    weights: t.field({
      type: [SignalWeight],
      description: 'All signals, in the order of the parts of a score.',
      resolve: ({ weights }) => SIGNAL_NAMES.map((signal) => ({ signal, weight: weights[signal] ?? 1 })),
    }),
    parent: t.expose('parent', {
      type: WeightsVersion,
      nullable: true,
      description: 'The version that was in force when it was made; null for the weights as shipped.',
    }),
    isCurrent: t.exposeBoolean('isCurrent', { description: 'Whether it is in force for everybody.' }),
    users: t.expose('users', { type: [User], description: 'Users for whom it alone is in force.' }),
    measured: t.expose('measured', {
      type: HoldOut,
      nullable: true,
      description: 'What learnt weights were measured at; null for others.',
    }),
  }),
});

builder.objectField(RecommendationSet, 'weights', (t) =>
  t.expose('weights', {
    type: WeightsVersion,
    nullable: true,
    description:
      'The version of the weights it was made with; null for the weights as shipped. For OPERATOR.',
  }),
);
