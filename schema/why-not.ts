import { z } from 'zod';
import { type WhyNot as WhyNotAnswer, whyNot } from '../src/recommendations/why-not.ts';
import { builder } from './builder.ts';
import { computing, type Named, readNamed } from './computed.ts';
import { globalId } from './global-id.ts';
import { parseInput } from './input.ts';
import { ScorePart } from './recommendation.ts';
import { Series } from './refs.ts';
import type * as rows from './rows.ts';
import { SeriesState } from './watch-state.ts';

const Arguments = z.object({ userId: globalId('User'), seriesId: globalId('Series') });

const WhyNotReasonKind = builder.enumType('WhyNotReasonKind', {
  description: 'Why a series is not among the picks of a user, or that it is.',
  values: {
    REMOVED: { description: 'It left the media server, or all its libraries are disabled.' },
    NOT_VISIBLE: { description: 'It is in no library that the user may open.' },
    PARENTAL_RATING: { description: "The user's parental control hides it." },
    ALREADY_BEGUN: { description: 'The user has begun it; `state` tells how far they came.' },
    SECOND_COPY: { description: 'It is another entry of `otherSeries`, which the user has begun.' },
    ALREADY_RATED: { description: 'The user rated it without watching it here: they know it.' },
    DISMISSED: { description: 'The user is not interested.' },
    SNOOZED: { description: 'The user does not want to see it before `until`.' },
    TOO_LOW: {
      description: 'It scored less than every pick: compare its `parts` with those of `lowestPick`.',
    },
    DIVERSITY: { description: 'It scored enough, but is too like other picks or one more of a kind.' },
    EXPOSURE: { description: 'It was shown lately and not begun, which costs score for a while.' },
    PICKED: { description: 'It would be picked now; `currentRank` tells whether it already is.' },
  },
});

type Reason = WhyNotAnswer['reasons'][number] & { readonly named: Named };
type ScoredRow = NonNullable<WhyNotAnswer['scored']>;
type LowestRow = NonNullable<WhyNotAnswer['lowestPick']> & { readonly series: rows.Series };

const WhyNotReason = builder.objectRef<Reason>('WhyNotReason').implement({
  description: 'One reason.',
  fields: (t) => ({
    kind: t.field({
      type: WhyNotReasonKind,
      description: 'What kind of reason it is.',
      resolve: ({ reason }) => reason,
    }),
    message: t.exposeString('message', { description: 'The reason as a sentence.' }),
    state: t.field({
      type: SeriesState,
      nullable: true,
      description: 'For ALREADY_BEGUN: where the user stands.',
      resolve: (reason) => (reason.reason === 'ALREADY_BEGUN' ? reason.state : null),
    }),
    otherSeries: t.field({
      type: Series,
      nullable: true,
      description: 'For SECOND_COPY: the entry that the user has begun.',
      resolve: (reason) => (reason.reason === 'SECOND_COPY' ? reason.named.series(reason.titleId) : null),
    }),
    until: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'For SNOOZED: when it comes back.',
      resolve: (reason) => (reason.reason === 'SNOOZED' ? reason.until : null),
    }),
    rating: t.field({
      type: 'Int',
      nullable: true,
      description: "For ALREADY_RATED: the user's rating, 1 to 10.",
      resolve: (reason) => (reason.reason === 'ALREADY_RATED' ? Math.round(reason.rating) : null),
    }),
    missing: t.field({
      type: 'Float',
      nullable: true,
      description: 'For TOO_LOW: what its score lacks to that of `lowestPick`.',
      resolve: (reason) => (reason.reason === 'TOO_LOW' ? reason.missing : null),
    }),
  }),
});

const ScoredSeries = builder.objectRef<ScoredRow>('SeriesScore').implement({
  description: 'The score of a series for a user, and what it is made of.',
  fields: (t) => ({
    score: t.exposeFloat('score', { description: 'Comparable inside one answer only.' }),
    parts: t.field({
      type: [ScorePart],
      description: 'What the score is made of; they sum to it.',
      resolve: ({ parts }) => [...parts],
    }),
  }),
});

const LowestPick = builder.objectRef<LowestRow>('LowestPick').implement({
  description: 'The pick that scored least.',
  fields: (t) => ({
    series: t.expose('series', { type: Series, description: 'What is picked.' }),
    rank: t.exposeInt('rank', { description: 'Its place among the picks.' }),
    score: t.exposeFloat('score', { description: 'Its score.' }),
    parts: t.field({
      type: [ScorePart],
      description: 'What its score is made of; they sum to it.',
      resolve: ({ parts }) => [...parts],
    }),
  }),
});

interface WhyNotRow extends WhyNotAnswer {
  readonly series: rows.Series;
  readonly named: Named;
}

const WhyNot = builder.objectRef<WhyNotRow>('WhyNot').implement({
  description: 'Why a series is not among the picks of a user, as they would be made now.',
  fields: (t) => ({
    series: t.expose('series', { type: Series, description: 'The series asked for.' }),
    reasons: t.field({
      type: [WhyNotReason],
      description: 'The reasons that hold, the deciding one first; never empty.',
      resolve: ({ reasons, named }) => reasons.map((reason) => ({ ...reason, named })),
    }),
    currentRank: t.exposeInt('currentRank', {
      nullable: true,
      description: 'Its rank in the current set as stored; null when it is not in it.',
    }),
    scored: t.field({
      type: ScoredSeries,
      nullable: true,
      description: 'Its score; null when it is not known to the scorer.',
      resolve: ({ scored }) => scored,
    }),
    rank: t.exposeInt('rank', {
      nullable: true,
      description: 'Its place by score among the candidates; null when it is none.',
    }),
    candidateCount: t.exposeInt('candidateCount', { description: 'Candidates it competes with.' }),
    lowestPick: t.field({
      type: LowestPick,
      nullable: true,
      description: 'What it would have to beat; null without picks.',
      resolve: ({ lowestPick, named }) =>
        lowestPick && { ...lowestPick, series: named.series(lowestPick.titleId) },
    }),
  }),
});

builder.queryField('whyNot', (t) =>
  t.field({
    type: WhyNot,
    description:
      'Why a series is not among the picks of a user. The picks are made as they would be now, by the same rules, and not stored. A VIEWER may ask for their own user only.',
    args: {
      userId: t.arg.id({ required: true, description: 'Id of a User with recommendations enabled.' }),
      seriesId: t.arg.id({ required: true, description: 'Id of a Series.' }),
    },
    authScopes: (_root, args) => ({ ownUser: parseInput(Arguments, args).userId }),
    resolve: async (_root, args, context, info) => {
      const { userId, seriesId } = parseInput(Arguments, args);
      const answer = await whyNot(computing(context), { userId, titleId: seriesId });
      const others = answer.reasons.flatMap((reason) =>
        reason.reason === 'SECOND_COPY' ? [reason.titleId] : [],
      );
      const lowest = answer.lowestPick ? [answer.lowestPick.titleId] : [];
      const named = await readNamed(context, info, { series: [seriesId, ...others, ...lowest] });
      return { ...answer, named, series: named.series(seriesId) };
    },
  }),
);
