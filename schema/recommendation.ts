import { z } from 'zod';
import type { ScorePart as ScorePartRow } from '../drizzle/tables/recommendations.ts';
import { builder } from './builder.ts';
import { valueFor } from './connection.ts';
import { pageSize, parseInput } from './input.ts';
import { Evidence, Pick, RecommendationSet, Series } from './refs.ts';
import { parsedBy } from './selection.ts';

const PicksArguments = z.object({ first: pageSize(20) });

builder.node(RecommendationSet, {
  description:
    "A user's recommendations as generated at one time. A VIEWER sees those of their own user only.",
  id: { resolve: ({ id }) => id },
  authScopes: ({ userId }) => ({ ownUser: userId }),
  runScopesOnType: true,
  fields: (t) => ({
    generatedAt: t.expose('generatedAt', { type: 'DateTime', description: 'When the picks were computed.' }),
    weightsVersion: t.exposeString('weightsVersion', { description: 'Version of the scoring weights.' }),
    model: t.exposeString('model', {
      nullable: true,
      description: 'Embedding model; null when it was done without.',
    }),
    candidateCount: t.exposeInt('candidateCount', {
      description:
        'Series that were scored; 0, and no picks, when all that the user may see is begun, rated, dismissed or snoozed.',
    }),
    historyCount: t.exposeInt('historyCount', {
      description: 'Watched series that the taste was built from.',
    }),
    picks: t.field({
      type: [Pick],
      description: 'The best first.',
      args: { first: t.arg.int({ defaultValue: 20, description: 'How many at most, 1 to 100.' }) },
      extensions: parsedBy(PicksArguments),
      resolve: ({ picks }, args) => valueFor(picks, parseInput(PicksArguments, args)),
    }),
  }),
});

export const ScorePart = builder.objectRef<ScorePartRow>('ScorePart').implement({
  description: 'One named part of a score.',
  fields: (t) => ({
    signal: t.exposeString('signal', { description: 'What was measured.' }),
    contribution: t.exposeFloat('contribution', {
      description: 'What it adds to the score; the parts of a pick sum to its score.',
    }),
  }),
});

const ExplanationSource = builder.enumType('ExplanationSource', {
  description: 'Who worded an explanation.',
  values: {
    TEMPLATE: { description: 'Showrunner, from the evidence.' },
    LANGUAGE_MODEL: {
      description: 'The language model of `EXPLANATION_MODEL`, checked to name nothing beside the evidence.',
    },
  },
});

builder.objectType(Pick, {
  description: 'A recommended series.',
  fields: (t) => ({
    rank: t.exposeInt('rank', { description: 'Place in the set; 1 is the best.' }),
    series: t.expose('series', { type: Series, description: 'What is recommended.' }),
    score: t.exposeFloat('score', { description: 'Comparable inside one set only.' }),
    parts: t.expose('parts', { type: [ScorePart], description: 'What the score is made of.' }),
    evidence: t.expose('evidence', { type: [Evidence], description: 'Why it was picked.' }),
    explanation: t.exposeString('explanation', {
      nullable: true,
      description:
        'The reasons in one to three sentences; null for a user who wants none, and without reasons.',
    }),
    explanationSource: t.expose('explanationSource', {
      type: ExplanationSource,
      nullable: true,
      description: 'Who worded the explanation; null without one.',
    }),
    isRewatch: t.exposeBoolean('isRewatch', { description: 'The user has completed the series before.' }),
  }),
});

const EvidenceKind = builder.enumType('EvidenceKind', {
  description: 'Kind of a reason.',
  values: {
    SIMILAR_TO_WATCHED: { description: 'It is like a series the user watched.' },
    SHARED_TRAITS: { description: 'It shares traits with what the user watches.' },
    VIEWERS_LIKE_YOU: { description: 'Users with a like history watched it.' },
    POPULAR: {
      description: 'Others on the server watched it, of whom `count` tells how many, or many people know it.',
    },
    WELL_RATED: { description: 'It is well rated.' },
    FRESH: { description: 'It is new.' },
  },
});

builder.objectType(Evidence, {
  description: 'A reason why a series was picked.',
  fields: (t) => ({
    kind: t.expose('kind', { type: EvidenceKind, description: 'What kind of reason it is.' }),
    series: t.expose('series', {
      type: Series,
      nullable: true,
      description: 'The watched series it is like.',
    }),
    traits: t.expose('traits', { type: ['String'], description: 'Shared genres, keywords or networks.' }),
    count: t.exposeInt('count', {
      nullable: true,
      description: 'Number of viewers, for VIEWERS_LIKE_YOU and POPULAR.',
    }),
    weight: t.exposeFloat('weight', { description: 'How much of the score it stands for.' }),
  }),
});
