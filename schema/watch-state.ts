import { builder } from './builder.ts';
import { Series, SeriesWatchState } from './refs.ts';

export const SeriesState = builder.enumType('SeriesState', {
  description: 'Where a user stands with a series.',
  values: {
    UNWATCHED: { description: 'No regular episode watched.' },
    IN_PROGRESS: { description: 'Some aired episodes watched, not all.' },
    CAUGHT_UP: { description: 'All aired episodes watched of a series that goes on.' },
    COMPLETED: { description: 'All episodes watched of a series that has ended.' },
    ABANDONED: { description: 'Begun and left alone for long.' },
  },
});

builder.objectType(SeriesWatchState, {
  description: 'Where a user stands with a series. Specials are not counted.',
  fields: (t) => ({
    series: t.expose('series', { type: Series, description: 'The series it is about.' }),
    state: t.expose('state', { type: SeriesState, description: 'Where the user stands.' }),
    watchedCount: t.exposeInt('watchedCount', { description: 'Episodes watched.' }),
    airedCount: t.exposeInt('airedCount', { description: 'Episodes that are on the server and have aired.' }),
    playCount: t.exposeInt('playCount', { description: 'Plays of all episodes together.' }),
    isFavorite: t.exposeBoolean('isFavorite', { description: 'Marked as favourite on the media server.' }),
    firstPlayedAt: t.expose('firstPlayedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'First known play of an episode.',
    }),
    lastPlayedAt: t.expose('lastPlayedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Last play of an episode.',
    }),
    progress: t.exposeFloat('progress', {
      description: 'Watched of aired episodes, 0..1; 0 when none has aired.',
    }),
  }),
});
