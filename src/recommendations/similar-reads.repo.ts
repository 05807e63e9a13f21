import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { seriesBy } from '../catalog/series-link.repo.ts';
import { column, jsonList, type Link, linkWith, type Shape } from '../platform/json-shapes.repo.ts';

/** A series like another one, as read for the API; only the selected fields are there. */
export interface SimilarSeriesRow {
  /** Cosine similarity, 0..1. */
  readonly similarity: number;
}

const Arguments = z.object({ first: z.number() });

/** Columns of a similar series: the row holds a title's id and its cosine distance. */
export const similarSeriesShape: Shape = {
  columns: {
    similarity: (row) => sql.raw(`greatest(0, least(1, 1 - ${row}.distance))`),
  },
  links: {
    series: seriesBy((row) => `${row}.title_id`),
  },
};

/**
 * Of a title: the titles on the server whose vectors of the active model are nearest to its own, the nearest first;
 * empty when the title has none. The database function `similar_titles` searches through the model's index where it
 * has one, and through all vectors where it has none.
 */
export const similarToTitle: Link = linkWith(Arguments, (statement, title, { first }, selection) => {
  const row = statement.row();
  const item = statement.object('SimilarSeries', row, selection);
  return jsonList(sql`
    select ${item} as item from similar_titles(${column(title, 'id')}, ${first}::int) ${sql.raw(row)}
    order by ${sql.raw(`${row}.distance, ${row}.title_id`)}`);
});
