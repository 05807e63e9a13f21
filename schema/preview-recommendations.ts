import { z } from 'zod';
import { type ObjectsQuery, readObjects } from '../src/platform/json-shapes.repo.ts';
import { EMPTY_SELECTION, mergeSelections, selectionBelow } from '../src/platform/selection.ts';
import {
  type RecommendationPreview as Preview,
  previewRecommendations,
} from '../src/recommendations/tuning/preview-recommendations.ts';
import { builder } from './builder.ts';
import { globalId } from './global-id.ts';
import { pageSize, parseInput, text } from './input.ts';
import { OPERATOR } from './job-types.ts';
import { Series, User } from './refs.ts';
import type * as rows from './rows.ts';
import { selectionOf } from './selection.ts';
import { shapes } from './shapes.ts';
import { SignalWeightInput } from './tuning-mutations.ts';

/** Longest time that a preview may compute, ms. */
const TIME_LIMIT_MS = 60_000;

interface PreviewedPickRow {
  readonly series: rows.Series;
  readonly rank: number;
  readonly previousRank: number | null;
  readonly score: number;
}
interface DroppedPickRow {
  readonly series: rows.Series;
  readonly previousRank: number;
}
interface PreviewRow {
  readonly user: rows.User;
  readonly picks: readonly PreviewedPickRow[];
  readonly dropped: readonly DroppedPickRow[];
  readonly kept: number;
}

const Arguments = z.object({
  input: z.object({
    userIds: z.array(globalId('User')).max(100),
    weights: z.array(z.object({ signal: text(100), weight: z.number() })).max(100),
    first: pageSize(20),
  }),
});

const PreviewRecommendationsInput = builder.inputType('PreviewRecommendationsInput', {
  description: 'Whose picks to compute, with which weights.',
  fields: (t) => ({
    userIds: t.idList({ required: true, description: 'Ids of Users, 1 to 20.' }),
    weights: t.field({
      type: [SignalWeightInput],
      required: true,
      description: 'Signals that are to count other than shipped; those left out count 1.',
    }),
    first: t.int({ defaultValue: 20, description: 'First-time picks of each user, 1 to 100.' }),
  }),
});

const PreviewedPick = builder.objectRef<PreviewedPickRow>('PreviewedPick').implement({
  description: 'A pick as it would be.',
  fields: (t) => ({
    series: t.expose('series', { type: Series, description: 'What would be recommended.' }),
    rank: t.exposeInt('rank', { description: 'Its place; 1 is the best.' }),
    previousRank: t.exposeInt('previousRank', {
      nullable: true,
      description: 'Its place with the weights in force; null for a new pick.',
    }),
    score: t.exposeFloat('score', { description: 'Comparable inside one list only.' }),
  }),
});

const DroppedPick = builder.objectRef<DroppedPickRow>('DroppedPick').implement({
  description: 'A pick that would go.',
  fields: (t) => ({
    series: t.expose('series', { type: Series, description: 'What would no longer be recommended.' }),
    previousRank: t.exposeInt('previousRank', { description: 'Its place with the weights in force.' }),
  }),
});

const RecommendationPreview = builder.objectRef<PreviewRow>('RecommendationPreview').implement({
  description: 'What weights would change for one user.',
  fields: (t) => ({
    user: t.expose('user', { type: User, description: 'The user.' }),
    picks: t.expose('picks', {
      type: [PreviewedPick],
      description: 'The picks as they would be, best first.',
    }),
    dropped: t.expose('dropped', { type: [DroppedPick], description: 'Picks that would go, best first.' }),
    keptCount: t.exposeInt('kept', { description: 'Picks that would stay, whatever their place.' }),
    newCount: t.int({
      description: 'Picks that would come.',
      resolve: ({ picks, kept }) => picks.length - kept,
    }),
  }),
});

builder.queryField('previewRecommendations', (t) =>
  t.field({
    type: [RecommendationPreview],
    description:
      'What other weights would recommend to some users, beside what the weights in force for them recommend from ' +
      'the same histories now. Stores nothing. Fails with the code BAD_INPUT for weights that cannot be, NOT_FOUND ' +
      'for a user without recommendations.',
    args: {
      input: t.arg({ type: PreviewRecommendationsInput, required: true, description: 'Users and weights.' }),
    },
    authScopes: OPERATOR,
    resolve: async (_root, args, { db, now, services }, info) => {
      const { first, ...asked } = parseInput(Arguments, args).input;
      const signal = AbortSignal.timeout(TIME_LIMIT_MS);
      const previews = await previewRecommendations(
        { db, now, signal },
        { ...asked, count: first },
        services.recommendations,
      );
      const selection = selectionOf(info);
      const below = (list: 'picks' | 'dropped') => {
        const picked = selectionBelow(selection, list);
        return (picked && selectionBelow(picked, 'series')) ?? EMPTY_SELECTION;
      };
      const ids = previews.flatMap(({ picks, dropped }) => [...picks, ...dropped].map((one) => one.titleId));
      const queries: ObjectsQuery[] = [
        { shape: 'Series', ids, selection: mergeSelections(below('picks'), below('dropped')) },
        {
          shape: 'User',
          ids: previews.map(({ userId }) => userId),
          selection: selectionBelow(selection, 'user') ?? EMPTY_SELECTION,
        },
      ];
      const [series, users] = [
        (await readObjects<rows.Series>(db, shapes, queries.slice(0, 1))).Series ?? {},
        (await readObjects<rows.User>(db, shapes, queries.slice(1))).User ?? {},
      ];
      return previews.flatMap((preview) => toRow(preview, users, series));
    },
  }),
);

/** Puts the rows of user and series into a preview; what went away meanwhile is left out. */
function toRow(
  { userId, picks, dropped, kept }: Preview,
  users: Readonly<Record<string, rows.User>>,
  series: Readonly<Record<string, rows.Series>>,
): PreviewRow[] {
  const user = users[String(userId)];
  if (!user) return [];
  const withSeries = <Pick extends { readonly titleId: number }>(list: readonly Pick[]) =>
    list.flatMap((pick) => {
      const row = series[String(pick.titleId)];
      return row ? [{ ...pick, series: row }] : [];
    });
  return [{ user, picks: withSeries(picks), dropped: withSeries(dropped), kept }];
}
