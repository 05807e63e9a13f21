import {
  type OutcomeGroup as Group,
  OUTCOME_GROUPS,
  type OutcomeRow,
  recommendationOutcomes,
} from '../src/evaluation/outcomes.repo.ts';
import { builder } from './builder.ts';
import { encodeGlobalId } from './global-id.ts';
import { OPERATOR } from './job-types.ts';

const OutcomeGroup = builder.enumType('OutcomeGroup', {
  description: 'By what outcomes are added up.',
  values: {
    VERSION: { description: 'By the version of scorer and weights.' },
    RANK: { description: 'By the place at which the series was first shown.' },
    SIGNAL: { description: 'By what contributed most to the score.' },
    WEEK: { description: 'By the week in which the series was first shown.' },
  } satisfies Record<Group, { description: string }>,
});

const RecommendationOutcome = builder.objectRef<OutcomeRow>('RecommendationOutcome').implement({
  description:
    'What became of picks. A series counts once for each user and version, from the first of their sets that held it ' +
    'until the last one was replaced. Fields of groups that were not asked for are null.',
  fields: (t) => ({
    weightsVersion: t.exposeString('weightsVersion', {
      nullable: true,
      description: 'As of a recommendation set.',
    }),
    weightsVersionId: t.id({
      nullable: true,
      description: 'Id of the WeightsVersion; null for the weights as shipped.',
      resolve: ({ weightsId }) => (weightsId === null ? null : encodeGlobalId('WeightsVersion', weightsId)),
    }),
    rank: t.exposeInt('rank', { nullable: true, description: 'Place at which it was first shown.' }),
    signal: t.exposeString('signal', { nullable: true, description: 'As in the parts of a score.' }),
    week: t.field({
      type: 'Date',
      nullable: true,
      description: 'Monday of the week in which it was first shown, in UTC.',
      resolve: ({ week }) => week,
    }),
    shown: t.exposeInt('shown', { description: 'Series that were among the picks.' }),
    inLibrary: t.exposeInt('inLibrary', { description: "Those in the user's virtual library." }),
    started: t.exposeInt('started', {
      description: 'Those of which an episode was played while they were shown.',
    }),
    finished: t.exposeInt('finished', {
      description: 'Started ones that the user has caught up with or completed.',
    }),
    kept: t.exposeInt('kept', {
      description: 'Started ones that are finished or of which three episodes were played at least.',
    }),
    startedShare: t.float({
      description: '`started` of `shown`, 0..1.',
      resolve: ({ started, shown }) => (shown === 0 ? 0 : started / shown),
    }),
  }),
});

builder.queryField('recommendationOutcomes', (t) =>
  t.field({
    type: [RecommendationOutcome],
    description: 'What became of the picks of all sets that are kept, in the order of the groups.',
    authScopes: OPERATOR,
    args: {
      groupBy: t.arg({
        type: [OutcomeGroup],
        defaultValue: ['VERSION'],
        description: 'By what to add up; an empty list for all together.',
      }),
      since: t.arg({ type: 'DateTime', description: 'Only series first shown from then on.' }),
    },
    resolve: (_root, { groupBy, since }, { db, now }) =>
      recommendationOutcomes(db, {
        groupBy: OUTCOME_GROUPS.filter((group) => groupBy?.includes(group)),
        since: since ?? null,
        now: now(),
      }),
  }),
);
