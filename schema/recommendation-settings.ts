import type { SelectionSettings } from '../src/recommendations/selection-settings.ts';
import { builder } from './builder.ts';

const RecommendationSettings = builder.objectRef<SelectionSettings>('RecommendationSettings').implement({
  description: 'How picks are chosen from the scored candidates. Set by environment variables at the start.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'First-time picks for each user.' }),
    diversity: t.exposeFloat('diversity', {
      description: 'How much novelty counts against score in each next pick, 0..1.',
    }),
    genreShare: t.exposeFloat('genreShare', {
      description: 'Share of the picks that may carry one genre, 0..1; 1 for no cap.',
    }),
    networkShare: t.exposeFloat('networkShare', {
      description: 'Share of the picks that may come from one network, 0..1; 1 for no cap.',
    }),
    exposureHalfLifeWeeks: t.exposeInt('exposureHalfLifeWeeks', {
      description: 'Weeks after which having been picked and not begun counts half; 0 when it never counts.',
    }),
    rewatchAfterMonths: t.exposeInt('rewatchAfterMonths', {
      description: 'Months after its last play before a completed series may be picked again.',
    }),
    rewatchPicks: t.exposeInt('rewatchPicks', {
      description: 'Series to watch again among the picks of a user at most.',
    }),
    collaborative: t.exposeBoolean('collaborative', {
      description:
        'Whether it counts who watched what together; if not, only how many watched each series, where at least 5 users share their history.',
    }),
  }),
});

builder.queryField('recommendationSettings', (t) =>
  t.field({
    type: RecommendationSettings,
    description: 'How picks are chosen on this server.',
    authScopes: { role: 'OPERATOR' },
    resolve: (_root, _args, { services }) => services.recommendations,
  }),
);
