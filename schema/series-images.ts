import { builder } from './builder.ts';
import { imagePath } from './image-path.ts';
import { Series } from './refs.ts';

const USE =
  'Ask for it with the same API key as this API, as `Authorization: Bearer <key>`; `&width=` limits its width in pixels.';

builder.objectFields(Series, (t) => ({
  posterUrl: t.string({
    nullable: true,
    description: `Path of the poster on this server; null when there is none. ${USE}`,
    resolve: ({ id, posterUrl }) => imagePath(id, 'poster', posterUrl),
  }),
  backdropUrl: t.string({
    nullable: true,
    description: `Path of the backdrop on this server; null when there is none. ${USE}`,
    resolve: ({ id, backdropUrl }) => imagePath(id, 'backdrop', backdropUrl),
  }),
}));
