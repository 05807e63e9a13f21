import { z } from 'zod';
import {
  type EvidenceStanding as StandingRow,
  type WithoutEvidence as WithoutEvidenceRow,
  withoutEvidence,
} from '../src/recommendations/without-evidence.ts';
import { builder } from './builder.ts';
import { computing, type Named, readNamed } from './computed.ts';
import { globalId } from './global-id.ts';
import { parseInput } from './input.ts';
import { Series } from './refs.ts';
import type * as rows from './rows.ts';

/** Watched series that one call may leave out. */
const MAX_LEFT_OUT = 20;

const Arguments = z.object({
  userId: globalId('User'),
  watchedSeriesIds: z
    .array(globalId('Series'))
    .max(MAX_LEFT_OUT, `At most ${MAX_LEFT_OUT} series can be left out at once.`)
    .nullish()
    .transform((ids) => ids ?? []),
  withoutOtherViewers: z.boolean().nullish(),
  seriesId: globalId('Series').nullish(),
});

const PickChangeKind = builder.enumType('PickChangeKind', {
  description: 'What becomes of a pick.',
  values: {
    KEPT: { description: 'It is picked either way.' },
    NEW: { description: 'It is picked only without the evidence.' },
    DROPPED: { description: 'It is picked only with the evidence.' },
  },
});

interface ChangeRow {
  readonly change: 'KEPT' | 'NEW' | 'DROPPED';
  readonly series: rows.Series;
  readonly before: number | null;
  readonly after: number | null;
}

const PickChange = builder.objectRef<ChangeRow>('PickChange').implement({
  description: 'A pick with the evidence and without it.',
  fields: (t) => ({
    change: t.expose('change', { type: PickChangeKind, description: 'What becomes of it.' }),
    series: t.expose('series', { type: Series, description: 'The pick.' }),
    rankBefore: t.exposeInt('before', { nullable: true, description: 'Its rank with the evidence.' }),
    rankAfter: t.exposeInt('after', { nullable: true, description: 'Its rank without.' }),
  }),
});

const EvidenceStanding = builder.objectRef<StandingRow>('EvidenceStanding').implement({
  description: 'Where a series stands.',
  fields: (t) => ({
    score: t.exposeFloat('score', { description: 'Its score, before anything that exposure costs.' }),
    rank: t.exposeInt('rank', {
      nullable: true,
      description: 'Its place by score among the candidates; null when it is none.',
    }),
    pickRank: t.exposeInt('pickRank', {
      nullable: true,
      description: 'Its place among the picks; null when it is none.',
    }),
  }),
});

interface AnswerRow extends WithoutEvidenceRow {
  readonly named: Named;
}

const WithoutEvidence = builder.objectRef<AnswerRow>('WithoutEvidence').implement({
  description: 'What would be picked without some of the evidence, beside what is picked with it.',
  fields: (t) => ({
    before: t.field({
      type: EvidenceStanding,
      nullable: true,
      description: 'Where the series of `seriesId` stands with the evidence; null when none was asked for.',
      resolve: ({ title }) => title?.before ?? null,
    }),
    after: t.field({
      type: EvidenceStanding,
      nullable: true,
      description: 'Where it stands without the evidence.',
      resolve: ({ title }) => title?.after ?? null,
    }),
    keptCount: t.exposeInt('kept', { description: 'Picks that are the same either way.' }),
    changes: t.field({
      type: [PickChange],
      description: 'The picks without the evidence, best first, then those that are picked only with it.',
      resolve: ({ picks, dropped, named }) => [
        ...picks.map(
          (pick): ChangeRow => ({
            change: pick.previousRank === null ? 'NEW' : 'KEPT',
            series: named.series(pick.titleId),
            before: pick.previousRank,
            after: pick.rank,
          }),
        ),
        ...dropped.map(
          (pick): ChangeRow => ({
            change: 'DROPPED',
            series: named.series(pick.titleId),
            before: pick.previousRank,
            after: null,
          }),
        ),
      ],
    }),
  }),
});

builder.queryField('withoutEvidence', (t) =>
  t.field({
    type: WithoutEvidence,
    description:
      'What would be picked for a user, had they not watched some series, or without the other viewers. All else stays as it is, the series left out are not picked either, and nothing is stored. A VIEWER may ask for their own user only.',
    args: {
      userId: t.arg.id({ required: true, description: 'Id of a User with recommendations enabled.' }),
      watchedSeriesIds: t.arg.idList({
        description: `Ids of Series that the user has begun, rated or dismissed, at most ${MAX_LEFT_OUT}: to take as never watched nor judged.`,
      }),
      withoutOtherViewers: t.arg.boolean({
        description: 'Whether to leave out what the other viewers watched.',
      }),
      seriesId: t.arg.id({ description: 'Id of a Series whose standing to tell, such as a pick.' }),
    },
    authScopes: (_root, args) => ({ ownUser: parseInput(Arguments, args).userId }),
    resolve: async (_root, args, context, info) => {
      const { userId, watchedSeriesIds, withoutOtherViewers, seriesId } = parseInput(Arguments, args);
      const answer = await withoutEvidence(computing(context), {
        userId,
        watchedTitleIds: watchedSeriesIds,
        withoutOthers: withoutOtherViewers ?? false,
        titleId: seriesId ?? null,
      });
      const series = [...answer.picks, ...answer.dropped].map(({ titleId }) => titleId);
      return { ...answer, named: await readNamed(context, info, { series }) };
    },
  }),
);
